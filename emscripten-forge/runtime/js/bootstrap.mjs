// The entry of a bundle: loadPython fetches what the manifest names and starts the interpreter.

import { PythonAPI } from "./api.mjs";
import { checkEngine } from "./engine.mjs";
import * as errors from "./errors.mjs";
import { Files } from "./files.mjs";
import { FORMAT, Packages } from "./packages.mjs";
import { Streams } from "./streams.mjs";
import { consoleStreams, terminalStreams } from "./terminal.mjs";

export { Exit, LoadError, PythonCrash, PythonError } from "./errors.mjs";

// The prefix is mounted at the root, where its relocated files expect it.
const PREFIX = "";

/**
 * @typedef {object} LoadOptions
 * @property {string | URL} [baseURL] the bundle's folder; default: where this module is from
 * @property {string[]} [packages] to load at once; others are loaded when they are imported
 * @property {string[]} [imports] modules that will be imported: what that takes is fetched while Python starts
 * @property {boolean} [complete] whether to load all of the standard library, whose larger part else comes when it is imported
 * @property {() => string | null | undefined | Promise<string | null | undefined>} [stdin] see setStdin
 * @property {(line: string) => void} [stdout] called with each line; default: console.log
 * @property {(line: string) => void} [stderr] called with each line; default: console.warn
 * @property {Record<string, string>} [env] environment variables
 * @property {string[]} [args] of the command `python`: its options, then sys.argv
 * @property {object} [jsglobals] what `import js` sees; default: globalThis
 * @property {(progress: import("./files.mjs").Progress) => void} [onProgress]
 * @property {(message: string) => void} [messageCallback] told what loadPackage loads
 * @property {boolean} [terminal] whether streams that are not given are node's own, or ask the page's user
 * @property {boolean} [showPartialLines] default: true; false: what runPython's program prints without a newline at
 *   its end is shown when sys.stdout is flushed, not when the program ends
 * @property {boolean} [fromWorkingDirectory] whether modules are imported from there
 * @property {boolean} [convertNullToNone] whether JavaScript's null becomes None, not jsnull
 * @property {boolean} [toJsLiteralMap] whether toJs makes a dict a Map whose strings as keys are properties, too
 * @property {(FS: any, info: {sitePackages: string}) => void | Promise<void>} [fsInit] called before Python starts
 * @property {AbortSignal} [signal] ends the loading; it can be tried again
 */

/**
 * Load a bundle and start Python.
 * @param {LoadOptions} [options]
 * @returns {Promise<PythonAPI>} rejected with a LoadError that names the file at fault, or the signal's reason
 */
