// Python's standard input, output and error, as devices of the virtual file system.

import { whenReady } from "./terminal.mjs";

/**
 * @typedef {string | Uint8Array | ArrayBuffer | number | null | undefined} Piece
 * @typedef {{stdin?: () => Piece | Promise<Piece>, read?: (buffer: Uint8Array) => number, error?: boolean, isatty?: boolean,
 *            autoEOF?: boolean}} StdinOptions
 * stdin: a piece of text, with or without a newline at its end, bytes, one byte, or null or undefined for end of
 * file; or a promise of that, where Python can wait for it (docs/concepts/async.md); autoEOF (default: true): bytes are followed by an end of file, and a null is one, not only the end of what
 * is there now; read: fill the buffer, return how many bytes, 0 for end of file; error: every read fails.
 *
 * @typedef {{batched?: (line: string) => void, raw?: (byte: number) => void,
 *            write?: (bytes: Uint8Array) => number, isatty?: boolean,
 *            getTerminalSize?: () => {rows: number, columns: number} | undefined, fsync?: () => void}} StdoutOptions
 * batched: called with each line, without its newline; write: takes bytes, returns how many it took.
 */

const MAJOR = 64; // of our character devices; emscripten uses smaller numbers
const O_RDONLY = 0;
const O_WRONLY = 1;
const EAGAIN = 6; // WASI's numbers, which emscripten uses
const EINTR = 27;
const EIO = 29;
const SIGINT = 2;
const NEWLINE = 10;
const LONGEST_PIECE = 1 << 16; // bytes
const SIZE = { rows: 24, columns: 80 };

/** @typedef {{c_iflag: number, c_oflag: number, c_cflag: number, c_lflag: number, c_cc: number[]}} TerminalMode termios */
/** @type {TerminalMode} as Linux has it for a new terminal: lines, echo, Ctrl-C interrupts */
const LINE_MODE = {
  c_iflag: 0o42400, // ICRNL, IXON, IUTF8
  c_oflag: 0o5, // OPOST, ONLCR
  c_cflag: 0o277, // 38400 baud, 8 bits, CREAD
  c_lflag: 0o105073, // ISIG, ICANON, ECHO and what belongs to them, IEXTEN
  c_cc: [3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22, ...Array(16).fill(0)],
};

export class Streams {
  /** @type {{isatty: boolean, read: (bytes: Uint8Array) => number}} */
  #input = { isatty: false, read: () => 0 };
  #outputs = [new Output(() => 0), new Output(() => 0)];
  #defaults;
  #unreadable;
  #notYet;
  #promised = new PromisedPiece();
  #terminalMode = LINE_MODE;

