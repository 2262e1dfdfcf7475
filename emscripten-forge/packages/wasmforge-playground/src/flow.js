// Slows down a program that prints faster than the page can show. A counter in shared memory holds the number of
// characters that were sent but not shown yet. Without shared memory, programs are not slowed down.

const MOST_CHARS = 1 << 19;
const PATIENCE_MS = 50;

export class Flow {
  /** @param {Int32Array | null} counter in a SharedArrayBuffer that page and worker share; null: there is none */
  constructor(counter) {
    this.counter = counter;
  }

  /** In the page: make a new counter, if memory can be shared. */
  static create() {
    return new Flow(globalThis.crossOriginIsolated ? new Int32Array(new SharedArrayBuffer(4)) : null);
  }

  /** In the worker: count sent characters. Wait while too many are not shown yet, unless `isInterrupted`. */
  sent(length, isInterrupted) {
    const { counter } = this;
    if (!counter) return;
    let underWay = Atomics.add(counter, 0, length) + length;
    while (underWay > MOST_CHARS && !isInterrupted()) {
      Atomics.wait(counter, 0, underWay, PATIENCE_MS);
      underWay = Atomics.load(counter, 0);
    }
  }

  /** In the page: set the count to zero. */
  reset() {
    if (this.counter) Atomics.store(this.counter, 0, 0);
  }

  /** In the page: `length` more characters are shown. */
  shown(length) {
    const { counter } = this;
    if (!counter) return;
    Atomics.sub(counter, 0, length);
    Atomics.notify(counter, 0);
  }
}
