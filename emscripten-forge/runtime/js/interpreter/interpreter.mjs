// Runs Python code and gives access to its objects. The subclass in api.mjs adds packages, streams and files.

import { PythonError } from "../errors.mjs";
import { boot } from "./start.mjs";

/**
 * @typedef {typeof import("../bridge/index.mjs")} Bridge
 * @typedef {undefined | null | boolean | number | bigint | string | object} Value
 *   None is undefined; an int is a bigint where a number would not be exact; objects of other types are PyProxies.
 * @typedef {{filename?: string, globals?: any, locals?: any}} RunOptions
 *   filename: the code's name in tracebacks; globals and locals: PyProxies of dicts; default: those of __main__
 */

export class Interpreter {
  #module;
  #jsglobals;
  #showPartialLines;
  #streams;
  #bridge;
  /** @type {any} a PyProxy of py/_wasmforge.py */
  #helpers;
  /** @type {any} */
  #pyodide;
  /** @type {any} */
  #globals;

  PythonError = PythonError;

  /**
   * @param {object} parts
   * @param {any} parts.module emscripten's
   * @param {Bridge} parts.bridge
   * @param {import("../system/streams.mjs").Streams} parts.streams
   * @param {string} parts.version
   * @param {object} [parts.jsglobals] what `import js` sees
   * @param {boolean} [parts.showPartialLines] whether a last line without a newline is shown when runPython's program
   *   ends, or only when Python's buffer is flushed
   */
  constructor({ module, bridge, streams, version, jsglobals = globalThis, showPartialLines = true }) {
    this.#showPartialLines = showPartialLines;
    this.#jsglobals = jsglobals;
    this.#module = module;
    this.#bridge = bridge;
    this.#streams = streams;
    /** Python's version, such as "3.13.15". */
    this.version = version;
    /** Emscripten's virtual file system. */
    this.FS = module.FS;
    bridge.connectFiles(module.FS);
  }

  /** Start the interpreter itself. @param {string[]} args those of the command `python` */
  boot(args) {
    const failure = boot(this.#module, this.#bridge, this.version, args);
    if (failure === undefined) return;
    this.#streams.flush();
    this.#bridge.crash(new Error(`it did not start (${failure})`));
  }

  /** Continue after a snapshot has been restored, instead of boot. */
  resume() {
    this.#bridge.callFunction("_wasmforge_snapshot", "resume", this.#module.getEnvStrings().join("\0"));
  }

  /**
   * Connect it with JavaScript.
   * @param {boolean} fromWorkingDirectory whether to import modules from the working directory, too
   * @param {import("../packages/packages.mjs").Packages} packages loaded by imports
   */
  start(fromWorkingDirectory, packages) {
    this.#helpers = this.#bridge.importModule("_wasmforge");
    this.#helpers.show_partial_lines = this.#showPartialLines;
    if (fromWorkingDirectory) this.#helpers.import_from_working_directory();
    this.registerJsModule("js", this.#jsglobals);
    this.registerJsModule("pyodide_js", this);
    this.#bridge.callFunction("_wasmforge_demand", "start", packages, packages.owners);
  }

  /** A PyProxy of the names of __main__, which finds those of builtins, too. */
  get globals() {
    return (this.#globals ??= this.#makeGlobals());
  }

  #makeGlobals() {
    const [main, builtins] = ["__main__", "builtins"].map((name) => this.#bridge.importModule(name).__dict__);
    const ofMain = { get: main.get, has: main.has };
    const get = (/** @type {any} */ name) => (ofMain.has.call(main, name) ? ofMain.get.call(main, name) : builtins.get(name));
    const has = (/** @type {any} */ name) => ofMain.has.call(main, name) || builtins.has(name);
    return Object.defineProperties(main, { get: { value: get }, has: { value: has } });
  }

  /** Classes for `instanceof`. @returns {import("../types/ffi.mjs").FFI} */
  get ffi() {
    return /** @type {any} */ ({ ...this.#bridge.classes, PythonError });
  }

  /**
   * Older form of `value instanceof ffi.PyProxy`.
   * @param {any} value
   * @returns {value is import("../types/ffi.mjs").PyProxy}
   */
  isPyProxy(value) {
    return this.#bridge.isPyProxy(value);
  }

  /** A PyProxy of the Python package pyodide. */
  get pyodide_py() {
    return (this.#pyodide ??= this.#bridge.importModule("pyodide"));
  }

  /** Import a Python module, or what is in one, such as "math.sqrt". @param {string} name @returns {any} */
  pyimport(name) {
    return this.#bridge.callFunction("_wasmforge_proxy", "find", name);
  }

  /**
   * Convert an object deeply to Python and return a PyProxy: arrays become lists, maps and plain objects dicts, sets
   * sets, buffers memoryviews. Other values are returned unchanged.
   * @param {any} object
   * @param {import("../bridge/convert/to-py.mjs").ToPyOptions} [options]
   * @returns {any}
   */
  toPy(object, options) {
    return this.#bridge.toPy(object, options);
  }

  /** Make an object importable as a Python module. @param {string} name @param {object} object */
  registerJsModule(name, object) {
    this.#bridge.callFunction("_wasmforge_modules", "register_js_module", name, object);
  }

  /** Undo registerJsModule. @param {string} name */
  unregisterJsModule(name) {
    this.#bridge.callFunction("_wasmforge_modules", "unregister_js_module", name);
  }

  /** Let errors about destroyed proxies describe the object; slower. @param {boolean} on @returns {boolean} the old value */
  setDebug(on) {
    return this.#bridge.setDebug(on);
  }

  /** How many Python objects JavaScript holds, and how many of its objects Python holds; to find leaks. */
  _live() {
    return this.#bridge.live();
  }

  /**
   * Run code, by default in __main__, and return the value of its last statement if that is an expression.
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
      return await this.#bridge.callPromise(run, [code, filename, globals, locals]);
    } finally {
      this.#streams.flush();
    }
  }

  /**
   * A signal's number written to the first byte, such as 2 for SIGINT, is delivered to the running
   * program, which raises KeyboardInterrupt.
   * @param {Uint8Array | undefined} buffer over a SharedArrayBuffer
   */
  setInterruptBuffer(buffer) {
    this.#bridge.useInterruptBuffer(buffer);
  }

  /** Deliver a signal that waits in the interrupt buffer. */
  checkInterrupt() {
    this.#flushing(() => this.#bridge.checkInterrupt(this.#module));
  }

  /**
   * Do work, then show an unfinished last line of the output.
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