  /**
   * Replace emscripten's own devices.
   * @param {any} module emscripten's
   * @param {Pick<typeof import("../bridge/index.mjs"), "attached" | "useInput">} bridge
   * @param {import("./terminal.mjs").StandardStreams} defaults the streams where no others are set
   */
  constructor(module, bridge, defaults) {
    const { FS } = module;
    this.#defaults = defaults;
    this.#unreadable = new FS.ErrnoError(EIO);
    this.#notYet = new FS.ErrnoError(EAGAIN);
    bridge.useInput(this.#promised);
    this.setStdin();
    this.setOutput(1);
    this.setOutput(2);
    /** @param {number} fd @param {object} ops */
    const replace = (fd, ops) => {
      const path = ["/dev/stdin", "/dev/stdout", "/dev/stderr"][fd];
      const device = FS.makedev(MAJOR, fd);
      FS.registerDevice(device, ops);
      FS.close(FS.getStream(fd));
      FS.unlink(path);
      FS.mkdev(path, 0o666, device);
      FS.open(path, fd === 0 ? O_RDONLY : O_WRONLY);
    };
    // Showing a value may call Python, too.
    const show = (/** @type {(...all: any[]) => void} */ print, /** @type {string} */ text, /** @type {any} */ value) => {
      try {
        bridge.attached(() => print(text, value));
      } catch {
        print(text, "a value that cannot be shown");
      }
    };
    const failing = (/** @type {string} */ name, /** @type {number} */ most, /** @type {() => number} */ work) => {
      try {
        const count = bridge.attached(() => whenReady(work));
        // Python trusts the number: it would read past the end of the buffer, or try for ever to write the rest.
        const least = name === "write" ? Math.min(1, most) : 0;
        if (Number.isInteger(count) && count >= least && count <= most) return count;
        show(console.warn, `${name} must return a number from ${least} to ${most}; it returned`, count);
      } catch (error) {
        const { isErrno, code, type } = describeThrown(error, FS.ErrnoError);
        const known = code && module.ERRNO_CODES[code]; // of an error of node's
        if (known) throw new FS.ErrnoError(known);
        if (isErrno) throw error;
        if (type === "KeyboardInterrupt") {
          // Thrown by checkInterrupt: the system call ends and the signal is delivered in Python.
          module.Py_EmscriptenSignalBuffer[0] = SIGINT;
          throw new FS.ErrnoError(EINTR);
        }
        show(console.error, `The function for ${name} of a standard stream failed:`, error);
      }
      throw new FS.ErrnoError(EIO);
    };
    replace(0, {
      open: (/** @type {any} */ stream) => this.#open(stream, () => this.#input),
      read: (/** @type {any} */ _, /** @type {any} */ buffer, /** @type {number} */ at, /** @type {number} */ size) =>
        failing("read", size, () => this.#input.read(new Uint8Array(buffer.buffer, buffer.byteOffset + at, size))),
    });
    for (const fd of [1, 2]) {
      replace(fd, {
        open: (/** @type {any} */ stream) => this.#open(stream, () => this.#outputs[fd - 1]),
        fsync: () => failing("fsync", 0, () => (this.#outputs[fd - 1].fsync(), 0)),
        write: (/** @type {any} */ _, /** @type {any} */ buffer, /** @type {number} */ at, /** @type {number} */ size) =>
          failing("write", size, () => this.#outputs[fd - 1].write(new Uint8Array(buffer.buffer, buffer.byteOffset + at, size))),
      });
    }
  }

  /** @param {any} stream @param {() => {isatty: boolean, size?: () => {rows: number, columns: number}}} current */
  #open(stream, current) {
    stream.seekable = false;
    const terminal = { ops: {
      ioctl_tiocgwinsz: () => {
        const { rows, columns } = current().size?.() ?? SIZE;
        return [rows, columns];
      },
      ioctl_tcgets: () => this.#terminalMode,
      ioctl_tcsets: (/** @type {any} */ _, /** @type {number} */ _when, /** @type {TerminalMode} */ mode) => {
        this.#terminalMode = mode;
        return 0;
      },
    } };
    Object.defineProperty(stream, "tty", { get: () => (current().isatty ? terminal : undefined), set: () => {} });
  }

  /** @param {StdinOptions} [options] */
  setStdin(options) {
    if (!options || !Object.keys(options).length && !("read" in options)) options = this.#defaults.stdin;
    const { stdin, error = false, isatty = false, autoEOF = true } = options;
    const source = options;
    if (error) this.#input = { isatty, read: () => { throw this.#unreadable; } };
    else if (source.read) this.#input = { isatty, read: (buffer) => /** @type {any} */ (source).read(buffer) };
    else if (stdin) {
      const next = () => this.#promised.take(() => /** @type {any} */ (source).stdin());
      this.#input = { isatty, read: reader(next, autoEOF, this.#notYet) };
    } else this.#input = { isatty, read: () => 0 };
    this.#promised.forget();
  }

  /** @param {1 | 2} fd @param {StdoutOptions} [options] */
  setOutput(fd, options) {
    if (!options || !(options.batched || options.raw || options.write)) {
      if (options && Object.keys(options).length) throw new TypeError("give one of batched, raw, write");
      options = fd === 1 ? this.#defaults.stdout : this.#defaults.stderr;
    }
    this.#outputs[fd - 1].flush();
    this.#outputs[fd - 1] = makeOutput(options);
  }

  /** Pass on lines that have no newline yet. */
  flush() {
    for (const output of this.#outputs) output.flush();
  }
}

const PENDING = Symbol("pending");

/**
 * What is known of a thrown value, whose getters may throw.
 * @param {any} error
 * @param {Function} ErrnoError emscripten's
 * @returns {{isErrno: boolean, code?: string, type?: string}}
 */
function describeThrown(error, ErrnoError) {
  try {
    const { code, type } = error ?? {};
    return { isErrno: error instanceof ErrnoError, code: typeof code === "string" ? code : undefined, type };
  } catch {
    return { isErrno: false };
  }
}

/** A promised piece of input that a program waits for. */
class PromisedPiece {
  /** @type {Promise<void> | undefined} */
  #settled;
  /** @type {(() => Piece) | undefined} gives the piece, or throws, once the promise is settled */
  #result;

  /** The promised piece, or the next one if none was promised. @param {() => Piece | Promise<Piece>} next @returns {Piece | typeof PENDING} */
  take(next) {
    if (!this.#settled) {
      const piece = next();
      if (typeof (/** @type {any} */ (piece)?.then) !== "function") return /** @type {Piece} */ (piece);
      this.#promise(/** @type {Promise<Piece>} */ (piece));
    }
    if (!this.#result) return PENDING;
    const result = this.#result;
    this.forget();
    return result();
  }

  /** @param {Promise<Piece>} promise */
  #promise(promise) {
    const settled = Promise.resolve(promise).then((value) => () => value, (error) => () => { throw error; }).then((result) => {
      if (this.#settled === settled) this.#result = result;
    });
    this.#settled = settled;
  }

  promised = () => this.#settled;

  refuse = () => {
    this.#result = () => {
      throw new Error("stdin has returned a promise, for which Python cannot wait here: use runPythonAsync, and an engine with JSPI.");
    };
  };

  forget() {
    this.#settled = this.#result = undefined;
  }
}

class Output {
  flush = () => {};
  fsync = () => {};
  size = () => SIZE;

  /** @param {(bytes: Uint8Array) => number} write */
  constructor(write, isatty = false) {
    this.write = write;
    this.isatty = isatty;
  }
}

/** @param {StdoutOptions} options */
function makeOutput(options) {
  const { isatty = false } = options;
  const output = options.batched ? batchedOutput(options.batched) : new Output(byteWriter(options), isatty);
  if (options.getTerminalSize) output.size = () => options.getTerminalSize?.() ?? SIZE;
  output.fsync = () => {
    output.flush();
    options.fsync?.();
  };
  return output;
}

/** Copies the bytes: they are in wasm memory, which may have moved when the receiver reads them. @param {StdoutOptions} options */
function byteWriter(options) {
  return (/** @type {Uint8Array} */ bytes) => {
    if (options.write) return options.write(bytes.slice());
    bytes.slice().forEach((byte) => options.raw?.(byte));
    return bytes.length;
  };
}

/** @param {(line: string) => void} batched */
function batchedOutput(batched) {
  const decoder = new TextDecoder();
  let rest = "";
  const output = new Output((bytes) => {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) batched(line);
    return bytes.length;
  });
  output.flush = () => {
    const line = rest;
    rest = "";
    if (line) batched(line);
  };
  return output;
}

/**
 * Serve reads from pieces.
 * @param {() => Piece | typeof PENDING} next
 * @param {boolean} autoEOF
 * @param {Error} notYet to throw while the next piece is pending
 */
function reader(next, autoEOF, notYet) {
  const encoder = new TextEncoder();
  /** @type {Uint8Array} */
  let rest = new Uint8Array(0);
  let ended = false; // whether the next read returns end of file

  /** Bytes given one by one, up to a newline, an end, or the longest piece. @param {number} first */
  const gather = (first) => {
    const bytes = [first];
    while (bytes.at(-1) !== NEWLINE && bytes.length < LONGEST_PIECE) {
      const byte = next();
      if (byte === PENDING) break;
      if (byte == null) {
        ended = autoEOF;
        break;
      }
      bytes.push(Number(byte));
    }
    return Uint8Array.from(bytes);
  };
  /** @param {NonNullable<Piece>} piece */
  const toBytes = (piece) => {
    if (typeof piece === "number") return gather(piece);
    if (typeof piece === "string") return encoder.encode(piece.endsWith("\n") ? piece : `${piece}\n`);
    ended = autoEOF;
    return ArrayBuffer.isView(piece) ? new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength) : new Uint8Array(piece);
  };

  return (/** @type {Uint8Array} */ buffer) => {
    let count = 0;
    while (count < buffer.length) {
      if (!rest.length) {
        if (ended) {
          if (!count) ended = false;
          break;
        }
        const piece = next();
        if (piece === PENDING && !count) throw notYet;
        if (piece === PENDING || piece == null) break;
        rest = toBytes(piece);
      }
      const size = Math.min(buffer.length - count, rest.length);
      buffer.set(rest.subarray(0, size), count);
      rest = rest.subarray(size);
      count += size;
      if (autoEOF) break; // the next piece may not be typed yet
    }
    return count;
  };
}
