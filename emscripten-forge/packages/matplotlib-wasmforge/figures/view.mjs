// One figure in the page: its canvas, the band of a selected region, and the toolbar.

import { listen } from "./input.mjs";
import { sheet } from "./style.mjs";
import { Toolbar } from "./toolbar.mjs";

const RESIZED = 1; // smallest change of size to report, in CSS pixels

export class FigureView {
  /** The element to put into the page. */
  element = document.createElement("div"); // a <figure> cannot have a shadow root
  #frame = part("div", "frame"); // has the figure's size; the visitor can resize it
  #canvas = part("canvas", "canvas");
  #band = part("div", "band");
  #context = this.#canvas.getContext("2d");
  #toolbar;
  #send;
  #title = "";
  #label = "";
  #shown = [0, 0]; // the figure's size in CSS pixels, as Python knows it
  #ratio = 0; // the figure's pixels per CSS pixel, as last sent to Python
  #wasInPage = false;
  #busy = false; // whether Python is still handling the last move or resize
  #held = new Map(); // the newest waiting message of each type
  #wheelTaken = false;
  #observer = new ResizeObserver(() => this.#measure());

  /** @param {(message: object) => void} send to Python  @param {{title: string, label: string}} names */
  constructor(send, { title, label }) {
    this.#send = send;
    this.#toolbar = new Toolbar(send);
    this.element.className = "matplotlib-figure";
    this.element.role = "figure";
    this.#canvas.tabIndex = 0;
    this.#canvas.setAttribute("role", "img");
    this.#band.hidden = true;
    this.#frame.append(this.#canvas, this.#band);
    // A shadow root keeps the page's style and the figure's apart.
    const root = this.element.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet()];
    root.append(this.#frame, this.#toolbar.element);
    this.#name(title, label);
    listen(this.#canvas, (message) => this.#report(message), () => this.#wheelTaken);
    this.#observer.observe(this.#frame);
    this.#watchScreen();
  }

  /** Show new pixels of the figure, or of a part of it. */
  frame({ width, height, shown, box: [left, top, boxWidth, boxHeight], pixels }) {
    if (this.element.isConnected) this.#wasInPage = true;
    else if (this.#wasInPage) return this.#send({ type: "close" }); // the page has removed the figure
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
    }
    if (differ(shown, this.#shown)) this.#fit(shown);
    // `pixels` holds either all rows of the figure or only the rows of the box.
    const rows = pixels.length / (4 * width);
    const skipped = rows === height ? 0 : top;
    this.#context.putImageData(new ImageData(pixels, width, rows), 0, skipped, left, top - skipped, boxWidth, boxHeight);
    this.element.dataset.frames = String(Number(this.element.dataset.frames ?? 0) + 1);
  }

  /** Send the next waiting message: Python has drawn the result of the last move or resize. */
  handled() {
    this.#busy = false;
    for (const [type, message] of this.#held) {
      this.#held.delete(type);
      this.#report(message);
      break;
    }
  }

  toolbar({ mode, back, forward }) {
    this.#toolbar.show(mode, back, forward);
    this.#canvas.classList.toggle("dragging-tool", mode !== "none");
  }

  text({ text }) {
    this.#toolbar.text = text;
  }

  cursor({ cursor }) {
    this.#canvas.style.cursor = cursor;
  }

  /** Show the selected region, in fractions of the figure. */
  rubberband({ box }) {
    this.#band.hidden = box === null;
    if (box) {
      const [left, top, width, height] = box.map((share) => `${100 * share}%`);
      Object.assign(this.#band.style, { left, top, width, height });
    }
  }

  title({ title }) {
    this.#name(title, this.#label);
  }

  label({ label }) {
    this.#name(this.#title, label);
  }

  wheel({ taken }) {
    this.#wheelTaken = taken;
  }

  /** Download a file for the visitor. */
  file({ name, mime, data }) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([data], { type: mime }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }

  close() {
    this.#observer.disconnect();
    this.element.remove();
  }

  #name(title, label) {
    this.#title = title;
    this.#label = label;
    this.element.setAttribute("aria-label", title);
    this.#canvas.setAttribute("aria-label", label ? `${title}: ${label}` : title);
    this.#toolbar.name = title;
  }

  /** Make the frame as large as the figure; the page's width may limit it. */
  #fit([width, height]) {
    this.#shown = [width, height];
    Object.assign(this.#frame.style, { width: `${width}px`, height: "", aspectRatio: `${width} / ${height}` });
    this.#measure();
  }

  /** Handle a new size of the frame: the visitor dragged its handle, or the page's width changed. */
  #measure() {
    if (!this.element.isConnected || !this.#shown[0]) return;
    // offsetWidth and offsetHeight would be rounded.
    const { width, height } = this.#frame.getBoundingClientRect();
    if (width < 1 || height < 1) return;
    // The style has a height only after the visitor has dragged the handle: the browser sets it.
    if (this.#frame.style.height) {
      if (differ([width, height], this.#shown)) this.#report({ type: "resize", width: Math.round(width), height: Math.round(height) });
      return;
    }
    // Map each pixel of the figure to one of the screen.
    const ratio = Math.round((1000 * devicePixelRatio * width) / this.#shown[0]) / 1000;
    if (ratio === this.#ratio) return;
    this.#ratio = ratio;
    this.#send({ type: "ratio", ratio });
  }

  /** Measure again when the pixel ratio changes: the window moves to another screen, or the visitor zooms. */
  #watchScreen() {
    matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener(
      "change",
      () => {
        this.#measure();
        this.#watchScreen();
      },
      { once: true },
    );
  }

  /** Send a message to Python. While it handles a move or resize, keep only the newest message of each type. */
  #report(message) {
    const { type } = message;
    if (type === "move" || type === "resize") {
      if (this.#busy) {
        this.#held.set(type, message);
        return;
      }
      this.#busy = true;
    } else if (this.#held.has("move")) {
      // Send an earlier move first, so that other messages do not overtake it.
      this.#send(this.#held.get("move"));
      this.#held.delete("move");
    }
    this.#send(message);
  }
}

function part(name, className) {
  const element = document.createElement(name);
  element.className = className;
  element.part = className;
  return element;
}

function differ(a, b) {
  return Math.abs(a[0] - b[0]) >= RESIZED || Math.abs(a[1] - b[1]) >= RESIZED;
}
