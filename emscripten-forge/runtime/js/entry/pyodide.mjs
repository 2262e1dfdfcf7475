// The entry for programs written for Pyodide: loadPyodide with Pyodide's options, on this bundle.

/// <reference path="../globals.d.ts" />
import { loadPython } from "./bootstrap.mjs";

/** The version of Python. @type {string} */
export const version = PYTHON_VERSION;

const HOME = "/home/pyodide";

/**
 * @typedef {import("./bootstrap.mjs").LoadOptions} LoadOptions
 * @typedef {{sitePackages: string}} FileSystemInfo
 * @typedef {object} PyodideConfig
 * @property {string | URL} [indexURL] the bundle's folder; default: where this module is from
 * @property {string[]} [packages] packages to load before Python starts
 * @property {() => any} [stdin] see setStdin
 * @property {(line: string) => void} [stdout]
 * @property {(line: string) => void} [stderr]
 * @property {object} [jsglobals] what `import js` sees; default: globalThis
 * @property {string[]} [args] the arguments of the command `python`: its options, then sys.argv
 * @property {Record<string, string>} [env] environment variables; default for HOME: /home/pyodide
 * @property {(FS: any, info: FileSystemInfo) => void | Promise<void>} [fsInit] called before Python starts
 * @property {boolean} [convertNullToNone] convert JavaScript's null to None, not to jsnull
 * @property {boolean} [toJsLiteralMap] let toJs convert a dict to a Map whose string keys are also properties
 * @property {boolean} [fullStdLib] no effect: all of the standard library is always available
 * @property {boolean} [checkAPIVersion] no effect: this module and its bundle have the same version
 * @property {boolean} [enableRunUntilComplete] no effect: enabled wherever the engine supports it
 * @property {string} [packageCacheDir] no effect: packages are fetched from the bundle
 */

// Options that loadPyodide refuses, and what to do instead.
/** @type {Record<string, string>} */
const REFUSED = {
  lockFileURL: "a bundle has one list of packages, manifest.json; make a bundle with the packages you want",
  lockFileContents: "a bundle has one list of packages, manifest.json; make a bundle with the packages you want",
  packageBaseUrl: "packages come from the bundle's own folder; give that as indexURL",
  cdnUrl: "packages come from the bundle's own folder; give that as indexURL",
  stdLibURL: "the standard library is a package of the bundle",
  createPyodideModule: "the bundle has its own main module",
  pyproxyToStringRepr: "toString of a PyProxy is Python's str; call Python's repr instead",
  _loadSnapshot: "loadPython of bootstrap.mjs starts from its bundle's own snapshots; give it the imports",
  _makeSnapshot: "make snapshots with the bundle: wasmforge bundle --snapshot",
};

/**
 * Load the bundle and start Python.
 * @param {PyodideConfig} [config]
 * @returns {Promise<import("../interpreter/api.mjs").PythonAPI>}
 */
export async function loadPyodide(config = {}) {
  for (const [name, advice] of Object.entries(REFUSED)) {
    if (/** @type {any} */ (config)[name]) throw new Error(`loadPyodide cannot take the option ${name}: ${advice}.`);
  }
  const { indexURL, packages, stdin, stdout, stderr, jsglobals, args, env, fsInit, convertNullToNone, toJsLiteralMap } = config;
  const home = env?.HOME ?? HOME;
  return loadPython({
    baseURL: indexURL === undefined ? new URL(".", import.meta.url) : folder(indexURL),
    packages,
    stdin,
    stdout,
    stderr,
    jsglobals,
    args,
    env: { HOME: home, ...env },
    fromWorkingDirectory: true,
    convertNullToNone,
    toJsLiteralMap,
    terminal: true,
    // Programs expect all of the standard library. Reading a late file blocks the thread, and a host that answers from
    // the same thread would never answer.
    complete: true,
    showPartialLines: false,
    messageCallback: console.log,
    fsInit: async (FS, info) => {
      FS.mkdirTree(home);
      FS.chdir(home);
      await fsInit?.(FS, info);
    },
  });
}

/** The address of a bundle. In node, a string without a scheme is a path. @param {string | URL} given */
function folder(given) {
  if (given instanceof URL || "document" in globalThis || "importScripts" in globalThis) {
    return new URL(given, globalThis.location?.href ?? import.meta.url);
  }
  if (/^[a-z]+:\/\//i.test(given)) return new URL(given);
  const { pathToFileURL } = /** @type {any} */ (globalThis).process.getBuiltinModule("node:url");
  return pathToFileURL(given.endsWith("/") ? given : `${given}/`);
}
