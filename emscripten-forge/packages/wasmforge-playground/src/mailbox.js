// Passes a line of text from the page to the worker, which waits for it in `input()`. This needs shared memory. Without
// it, `input()` raises EOFError.

const EMPTY = 0;
const FULL = 1;
const CAPACITY = 1 << 16; // bytes
const PATIENCE_MS = 50;

export class Mailbox {
  /** @type {Int32Array} EMPTY or FULL, then the length of the text in bytes */
  #state;
  #bytes;

  /** @param {SharedArrayBuffer} memory that page and worker share */
  constructor(memory) {
    this.memory = memory;
    this.#state = new Int32Array(memory, 0, 2);
    this.#bytes = new Uint8Array(memory, 8);
  }

  /** In the page: make a new mailbox; null if memory cannot be shared. */
  static create() {
    return globalThis.crossOriginIsolated ? new Mailbox(new SharedArrayBuffer(8 + CAPACITY)) : null;
  }

  /** In the page: store a text. Text beyond the capacity is cut off. */
  put(text) {
    // TextEncoder cannot write into shared memory: encode into a copy.
    const bytes = new TextEncoder().encode(text).subarray(0, CAPACITY);
    this.#bytes.set(bytes);
    Atomics.store(this.#state, 1, bytes.length);
    Atomics.store(this.#state, 0, FULL);
    Atomics.notify(this.#state, 0);
  }

  /** In the page: remove a text that the worker has not taken. */
  clear() {
    Atomics.store(this.#state, 0, EMPTY);
  }

  /** In the worker: wait for a text and remove it from the mailbox. Return null once `isInterrupted`. */
  take(isInterrupted) {
    while (Atomics.load(this.#state, 0) === EMPTY) {
      if (isInterrupted()) return null;
      Atomics.wait(this.#state, 0, EMPTY, PATIENCE_MS);
    }
    const text = new TextDecoder().decode(this.#bytes.slice(0, Atomics.load(this.#state, 1)));
    Atomics.store(this.#state, 0, EMPTY);
    return text;
  }
}
