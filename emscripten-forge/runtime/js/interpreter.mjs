// The object that loadPython returns. Names and meanings are those of Pyodide's API.

import { PythonError } from "./errors.mjs";

/**
 * @typedef {import("./streams.mjs").StdinOptions} StdinOptions
 * @typedef {import("./streams.mjs").StdoutOptions} StdoutOptions
 * @typedef {import("./bridge/index.mjs")} Bridge
 * @typedef {undefined | null | boolean | number | bigint | string | object} Value
 *   None is undefined; an int is a bigint where a number would not be exact; objects of other types are PyProxies.
 * @typedef {{filename?: string, globals?: any, locals?: any}} RunOptions
 *   filename: what a traceback calls the code; globals and locals: PyProxies of dicts, in place of __main__'s
 */

export class Interpreter {
  #module;
  #streams;
  #packages;
  #install;
  #bridge;
  /** @type {any} a PyProxy of py/_wasmforge.py */
  #helpers;

  PythonError = PythonError;

  /**
   * @param {object} parts
   * @param {any} parts.module emscripten's
   * @param {Bridge} parts.bridge
   * @param {import("./streams.mjs").Streams} parts.streams
   * @param {import("./packages.mjs").Packages} parts.packages
   * @param {(fetched: import("./packages.mjs").Fetched[]) => Promise<void>} parts.install
   * @param {string} parts.version
   */
  constructor({ module, bridge, streams, packages, install, version }) {
    this.#module = module;
    this.#bridge = bridge;
    this.#streams = streams;
    this.#packages = packages;
    this.#install = install;
    /** Python's version, such as "3.13.15". */
    this.version = version;
    /** Emscripten's virtual file system. */
    this.FS = module.FS;
    bridge.connectFiles(module.FS);
  }

  /** Name -> version of the packages that are loaded. */
  get loadedPackages() {
    return { ...this.#packages.loaded };
  }

  /**
   * Start the interpreter itself.
   * @param {string} prefix
   * @param {string} executable
   * @param {string[]} args sys.argv
   */
  start(prefix, executable, args) {
    const module = this.#module;
    const failed = this.#bridge.guard(() => module.withStackSave(() => {
      const strings = args.map((text) => module.stringToUTF8OnStack(text));
      const argv = module.stackAlloc(4 * strings.length + 4);
      strings.forEach((pointer, index) => (module.HEAPU32[argv / 4 + index] = pointer));
      const [home, program] = [prefix, executable].map((text) => module.stringToUTF8OnStack(text));
      return module._wf_start(home, program, strings.length, argv);
    }));
    if (failed) {
      this.#streams.flush();
      this.#bridge.crash(new Error(`it did not start (${module.startError})`));
    }
    this.#helpers = this.#bridge.importModule("_wasmforge");
    this.#helpers.use_page_loop();
  }

  /**
   * Run code, in __main__ if nothing else is said, and return the value of its last statement if that is an
   * expression.
   * @param {string} code
   * @param {RunOptions} [options]
   * @returns {Value}
   */
  runPython(code, { filename = "<exec>", globals, locals } = {}) {
    return this.#flushing(() => this.#helpers.run(code, filename, globals, locals));
  }

  /**
   * As runPython, for code that may use top-level await, or wait without it where the engine can suspend
   * WebAssembly (pyodide.ffi.run_sync).
   * @param {string} code
   * @param {RunOptions} [options]
   * @returns {Promise<Value>}
   */
  async runPythonAsync(code, { filename = "<exec>", globals, locals } = {}) {
    const run = this.#bridge.pointerOf(this.#helpers.run_async);
    try {
      return await this.#bridge.callPromise(run, [code, filename, globals, locals], { awaitResult: true });
    } finally {
      this.#streams.flush();
    }
  }

  /** Load packages of the bundle, with what they depend on. @param {string | string[]} names */
  async loadPackage(names) {
    await this.#packages.load(typeof names === "string" ? [names] : [...names], async (fetched) => {
      await this.#install(fetched);
      this.#helpers.packages_changed();
    });
  }

  /** Load the packages of the bundle that the code imports. @param {string} code */
  async loadPackagesFromImports(code) {
    const found = this.#helpers.find_imports(code);
    await this.loadPackage(this.#packages.providing(found.split(" ")));
  }

  /**
   * A data frame as a Table of the npm package apache-arrow. The table's columns are Python's memory until its
   * release(), unless they are copied.
   * @param {any} df a PyProxy of an object with __arrow_c_stream__ or __dataframe__
   * @param {any} arrow the module apache-arrow
   * @param {{copy?: boolean}} [options] copy: into JavaScript's memory, so that nothing needs to be released
   */
  toArrow(df, arrow, options) {
    if (!arrow?.Table) throw new TypeError('toArrow needs the module apache-arrow: toArrow(df, await import("apache-arrow")).');
    const module = this.#bridge.importModule("pyodide.arrow");
    const capsule = module.stream_of(df);
    try {
      return this.#bridge.readStream(capsule, arrow, options);
    } finally {
      capsule.destroy();
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

  /** @param {StdinOptions} [options] none: end of file at once */
  setStdin(options) {
    this.#streams.setStdin(options ?? {});
  }

  /** @param {StdoutOptions} [options] none: console.log */
  setStdout(options) {
    this.#streams.setOutput(1, options ?? { batched: (line) => console.log(line) });
  }

  /** @param {StdoutOptions} [options] none: console.warn */
  setStderr(options) {
    this.#streams.setOutput(2, options ?? { batched: (line) => console.warn(line) });
  }

  /**
   * A signal's number written to the first byte, such as 2 for SIGINT, is delivered to the running
   * program, which raises KeyboardInterrupt.
   * @param {Uint8Array | undefined} buffer over a SharedArrayBuffer
   */
  setInterruptBuffer(buffer) {
    this.#module.Py_EmscriptenSignalBuffer = buffer;
    this.#module.HEAP8[this.#module._Py_EMSCRIPTEN_SIGNAL_HANDLING] = buffer ? 1 : 0;
    this.#bridge.useInterruptBuffer(buffer);
  }

  /** Deliver a signal that waits in the interrupt buffer. */
  checkInterrupt() {
    this.#flushing(() => this.#bridge.checkInterrupt());
  }

  /**
   * Show what the program has printed without a newline at the end.
   * @template T
   * @param {() => T} work
   */
  #flushing(work) {
    try {
      return work();
    } finally {
      this.#streams.flush();
    }
  }
}
