// Slows down a program that prints faster than the page can show: shared memory counts the characters that were sent but
// not shown. Without shared memory nothing is slowed down.

const MOST_CHARS = 1 << 19;
const PATIENCE_MS = 50;

export class Flow {
  /** @param {Int32Array | null} counter over a SharedArrayBuffer, the same on both sides */
  constructor(counter) {
    this.counter = counter;
  }

  /** In the page: a new counter, if it can be shared. */
  static create() {
    return new Flow(globalThis.crossOriginIsolated ? new Int32Array(new SharedArrayBuffer(4)) : null);
  }

  /** In the worker: count what is sent; wait while too much is under way, unless `isInterrupted`. */
  sent(length, isInterrupted) {
    const { counter } = this;
    if (!counter) return;
    let underWay = Atomics.add(counter, 0, length) + length;
    while (underWay > MOST_CHARS && !isInterrupted()) {
      Atomics.wait(counter, 0, underWay, PATIENCE_MS);
      underWay = Atomics.load(counter, 0);
    }
  }

  /** In the page: nothing is under way. */
  reset() {
    if (this.counter) Atomics.store(this.counter, 0, 0);
  }

  /** In the page: so many characters are shown. */
  shown(length) {
    const { counter } = this;
    if (!counter) return;
    Atomics.sub(counter, 0, length);
    Atomics.notify(counter, 0);
  }
}
