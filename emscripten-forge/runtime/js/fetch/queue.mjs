// Runs transfers in order, a few at a time.

export class Queue {
  #limit;
  #running = 0;
  /** @type {(() => void)[]} */
  #waiting = [];

  /** @param {number} limit how many run at once */
  constructor(limit) {
    this.#limit = limit;
  }

  /**
   * Do the work once all earlier work is running or done and there is room.
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  async run(work) {
    if (this.#running >= this.#limit) await new Promise((resolve) => this.#waiting.push(() => resolve(undefined)));
    else this.#running++;
    try {
      return await work();
    } finally {
      // The next takes this one's place.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }
}
