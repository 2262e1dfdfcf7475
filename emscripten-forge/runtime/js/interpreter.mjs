// The object that loadPython returns. Names and meanings are those of Pyodide's API.

import { PythonCrash, PythonError } from "./errors.mjs";

/**
 * @typedef {import("./streams.mjs").StdinOptions} StdinOptions
 * @typedef {import("./streams.mjs").StdoutOptions} StdoutOptions
 * @typedef {undefined | boolean | number | bigint | string} Value
 *   None is undefined; an int is a bigint where a number would not be exact; so is a value of any other type undefined.
 */

export class Interpreter {
  #module;
  #streams;
  #packages;
  #install;
  /** @type {PythonCrash | null} */
  #crash = null;

  PythonError = PythonError;

  /**
   * @param {object} parts
   * @param {any} parts.module emscripten's
   * @param {import("./streams.mjs").Streams} parts.streams
   * @param {import("./packages.mjs").Packages} parts.packages
   * @param {(fetched: import("./packages.mjs").Fetched[]) => Promise<void>} parts.install
   * @param {string} parts.version
   */
  constructor({ module, streams, packages, install, version }) {
    this.#module = module;
    this.#streams = streams;
    this.#packages = packages;
    this.#install = install;
    /** Python's version, such as "3.13.15". */
    this.version = version;
    /** Emscripten's virtual file system. */
    this.FS = module.FS;
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
    const failed = this.#guard(() => module.withStackSave(() => {
      const strings = args.map((text) => module.stringToUTF8OnStack(text));
      const argv = module.stackAlloc(4 * strings.length + 4);
      strings.forEach((pointer, index) => (module.HEAPU32[argv / 4 + index] = pointer));
      const [home, program] = [prefix, executable].map((text) => module.stringToUTF8OnStack(text));
      return module._wf_start(home, program, strings.length, argv);
    }));
    if (failed) {
      this.#streams.flush();
      throw (this.#crash = new PythonCrash(`it did not start (${module.startError})`));
    }
  }

  /**
   * Run code in __main__ and return the value of its last statement if that is an expression.
   * @param {string} code
   * @param {{filename?: string}} [options] filename: what a traceback calls the code
   * @returns {Value}
   */
  runPython(code, { filename = "<exec>" } = {}) {
    return this.#withText(code, (text, size) => this.#module.withStackSave(() => {
      return this.#module._wf_run(text, size, this.#module.stringToUTF8OnStack(filename));
    }));
  }

  /** As runPython, in a promise. @param {string} code @param {{filename?: string}} [options] */
  async runPythonAsync(code, options) {
    return this.runPython(code, options);
  }

  /** Load packages of the bundle, with what they depend on. @param {string | string[]} names */
  async loadPackage(names) {
    this.#throwIfCrashed();
    await this.#packages.load(typeof names === "string" ? [names] : [...names], async (fetched) => {
      await this.#install(fetched);
      this.#call(() => this.#module._wf_packages_changed());
    });
  }

  /** Load the packages of the bundle that the code imports. @param {string} code */
  async loadPackagesFromImports(code) {
    const found = this.#withText(code, (text, size) => this.#module._wf_find_imports(text, size));
    await this.loadPackage(this.#packages.providing(String(found).split(" ")));
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
  }

  /** Deliver a signal that waits in the interrupt buffer. */
  checkInterrupt() {
    this.#call(() => this.#module._wf_check_interrupt());
  }

  /**
   * @param {string} text
   * @param {(pointer: number, size: number) => Value} work
   */
  #withText(text, work) {
    this.#throwIfCrashed();
    const module = this.#module;
    const pointer = module.stringToNewUTF8(text);
    try {
      return this.#call(() => work(pointer, module.lengthBytesUTF8(text)));
    } finally {
      module._free(pointer);
    }
  }

  /**
   * Call into C; throw the Python exception it kept.
   * @template T
   * @param {() => T} work
   */
  #call(work) {
    this.#throwIfCrashed();
    const value = this.#guard(work);
    this.#streams.flush();
    const error = this.#module.pythonError;
    if (error) {
      this.#module.pythonError = undefined;
      throw new PythonError(error.type, error.message);
    }
    return value;
  }

  /**
   * Whatever escapes from C leaves the interpreter in an unknown state.
   * @template T
   * @param {() => T} work
   */
  #guard(work) {
    try {
      return work();
    } catch (error) {
      throw (this.#crash = new PythonCrash(error));
    }
  }

  #throwIfCrashed() {
    if (this.#crash) throw this.#crash;
  }
}
