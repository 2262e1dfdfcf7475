// The standard streams of Python's host: node's own, or a page's.

/** @typedef {{stdin: import("./streams.mjs").StdinOptions, stdout: import("./streams.mjs").StdoutOptions, stderr: import("./streams.mjs").StdoutOptions}} StandardStreams */

/** Output to the console, no input. @returns {StandardStreams} */
export function consoleStreams() {
  return {
    stdin: {},
    stdout: { batched: (line) => console.log(line) },
    stderr: { batched: (line) => console.warn(line) },
  };
}

/** Node's own streams; in a page's main thread a prompt for each line, and the console. @returns {StandardStreams} */
export function terminalStreams() {
  const fs = /** @type {any} */ (globalThis).process?.getBuiltinModule?.("node:fs");
  if (fs) return nodeStreams(fs);
  const streams = consoleStreams();
  if ("prompt" in globalThis) streams.stdin = { stdin: () => prompt() };
  return streams;
}

/** @param {any} fs the module node:fs @returns {StandardStreams} */
export function nodeStreams(fs) {
  const { isatty } = /** @type {any} */ (globalThis).process.getBuiltinModule("node:tty");
  return {
    stdin: { read: (buffer) => whenReady(() => fs.readSync(0, buffer), { EOF: 0 }), isatty: isatty(0) },
    stdout: { write: writer(fs, 1), isatty: isatty(1) },
    stderr: { write: writer(fs, 2), isatty: isatty(2) },
  };
}

/** @param {any} fs @param {number} fd */
function writer(fs, fd) {
  return (/** @type {Uint8Array} */ bytes) => {
    for (let at = 0; at < bytes.length; ) at += whenReady(() => fs.writeSync(fd, bytes, at));
    return bytes.length;
  };
}

/**
 * Repeat the work until a non-blocking pipe is ready.
 * @param {() => number} work
 * @param {Record<string, number>} [results] error code -> result
 */
export function whenReady(work, results = {}) {
  for (;;) {
    try {
      return work();
    } catch (error) {
      const { code } = /** @type {{code: string}} */ (error);
      if (code in results) return results[code];
      if (code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
