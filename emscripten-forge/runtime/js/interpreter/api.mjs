// The object that loadPython returns. It has the names and semantics of Pyodide's API.

import { Canvases } from "./canvas.mjs";
import { Installer } from "../packages/install.mjs";
import { moduleView, privateApi } from "./pyodide-internals.mjs";
import { Interpreter } from "./interpreter.mjs";
import { addNativeFS, mountNativeFS, mountNodeFS } from "../system/storage.mjs";
import { isWheel, loadWheel } from "../packages/wheels.mjs";

/**
 * @typedef {import("../system/streams.mjs").StdinOptions} StdinOptions
 * @typedef {import("../system/streams.mjs").StdoutOptions} StdoutOptions
 * @typedef {import("../packages/packages.mjs").PackageData} PackageData
 * @typedef {object} PackageOptions
 * @property {(message: string) => void} [messageCallback] called with a message for each load; default: loadPython's
 * @property {(message: string) => void} [errorCallback] called with a message for each failure; default: console.error
 * @property {boolean} [checkIntegrity] no effect: files of a bundle are always checked
 */

export class PythonAPI extends Interpreter {
  #bridge;
  #streams;
  #packages;
  #installer;
  #messageCallback;

  /**
   * @param {object} parts
   * @param {any} parts.module emscripten's
   * @param {import("./interpreter.mjs").Bridge} parts.bridge
   * @param {import("../system/streams.mjs").Streams} parts.streams
   * @param {import("../packages/packages.mjs").Packages} parts.packages
   * @param {string} parts.version
   * @param {string} parts.indexURL the bundle's folder, in node a path
   * @param {URL} parts.base the same as a URL
   * @param {object} [parts.jsglobals] what `import js` sees
   * @param {boolean} [parts.showPartialLines] see Interpreter
   * @param {(message: string) => void} [parts.messageCallback] default for loadPackage
   */
  constructor({ packages, indexURL, base, messageCallback = () => {}, ...parts }) {
    super(parts);
    this.#messageCallback = messageCallback;
    const { module, bridge, streams } = parts;
    this.#bridge = bridge;
    this.#streams = streams;
    this.#packages = packages;
    this.#installer = new Installer({ bridge, packages, base });
    addNativeFS(module.FS);
    this.PATH = module.PATH;
    /** The numbers of errors: emscripten's, not those of Linux. @type {Record<string, number>} */
    this.ERRNO_CODES = module.ERRNO_CODES;
    this.canvas = new Canvases(module);
    this._api = privateApi(bridge, { version: parts.version, indexURL, info: packages.lockfile.info });
    this._module = moduleView(module, bridge, this._api);
  }

  // ---- packages ----

  /** Name -> origin of each loaded package. @returns {Record<string, string>} */
  get loadedPackages() {
    return this.#packages.loadedBesidesPython;
  }

  /** The packages of the bundle, in the form of Pyodide's lock file. */
  get lockfile() {
    return this.#packages.lockfile;
  }

