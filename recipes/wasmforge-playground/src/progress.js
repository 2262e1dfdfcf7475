// The load bar: how many of the bytes announced so far have come in.

export class Progress {
  #bar;
  #parts = new Map();

  constructor(bar) {
    this.#bar = bar;
  }

  start() {
    this.#parts.clear();
    this.#show(0);
    this.#bar.hidden = false;
  }

  update({ name, loaded, total }) {
    if (name && total > 0) this.#parts.set(name, { loaded, total });
    let loadedBytes = 0;
    let totalBytes = 0;
    for (const part of this.#parts.values()) {
      loadedBytes += part.loaded;
      totalBytes += part.total;
    }
    if (totalBytes === 0) return;
    this.#bar.hidden = false;
    this.#show(loadedBytes / totalBytes);
  }

  finish() {
    this.#show(1);
    this.#bar.hidden = true;
  }

  #show(fraction) {
    this.#bar.setAttribute("aria-valuenow", Math.round(fraction * 100));
    this.#bar.style.setProperty("--done", fraction);
  }
}
