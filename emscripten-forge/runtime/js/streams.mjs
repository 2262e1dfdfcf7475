// Python's standard input, output and error, as devices of the virtual file system.

/**
 * @typedef {{stdin?: () => string | Uint8Array | ArrayBuffer | null | undefined,
 *            read?: (buffer: Uint8Array) => number, error?: boolean, isatty?: boolean}} StdinOptions
 * stdin: a piece of text, with or without a newline at its end, or null or undefined for end of file;
 * read: fill the buffer, return how many bytes, 0 for end of file; error: every read fails.
 *
 * @typedef {{batched?: (line: string) => void, raw?: (byte: number) => void,
 *            write?: (bytes: Uint8Array) => number, isatty?: boolean}} StdoutOptions
 * batched: called with each line, without its newline; write: takes bytes, returns how many it took.
 */

const MAJOR = 64; // of our character devices; emscripten uses smaller numbers
const O_RDONLY = 0;
const O_WRONLY = 1;
const EIO = 29; // WASI's number, which emscripten uses
const TERMINAL = { ops: { ioctl_tiocgwinsz: () => [24, 80] } };

export class Streams {
  /** @type {{isatty: boolean, read: (bytes: Uint8Array) => number}} */
  #input = { isatty: false, read: () => 0 };
  #outputs = [new Output(() => 0), new Output(() => 0)];

  /** Replace emscripten's own devices. @param {any} FS */
  constructor(FS) {
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
    const failing = (/** @type {() => number} */ work) => {
      try {
        return work();
      } catch (error) {
        if (/** @type {any} */ (error)?.errno !== undefined) throw error;
        throw Object.assign(new FS.ErrnoError(EIO), { cause: error });
      }
    };
    replace(0, {
      open: (/** @type {any} */ stream) => this.#open(stream, () => this.#input.isatty),
      read: (/** @type {any} */ _, /** @type {any} */ buffer, /** @type {number} */ at, /** @type {number} */ size) =>
        failing(() => this.#input.read(new Uint8Array(buffer.buffer, buffer.byteOffset + at, size))),
    });
    for (const fd of [1, 2]) {
      replace(fd, {
        open: (/** @type {any} */ stream) => this.#open(stream, () => this.#outputs[fd - 1].isatty),
        write: (/** @type {any} */ _, /** @type {any} */ buffer, /** @type {number} */ at, /** @type {number} */ size) =>
          failing(() => this.#outputs[fd - 1].write(new Uint8Array(buffer.buffer, buffer.byteOffset + at, size))),
      });
    }
  }

  /** @param {any} stream @param {() => boolean} isatty */
  #open(stream, isatty) {
    stream.seekable = false;
    Object.defineProperty(stream, "tty", { get: () => (isatty() ? TERMINAL : undefined), set: () => {} });
  }

  /** @param {StdinOptions} options */
  setStdin({ stdin, read, error = false, isatty = false } = {}) {
    if (error) this.#input = { isatty, read: () => { throw new Error("no standard input"); } };
    else if (read) this.#input = { isatty, read };
    else this.#input = { isatty, read: stdin ? reader(stdin) : () => 0 };
  }

  /** @param {1 | 2} fd @param {StdoutOptions} options */
  setOutput(fd, options) {
    this.#outputs[fd - 1].flush();
    this.#outputs[fd - 1] = makeOutput(options);
  }

  /** Hand over lines that have no newline yet. */
  flush() {
    for (const output of this.#outputs) output.flush();
  }
}

class Output {
  flush = () => {};

  /** @param {(bytes: Uint8Array) => number} write */
  constructor(write, isatty = false) {
    this.write = write;
    this.isatty = isatty;
  }
}

/** @param {StdoutOptions} options */
function makeOutput({ batched, raw, write, isatty = false }) {
  // The bytes lie in wasm memory, which may be gone when the receiver looks at them.
  if (write) return new Output((bytes) => write(bytes.slice()), isatty);
  if (raw) {
    return new Output((bytes) => {
      bytes.slice().forEach((byte) => raw(byte));
      return bytes.length;
    }, isatty);
  }
  if (!batched) throw new TypeError("give one of batched, raw, write");
  const decoder = new TextDecoder();
  let rest = "";
  const output = new Output((bytes) => {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) batched(line);
    return bytes.length;
  }, isatty);
  output.flush = () => {
    const line = rest;
    rest = "";
    if (line) batched(line);
  };
  return output;
}

/** Serve reads from pieces of text. @param {NonNullable<StdinOptions["stdin"]>} next */
function reader(next) {
  const encoder = new TextEncoder();
  let rest = new Uint8Array(0);
  return (/** @type {Uint8Array} */ buffer) => {
    if (!rest.length) {
      const piece = next();
      if (piece == null) return 0;
      if (typeof piece !== "string") rest = new Uint8Array(piece);
      else rest = encoder.encode(piece.endsWith("\n") ? piece : piece + "\n");
    }
    const size = Math.min(buffer.length, rest.length);
    buffer.set(rest.subarray(0, size));
    rest = rest.subarray(size);
    return size;
  };
}
