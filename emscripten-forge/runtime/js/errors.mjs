// The errors that loadPython and its result throw.

/** A file of the bundle is missing, truncated, or not what the manifest says, or the engine is too old. */
export class LoadError extends Error {
  static name = "LoadError"; // also when minified
  name = "LoadError";

  /**
   * @param {string} message
   * @param {{file?: string, cause?: unknown}} [details] file: the name of the file at fault
   */
  constructor(message, { file, cause } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.file = file;
  }
}

/** A Python exception that the code did not catch. The message is its traceback. */
export class PythonError extends Error {
  static name = "PythonError"; // also when minified
  name = "PythonError";

  /**
   * @param {string} type the exception's class, such as "ValueError"
   * @param {string} message
   */
  constructor(type, message) {
    super(message);
    this.type = type;
  }
}

/** The program has ended the interpreter, as by os._exit. */
export class Exit extends Error {
  static name = "Exit"; // also when minified
  name = "Exit";

  /** @param {{status: number, message: string}} ended emscripten's */
  constructor({ status, message }) {
    super(message);
    this.status = status;
  }
}

/** The interpreter is broken (out of memory, a bug in C code) and must be loaded anew. */
export class PythonCrash extends Error {
  static name = "PythonCrash"; // also when minified
  name = "PythonCrash";

  /** @param {unknown} cause */
  constructor(cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`Python has crashed and must be loaded again: ${reason}`, { cause });
  }
}
