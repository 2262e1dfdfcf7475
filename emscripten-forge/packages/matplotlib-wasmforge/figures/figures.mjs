// The page's half of Matplotlib's figures. The package's Python half lists the messages (screen.py).

import { FigureView } from "./view.mjs";

/**
 * @callback Place puts a figure's element into the page
 * @param {HTMLElement} element
 */

/** The figures of one Python. */
class Figures {
  #views = new Map();
  #send;
  #place;

  /** @param {(message: object) => void} send to Python  @param {Place} place */
  constructor(send, place) {
    this.#send = send;
    this.#place = place;
  }

  /** @param {any} message from Python: its type, the figure's number and more; `draw` gets frames of the same thread */
  receive(message) {
    const { type, figure } = message;
    if (type === "open") {
      const view = new FigureView((answer) => this.#send({ ...answer, figure }), message);
      this.#views.set(figure, view);
      this.#place(view.element);
      return;
    }
    const view = this.#views.get(figure);
    if (type === "close") this.#views.delete(figure);
    view?.[type]?.(message);
  }

  /** A frame from Python in this thread: `proxy` is its memory, which is looked at and not copied. */
  draw(message, proxy) {
    const view = proxy.getBuffer("u8clamped");
    try {
      this.receive({ ...message, pixels: view.data });
    } finally {
      view.release();
    }
  }
}

/**
 * Show the figures of a Python in a worker. Before Matplotlib is imported there, that worker must have
 * `matplotlibScreen = { port, pixelRatio }` with the other end of the port.
 * @param {MessagePort} port
 * @param {Place} [place]
 */
export function showFrom(port, place = append) {
  const figures = new Figures((message) => port.postMessage(message), place);
  port.onmessage = ({ data }) => figures.receive(data);
}

/**
 * Show the figures of a Python in this thread: its own half calls this. They go into `document.pyodideMplTarget` if
 * the page has set it, as with Pyodide.
 * @param {(message: object) => void} send
 */
export function showHere(send) {
  return new Figures(send, append);
}

function append(element) {
  (document.pyodideMplTarget ?? document.body).append(element);
}
