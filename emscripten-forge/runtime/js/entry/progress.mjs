// A progress bar for loadPython's onProgress.

const SETTLED = 200; // milliseconds after the last file before the bar hides: another file may follow

const OVERLAY = {
  position: "fixed", inset: "0 0 auto", height: "3px", zIndex: "2147483647", pointerEvents: "none",
  background: "Highlight", transform: "scaleX(var(--done, 0))", transformOrigin: "left", transition: "transform 150ms",
};

export class ProgressBar {
  #element;
  /** @type {Map<string, {loaded: number, total: number}>} by file, since the bar was last hidden */
  #parts = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #settling;

  /**
   * @param {HTMLElement} [element] whose property `hidden` and style property `--done`, from 0 to 1, are set; without one, a
   *   line is laid over the upper edge of the page
   */
  constructor(element = document.body.appendChild(overlay())) {
    this.#element = element;
    element.setAttribute("role", "progressbar");
    element.hidden = true;
  }

  /** Show the bar before the first file is known. */
  start() {
    clearTimeout(this.#settling);
    this.#parts.clear();
    this.#show(0);
  }

  /**
   * Use this as onProgress of loadPython and install. The bar is shown while files arrive and hides after the last.
   * @param {{name: string, loaded: number, total: number}} step bytes of a file; a step without a file has the total 0
   */
  update = ({ name, loaded, total }) => {
    if (total <= 0) return;
    clearTimeout(this.#settling);
    this.#parts.set(name, { loaded, total });
    const parts = [...this.#parts.values()];
    const sum = (/** @type {"loaded" | "total"} */ what) => parts.reduce((bytes, part) => bytes + part[what], 0);
    const done = sum("loaded") / sum("total");
    this.#show(done);
    if (done === 1) this.#settling = setTimeout(() => this.finish(), SETTLED);
  };

  /** Hide the bar at once, for example after a failure. */
  finish() {
    clearTimeout(this.#settling);
    this.#parts.clear();
    this.#element.hidden = true;
  }

  /** @param {number} done from 0 to 1 */
  #show(done) {
    this.#element.hidden = false;
    this.#element.setAttribute("aria-valuenow", String(Math.round(done * 100)));
    this.#element.style.setProperty("--done", String(done));
  }
}

function overlay() {
  const element = document.createElement("div");
  element.setAttribute("aria-label", "Loading");
  Object.assign(element.style, OVERLAY);
  return element;
}