  /**
   * Load whole packages of the bundle with their dependencies, and wheels by URL without theirs.
   * @param {string | string[] | {toJs(): string[]}} names
   * @param {PackageOptions} [options]
   * @returns {Promise<PackageData[]>} the newly loaded packages
   */
  async loadPackage(names, { messageCallback = this.#messageCallback, errorCallback = console.error } = {}) {
    const list = typeof names === "string" ? [names] : "toJs" in names ? names.toJs() : [...names];
    const wheels = list.filter(isWheel);
    const loaded = await this.#loading(messageCallback, (starting) => this.#packages.load(list.filter((name) => !isWheel(name)), starting));
    for (const url of wheels) {
      const data = await loadWheel(url, this.#packages.loaded, this.pyimport("pyodide._archives"), { messageCallback, errorCallback });
      if (data) loaded.push(data);
    }
    if (!loaded.length) messageCallback("No new packages to load");
    return loaded;
  }

  /**
   * Load only what the code imports: if it imports a part of a package, that part.
   * @param {string} code
   * @param {PackageOptions} [options]
   * @returns {Promise<PackageData[]>} the packages of which no part was loaded before
   */
  async loadPackagesFromImports(code, { messageCallback = this.#messageCallback } = {}) {
    const names = this.#imports(code, true);
    return names.length ? this.#loading(messageCallback, () => this.#packages.loadImports(names)) : [];
  }

  /**
   * As runPython, for code that may use top-level await, or wait without it where the engine can suspend
   * WebAssembly (pyodide.ffi.run_sync). What it imports is loaded.
   * @param {string} code
   * @param {import("./interpreter.mjs").RunOptions} [options]
   * @returns {Promise<import("./interpreter.mjs").Value>}
   */
  async runPythonAsync(code, options) {
    if (!this.#bridge.canSuspend()) await this.loadPackagesFromImports(code);
    else this.#loadAhead(this.#imports(code, false));
    return super.runPythonAsync(code, options);
  }

  /**
   * Fetch everything that a program imports at once: each import waits for its own files only, and reports their errors.
   * @param {string[]} names
   */
  #loadAhead(names) {
    // micropip may install packages that the bundle has, too: loading both at once would mix their files.
    if (!names.includes("micropip")) this.#packages.loadImports(names).catch(() => {});
  }

  /** The modules that code imports, everywhere or where it surely does. @param {string} code @param {boolean} everywhere */
  #imports(code, everywhere) {
    return code.includes("import") ? this.#bridge.callFunction("_wasmforge", "find_imports", code, everywhere).split(" ") : [];
  }

  /**
   * @param {(message: string) => void} tell
   * @param {(starting: (names: string[]) => void) => Promise<PackageData[]>} load
   */
  async #loading(tell, load) {
    const loaded = await load((names) => tell(`Loading ${names.join(", ")}`));
    this.#bridge.callFunction("_wasmforge", "packages_changed");
    if (loaded.length) tell(`Loaded ${loaded.map(({ name }) => name).join(", ")}`);
    return loaded;
  }

  /**
   * Install packages from channels with their dependencies, all or none.
   * Builds that the bundle has come from the bundle; loaded packages stay as they are.
   * @param {string | string[] | {toJs(): string[]}} specs conda's match specs, such as "pandas>=3"
   * @param {import("../packages/install.mjs").InstallOptions} [options]
   * @returns {Promise<import("../packages/install.mjs").Installed[]>} the newly installed packages
   */
  async install(specs, options) {
    return this.#installer.install(typeof specs === "string" ? [specs] : "toJs" in specs ? specs.toJs() : [...specs], options);
  }

  // ---- data frames ----

  /**
   * A data frame as a Table of the npm package apache-arrow. The table's columns are Python's memory until its
   * release(), unless they are copied.
   * @param {any} df a PyProxy of an object with __arrow_c_stream__ or __dataframe__
   * @param {any} arrow the module apache-arrow
   * @param {{copy?: boolean}} [options] copy: copy the columns to JavaScript's memory; then no release() is needed
   */
  toArrow(df, arrow, options) {
    if (!arrow?.Table) throw new TypeError('toArrow needs the module apache-arrow: toArrow(df, await import("apache-arrow")).');
    const module = this.#bridge.importModule("pyodide.arrow");
    let capsule;
    try {
      capsule = module.stream_of(df);
      return this.#bridge.readStream(capsule, arrow, options);
    } finally {
      capsule?.destroy();
      module.destroy();
    }
  }

  /**
   * A PyProxy of a pyodide.arrow.Table, which any data frame library of Python reads. The columns are copied.
   * @param {any} table a Table or RecordBatch of the npm package apache-arrow
   */
  fromArrow(table) {
    const [schema, batches] = this.#bridge.describeTable(table);
    const module = this.#bridge.importModule("pyodide.arrow");
    const descriptions = [schema, batches].map((description) => this.toPy(description));
    try {
      return module.from_description(...descriptions);
    } finally {
      for (const proxy of [...descriptions, module]) proxy.destroy();
    }
  }

  // ---- streams ----

  /** @param {StdinOptions} [options] default: the initial stream */
  setStdin(options) {
    this.#streams.setStdin(options);
  }

  /** @param {StdoutOptions} [options] default: the initial stream */
  setStdout(options) {
    this.#streams.setOutput(1, options);
  }

  /** @param {StdoutOptions} [options] default: the initial stream */
  setStderr(options) {
    this.#streams.setOutput(2, options);
  }

  // ---- files ----

  /**
   * Unpack an archive.
   * @param {ArrayBuffer | ArrayBufferView} buffer
   * @param {string} format "zip", "whl", "tar", "gztar", …, as of Python's shutil, or as the end of a file name
   * @param {{extractDir?: string}} [options] default: the working directory
   */
  unpackArchive(buffer, format, { extractDir } = {}) {
    if (!ArrayBuffer.isView(buffer) && !/ (Shared)?ArrayBuffer/.test(Object.prototype.toString.call(buffer))) {
      throw new TypeError("Expected argument 'buffer' to be an ArrayBuffer or an ArrayBuffer view");
    }
    const archives = this.pyimport("pyodide._archives");
    try {
      archives.unpack.callKwargs(buffer, { format, extract_dir: extractDir });
    } finally {
      archives.destroy();
    }
  }

  /**
   * Mount a folder of the user's machine, or of the origin's private file system.
   * @param {string} path @param {FileSystemDirectoryHandle} handle
   */
  mountNativeFS(path, handle) {
    return mountNativeFS(this.FS, path, handle);
  }

  /** Mount a folder of the machine, in node. @param {string} path @param {string} hostPath */
  mountNodeFS(path, hostPath) {
    mountNodeFS(this.FS, path, hostPath);
  }
}
