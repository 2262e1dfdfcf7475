// The entry of a bundle: loadPython fetches what the manifest names and starts the interpreter.

import { PythonAPI } from "../interpreter/api.mjs";
import { checkEngine } from "../interpreter/engine.mjs";
import { Files } from "../fetch/files.mjs";
import { checkManifest } from "../packages/manifest.mjs";
import { Packages } from "../packages/packages.mjs";
import { PREFIX, makeSitePackages, startModule } from "../interpreter/start.mjs";
import { Streams } from "../system/streams.mjs";
import { consoleStreams, terminalStreams } from "../system/terminal.mjs";

export { Exit, LoadError, PythonCrash, PythonError } from "../errors.mjs";

/**
 * @typedef {object} LoadOptions
 * @property {string | URL} [baseURL] the bundle's folder; default: where this module is from
 * @property {string[]} [packages] packages to load before Python starts; others are loaded when they are imported
 * @property {string[]} [imports] modules that the program will import: the files for them are fetched while
 *   Python starts
 * @property {boolean} [complete] load all of the standard library at the start; otherwise most of it is loaded when it
 *   is imported
 * @property {() => string | null | undefined | Promise<string | null | undefined>} [stdin] see setStdin
 * @property {(line: string) => void} [stdout] called with each line; default: console.log
 * @property {(line: string) => void} [stderr] called with each line; default: console.warn
 * @property {Record<string, string>} [env] environment variables
 * @property {string[]} [args] the arguments of the command `python`: its options, then sys.argv
 * @property {object} [jsglobals] what `import js` sees; default: globalThis
 * @property {(progress: import("../fetch/files.mjs").Progress) => void} [onProgress]
 * @property {(message: string) => void} [messageCallback] called with a message for each load of packages
 * @property {boolean} [terminal] for streams that are not given, use node's own, or prompt the page's user and write to
 *   the console
 * @property {boolean} [showPartialLines] default: true: a last line without a newline is shown when runPython's program
 *   ends; false: when sys.stdout is flushed
 * @property {boolean} [fromWorkingDirectory] import modules from the working directory, too
 * @property {boolean} [convertNullToNone] convert JavaScript's null to None, not to jsnull
 * @property {boolean} [toJsLiteralMap] let toJs convert a dict to a Map whose string keys are also properties
 * @property {boolean} [snapshot] default: true: start from the bundle's snapshot with these imports, if there is one
 * @property {(FS: any, info: {sitePackages: string}) => void | Promise<void>} [fsInit] called before Python starts
 * @property {AbortSignal} [signal] cancels the loading; a later call can load again
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
  const manifest = checkManifest(await files.json("manifest.json"), (file) => files.isBelow(file));
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
 * Whether Python may start from a snapshot: not with options that it reads only at its own start.
 * @param {LoadOptions} options
 */
function mayResume({ snapshot = true, args = [], env = {}, fsInit }) {
  return snapshot && !args.length && !fsInit && !Object.keys(env).some((name) => name.startsWith("PYTHON"));
}

/**
 * Load what the options ask for while Python starts. The index is fetched in any case, for later loads.
 * @param {Packages} packages
 * @param {string[]} names of packages
 * @param {string[]} imports modules
 * @param {boolean} all whether to load all of the standard library, too
 */
async function loadEarly(packages, names, imports, all) {
  const indexing = packages.index();
  const needed = names.length || imports.length || all || packages.snapshot;
  indexing.catch(() => {}); // a later load fetches it again and reports the error
  if (needed) await Promise.all([packages.loadSnapshot(), packages.load(names), packages.loadImports(imports), all && packages.loadBase()]);
}

/** The bundle's folder for people: in node a path. @param {URL} url */
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
