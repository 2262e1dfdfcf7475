// Starts an interpreter from a folder of files, the same way in node and in a page.

const loaders = {
  async wasmforge(base, options) {
    const { loadPython } = await import(`${base}bootstrap.mjs`);
    return loadPython({ baseURL: base, ...options });
  },
  async pyodide(base, options) {
    const { loadPyodide } = await import(`${base}pyodide.mjs`);
    const inNode = base.startsWith("file:");
    return loadPyodide({ indexURL: inNode ? (await import("node:url")).fileURLToPath(base) : base, ...options });
  },
};

// Loads `kind` from `base` (a URL ending in a slash) and runs a first statement.
export async function start(kind, base, options = {}) {
  const python = await loaders[kind](base, options);
  const two = python.runPython("1 + 1");
  if (two !== 2) throw new Error(`${kind}: 1 + 1 gave ${two}`);
  return python;
}

// Prepares the micro-benchmarks; the returned function runs one pass, or with
// "results" their results, and gives JSON.
export function prepareMicro(python, source) {
  python.runPython(`__name__ = "micro"\n${source}`);
  return (what = "") => python.runPython(`json.dumps(${what === "results" ? "results()" : "run_pass()"})`);
}

// Seconds for `import numpy`, by its two parts: fetching and mounting, and importing.
export async function importNumpy(python) {
  const begin = performance.now();
  await python.loadPackage(["numpy"]);
  const loaded = performance.now();
  const sum = python.runPython("import numpy\nint(numpy.arange(5).sum())");
  if (sum !== 10) throw new Error(`numpy.arange(5).sum() gave ${sum}`);
  const done = performance.now();
  return { load: (loaded - begin) / 1000, import: (done - loaded) / 1000 };
}
