// Starts an interpreter from a folder of files and runs tasks in it, the same way in node and in a page.

import { bridgeCases } from "./bridge.mjs";

const loaders = {
  async wasmforge(base) {
    const { loadPython } = await import(`${base}bootstrap.mjs`);
    return loadPython({ baseURL: base });
  },
  async pyodide(base) {
    const { loadPyodide } = await import(`${base}pyodide.mjs`);
    const inNode = base.startsWith("file:");
    return loadPyodide({ indexURL: inNode ? (await import("node:url")).fileURLToPath(base) : base });
  },
};

const REPEATED_FOR = 20; // milliseconds, at least, for each bridge case: what comes before leaves caches cold
const FOLDER = "/benchmarks"; // where the interpreter finds the Python files that are next to this one

/** One interpreter; each method is a task. */
export class Driver {
  #kind;
  #base;
  #python;
  #cases;

  /**
   * @param {"wasmforge" | "pyodide"} kind
   * @param {string} base the URL of its folder, ending in a slash
   */
  constructor(kind, base) {
    this.#kind = kind;
    this.#base = base;
  }

  /** Load, and run a first statement: seconds since `origin`, and bytes that came over the wire. */
  async start(origin = performance.now()) {
    const asked = performance.now();
    this.#python = await loaders[this.#kind](this.#base);
    const two = this.#python.runPython("1 + 1");
    const seconds = (performance.now() - origin) / 1000;
    if (two !== 2) throw new Error(`${this.#kind}: 1 + 1 gave ${two}`);
    const fetched = performance.getEntriesByType("resource").filter(({ startTime }) => startTime >= asked);
    return { seconds, bytes: fetched.reduce((sum, entry) => sum + entry.transferSize, 0) };
  }

  /** Seconds of each micro-benchmark, and what each computes. */
  async micro() {
    return this.#benchmarks("micro", "run_pass");
  }

  async microResults() {
    return this.#benchmarks("micro", "results");
  }

  /** The same of NumPy's and SciPy's. */
  async numeric() {
    return this.#benchmarks("numeric", "run_pass", ["scipy"]);
  }

  async numericResults() {
    return this.#benchmarks("numeric", "results", ["scipy"]);
  }

  /** Seconds for `import numpy`, by its two parts: fetching and mounting, and importing. */
  async numpy() {
    const begin = performance.now();
    await this.#python.loadPackage(["numpy"]);
    const loaded = performance.now();
    const sum = this.#python.runPython("import numpy\nint(numpy.arange(5).sum())");
    if (sum !== 10) throw new Error(`numpy.arange(5).sum() gave ${sum}`);
    const done = performance.now();
    return { load: (loaded - begin) / 1000, import: (done - loaded) / 1000 };
  }

  /** Seconds of one operation of each bridge case. */
  async bridge() {
    this.#cases ??= bridgeCases(this.#python).map(({ name, repeat }) => ({ name, repeat, times: calibrate(repeat) }));
    return Object.fromEntries(this.#cases.map(({ name, repeat, times }) => [name, timed(repeat, times) / times / 1000]));
  }

  /** What a function of passes.py returns of a module next to it, with the packages that this needs. */
  async #benchmarks(module, call, packages = []) {
    const { FS } = this.#python;
    if (!FS.analyzePath(FOLDER).exists) {
      FS.mkdir(FOLDER);
      for (const file of ["passes.py", "micro.py", "numeric.py"]) FS.writeFile(`${FOLDER}/${file}`, await text(file));
      this.#python.runPython(`import sys; sys.path.append("${FOLDER}")`);
    }
    if (packages.length) await this.#python.loadPackage(packages);
    return JSON.parse(this.#python.runPython(`import json, passes; json.dumps(passes.${call}("${module}"))`));
  }
}

/** How often to repeat an operation so that it can be timed. */
function calibrate(repeat) {
  let times = 1;
  while (timed(repeat, times) < REPEATED_FOR) times *= 2;
  return times;
}

/** Milliseconds. */
function timed(repeat, times) {
  const begin = performance.now();
  repeat(times);
  return performance.now() - begin;
}

/** A file next to this one. */
async function text(name) {
  const url = new URL(name, import.meta.url);
  if (url.protocol === "file:") return (await import("node:fs/promises")).readFile(url, "utf8");
  return (await fetch(url)).text();
}
