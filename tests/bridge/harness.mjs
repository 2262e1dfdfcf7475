// Runs snippets of JavaScript against one interpreter and shows their results as text.

import { fuzz } from "./fuzz.mjs";
import { otherRealm } from "./hostile.mjs";

// Milliseconds after which what a snippet waits for is taken to never come.
const PATIENCE = 10_000;

const AsyncFunction = (async () => {}).constructor;

/**
 * @param {string} baseURL of a bundle
 * @returns {Promise<(code: string) => Promise<{shown?: string, failed?: string}>>} runs the body of an async function
 */
export async function open(baseURL) {
  const { loadPyodide } = await import(`${baseURL}pyodide.mjs`);
  const lines = [];
  const python = await loadPyodide({ stdout: (line) => lines.push(line), stderr: (line) => lines.push(line) });
  const show = shower(python.ffi.PyProxy);
  const realm = await otherRealm();
  const tools = { python, lines, show, fuzz, realm, ...makeTools(python) };
  const names = Object.keys(tools);
  return async (code) => {
    lines.length = 0;
    try {
      const body = new AsyncFunction(...names, `{${code}\n}`); // a block, in which a tool's name may be used anew
      return { shown: show(await Promise.race([body(...Object.values(tools)), tooLate()])) };
    } catch (error) {
      return { failed: `${error?.constructor?.name}: ${error?.message ?? error}\n${error?.stack ?? ""}` };
    } finally {
      tools.release();
    }
  };
}

/** @returns {Promise<never>} */
function tooLate() {
  return new Promise((_, reject) => setTimeout(() => reject(new Error("the snippet waits for what does not come")), PATIENCE));
}

// What Python snippets can use: a name space for each.
const NAMES = `
def make():
    from pyodide import ffi
    from pyodide.code import run_js
    names = {name: getattr(ffi, name) for name in ffi.__all__}
    return lambda: {"__name__": "snippet", "ffi": ffi, "run_js": run_js, **names}

make()
`;

const SETTLE = `
def settle():
    import gc, sys
    sys.last_exc = sys.last_type = sys.last_value = sys.last_traceback = None
    gc.collect()

settle
`;

/** What snippets can use besides `python`. */
function makeTools(python) {
  const makeNames = python.runPython(NAMES);
  /** Proxies and name spaces to destroy when the snippet is done. */
  let owned = [];
  const own = (value) => {
    if (value instanceof python.ffi.PyProxy) owned.push(value);
    return value;
  };
  return {
    own,
    /** Run Python in a name space of its own. The snippet owns the result. */
    py: (code, globals = own(makeNames())) => own(python.runPython(code, { globals })),
    /** The same with top-level await. */
    pyAsync: async (code, globals = own(makeNames())) => own(await python.runPythonAsync(code, { globals })),
    repr: python.runPython("repr"),
    /** What `work` throws. */
    thrown: (work) => {
      try {
        work();
      } catch (error) {
        return error;
      }
      throw new Error("nothing was thrown");
    },
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    /** Forget the last exception, whose frames hold what they had, and collect cycles. */
    settle: python.runPython(SETTLE),
    /** [JavaScript objects that Python holds, Python objects that JavaScript holds]. */
    live: () => [python._module.hiwire.num_keys(), python._module.pyproxy_alloc_map.size],
    release: () => {
      for (const proxy of owned) proxy.destroy();
      owned = [];
    },
  };
}

/**
 * Shows values in JavaScript's own notation, exact: -0, 5n, undefined, "text", [1, 2], {a: 1}, Map {1 => 2}.
 * @param {any} PyProxy the class
 */
function shower(PyProxy) {
  const list = (items) => [...items].map(show).join(", ");
  const byTag = {
    Array: (value) => `[${list(value)}]`,
    Object: (value) => `{${Object.entries(value).map(([k, v]) => `${k}: ${show(v)}`).join(", ")}}`,
    Map: (value) => `Map {${[...value].map(([k, v]) => `${show(k)} => ${show(v)}`).join(", ")}}`,
    Set: (value) => `Set {${list(value)}}`,
    Error: (value) => `${value.name}: ${value.message}`,
    Function: (value) => `function ${value.name}`,
  };

  /** @param {any} value */
  function show(value) {
    if (typeof value === "string") return JSON.stringify(value);
    if (typeof value === "bigint") return `${value}n`;
    if (Object.is(value, -0)) return "-0";
    if (value instanceof PyProxy) return `PyProxy ${value.type}`;
    if (value === null || !["object", "function"].includes(typeof value)) return String(value);
    const tag = Object.prototype.toString.call(value).slice(8, -1);
    if (ArrayBuffer.isView(value) && Symbol.iterator in value) return `${tag} [${list(value)}]`;
    return byTag[tag]?.(value) ?? tag;
  }

  return show;
}
