// The entry of a bundle: loadPython fetches what the manifest names and starts the interpreter.

import { PythonAPI } from "../interpreter/api.mjs";
import { checkEngine } from "../interpreter/engine.mjs";
import * as errors from "../errors.mjs";
import { Files } from "../fetch/files.mjs";
import { FORMAT, Packages } from "../packages/packages.mjs";
import { PREFIX, makeSitePackages, startModule } from "../interpreter/start.mjs";
import { Streams } from "../system/streams.mjs";
import { consoleStreams, terminalStreams } from "../system/terminal.mjs";

export { Exit, LoadError, PythonCrash, PythonError } from "../errors.mjs";

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
 * @property {(progress: import("../fetch/files.mjs").Progress) => void} [onProgress]
 * @property {(message: string) => void} [messageCallback] told what loadPackage loads
 * @property {boolean} [terminal] whether streams that are not given are node's own, or ask the page's user
 * @property {boolean} [showPartialLines] default: true; false: what runPython's program prints without a newline at
 *   its end is shown when sys.stdout is flushed, not when the program ends
 * @property {boolean} [fromWorkingDirectory] whether modules are imported from there
 * @property {boolean} [convertNullToNone] whether JavaScript's null becomes None, not jsnull
 * @property {boolean} [toJsLiteralMap] whether toJs makes a dict a Map whose strings as keys are properties, too
 * @property {boolean} [snapshot] default: true; false: Python starts anew, also where the bundle has a snapshot of it after
 *   the imports
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
  /** @type {import("../packages/packages.mjs").Manifest} */
  const manifest = await files.json("manifest.json");
  if (manifest.format !== FORMAT) {
    throw new errors.LoadError(`manifest.json has format ${manifest.format}, this bootstrap.mjs reads ${FORMAT}`, { file: "manifest.json" });
  }
  files.compressed = manifest.compressed;
  const packages = new Packages(files, manifest, PREFIX);
  if (mayResume(options)) packages.chooseSnapshot(options.imports ?? []);
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
  const sitePackages = makeSitePackages(module.FS, manifest.python);
  await options.fsInit?.(module.FS, { sitePackages });
  if (await packages.restoreSnapshot()) python.resume();
  else python.boot(options.args ?? []);
  python.start(options.fromWorkingDirectory ?? false, packages);
  return python;
}

/**
 * Whether Python may go on from a snapshot: not if it is told something that it reads only when it starts.
 * @param {LoadOptions} options
 */
function mayResume({ snapshot = true, args = [], env = {}, fsInit }) {
  return snapshot && !args.length && !fsInit && !Object.keys(env).some((name) => name.startsWith("PYTHON"));
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
  const needed = names.length || imports.length || all || packages.snapshot;
  if (!needed) indexing.catch(() => {}); // who needs it tries again, and tells
  else await Promise.all([packages.loadSnapshot(), packages.load(names), packages.loadImports(imports), all && packages.loadBase()]);
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
