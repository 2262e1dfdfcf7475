// The page's half of Matplotlib's figures. The package's Python half lists the messages (screen.py).

import { FigureView } from "./view.mjs";

/**
 * @callback Place puts a figure's element into the page
 * @param {HTMLElement} element
 */

/** All figures of one Python interpreter. */
class Figures {
  #views = new Map();
  #send;
  #place;

  /** @param {(message: object) => void} send to Python  @param {Place} place */
  constructor(send, place) {
    this.#send = send;
    this.#place = place;
  }

  /** @param {any} message from Python, with its type and the figure's number; frames of this thread go to `draw` */
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

  /** Show a frame from Python in this thread. `proxy` holds the pixels, which are viewed without a copy. */
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
 * Show the figures of a worker's Python. Before the worker imports Matplotlib, it must set
 * `matplotlibScreen = { port, pixelRatio }`, where `port` is the other end of this port.
 * @param {MessagePort} port
 * @param {Place} [place]
 */
export function showFrom(port, place = append) {
  const figures = new Figures((message) => port.postMessage(message), place);
  port.onmessage = ({ data }) => figures.receive(data);
}

/**
 * Show the figures of this thread's Python; the package's Python half calls this. They go into
 * `document.pyodideMplTarget` if the page has set it, as in Pyodide, or into the body.
 * @param {(message: object) => void} send
 */
export function showHere(send) {
  return new Figures(send, append);
}

function append(element) {
  (document.pyodideMplTarget ?? document.body).append(element);
}