export async function loadPython(options = {}) {
  checkEngine();
  const { signal } = options;
  signal?.throwIfAborted();
  // One failure ends all the other transfers.
  const controller = new AbortController();
  const abort = () => controller.abort(signal?.reason);
  signal?.addEventListener("abort", abort);
  try {
    return await load(options, controller.signal);
  } catch (error) {
    controller.abort(error);
    throw error;
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}

/**
 * @param {LoadOptions} options
 * @param {AbortSignal} signal
 */
async function load(options, signal) {
  const { packages: names = [], onProgress = () => {} } = options;
  const base = folderURL(options.baseURL);
  const files = new Files(base, onProgress, signal);
  /** @type {import("./packages.mjs").Manifest} */
  const manifest = await files.json("manifest.json");
  if (manifest.format !== FORMAT) {
    throw new errors.LoadError(`manifest.json has format ${manifest.format}, this bootstrap.mjs reads ${FORMAT}`, { file: "manifest.json" });
  }
  files.compressed = manifest.compressed;
  const packages = new Packages(files, manifest, PREFIX);
  const starting = Promise.all([
    startModule(files, manifest.runtime, options.env ?? {}),
    Promise.all(Object.values(manifest.base).map((record) => files.compressible(record))),
  ]);
  const loading = loadEarly(packages, [...names, ...manifest.eager], options.imports ?? [], options.complete || !files.canFetchNow);
  const [{ module, bridge }, archives] = await Promise.race([starting, loading.then(() => starting)]);
  signal.throwIfAborted();
  if (options.convertNullToNone) bridge.convertNullToNone();
  if (options.toJsLiteralMap) bridge.useLiteralMaps();
  onProgress({ phase: "start", name: "python", loaded: 0, total: 0 });
  files.standingStill = bridge.standingStill;
  const streams = new Streams(module, bridge, options.terminal ? terminalStreams() : consoleStreams());
  packages.attach(module, archives);
  await loading;
  const { jsglobals, messageCallback, showPartialLines } = options;
  const python = new PythonAPI({
    module, bridge, streams, packages, version: manifest.python, jsglobals, messageCallback, showPartialLines,
    indexURL: place(base), base,
  });
  if (options.stdin) python.setStdin({ stdin: options.stdin });
  if (options.stdout) python.setStdout({ batched: options.stdout });
  if (options.stderr) python.setStderr({ batched: options.stderr });
  const [major, minor] = manifest.python.split(".");
  // Python looks for this folder at start, and packages may come later.
  const sitePackages = `${PREFIX}/lib/python${major}.${minor}/site-packages`;
  module.FS.mkdirTree(sitePackages);
  await options.fsInit?.(module.FS, { sitePackages });
  python.start(PREFIX || "/", `${PREFIX}/bin/python${major}.${minor}`, options.args ?? [], options.fromWorkingDirectory ?? false, packages);
  return python;
}

/**
 * What is loaded when Python starts; the index for what is loaded later comes with it, or follows.
 * @param {Packages} packages
 * @param {string[]} names of packages
 * @param {string[]} imports modules
 * @param {boolean} all whether that is all of the standard library, too
 */
async function loadEarly(packages, names, imports, all) {
  const indexing = packages.index();
  if (!(names.length || imports.length || all)) indexing.catch(() => {}); // who needs it tries again, and tells
  else await Promise.all([packages.load(names), packages.loadImports(imports), all && packages.loadBase()]);
}

/** The bundle's folder as people write it: in node, a path. @param {URL} url */
function place(url) {
  const node = url.protocol === "file:" && /** @type {any} */ (globalThis).process?.getBuiltinModule?.("node:url");
  return node ? node.fileURLToPath(url) : url.href;
}

/** @param {string | URL | undefined} given */
function folderURL(given) {
  const url = new URL(given ?? ".", import.meta.url);
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
}

/**
 * Instantiate the main module, with a bridge of its own.
 * @param {Files} files
 * @param {import("./packages.mjs").Manifest["runtime"]} runtime
 * @param {Record<string, string>} env
 * @returns {Promise<{module: any, bridge: typeof import("./bridge/index.mjs")}>}
 */
async function startModule(files, runtime, env) {
  const [{ module: compiled }, { default: factory, bridge }] = await Promise.all([files.module(runtime.wasm), importGlue(files, runtime.glue)]);
  return new Promise((resolve, reject) => {
    // Where the loader finds the libraries that side modules need.
    const defaults = { HOME: "/home/web_user", LD_LIBRARY_PATH: "/lib" };
    const settings = {
      preRun: (/** @type {any} */ module) => Object.assign(module.ENV, defaults, env),
      instantiateWasm: (/** @type {WebAssembly.Imports} */ imports, /** @type {any} */ done) => {
        bridge.instantiate(compiled, imports, errors).then((/** @type {WebAssembly.Instance} */ instance) => done(instance, compiled), reject);
        return {};
      },
    };
    factory(settings).then((/** @type {any} */ module) => {
      bridge.start();
      resolve({ module, bridge });
    }, reject);
  });
}

let imports = 0;

/**
 * Emscripten's JavaScript and the bridge (build.sh). What is imported was checked just before, and comes from the browser's cache.
 * @param {Files} files
 * @param {import("./files.mjs").FileRecord} record
 */
async function importGlue(files, record) {
  await files.bytes(record);
  try {
    // A failed import is remembered by its whole address; the fragment is not part of the request.
    return await import(`${files.url(record.file)}#${imports++}`);
  } catch (cause) {
    const message = `${record.file} could not be imported (${/** @type {Error} */ (cause).message})`;
    throw new errors.LoadError(message, { file: record.file, cause });
  }
}
