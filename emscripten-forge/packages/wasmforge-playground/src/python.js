// Controls Python from the page: starts the worker, runs code in it and stops it.
//
// Events (CustomEvent, see worker.js for the details): "progress", "ready", "output", "ask", "done", "failed",
// "entered" with {code} when an entry of the console begins to run, and "state" with "loading" | "ready" | "running" |
// "stopping" | "failed".

import { Flow } from "./flow.js";
import { Mailbox } from "./mailbox.js";

const STOP_GRACE_MS = 2500;
const SIGINT = 2;

export class Python extends EventTarget {
  #workerURL;
  #baseURL;
  #worker = null;
  #interrupts = null;
  #grace = 0;
  #flow = new Flow(null);
  #mailbox = null;
  #entries = []; // console entries that wait to run
  #figures = null;
  #answers = []; // callbacks for the worker's answers, in the order of the questions
  state = "loading";
  /** Whether the program waits for `answer`. */
  isAsking = false;

  constructor(workerURL, baseURL) {
    super();
    this.#workerURL = workerURL;
    this.#baseURL = baseURL;
  }

  /**
   * Listen to one of the events listed above.
   * @param {string} name
   * @param {(event: CustomEvent) => void} listener
   */
  on(name, listener) {
    this.addEventListener(name, /** @type {EventListener} */ (listener));
  }

  /** Whether a running program can be interrupted without a restart of Python. */
  get canInterrupt() {
    return globalThis.crossOriginIsolated === true;
  }

  /** The port that receives figures, for figures/figures.mjs. */
  get figures() {
    return this.#figures;
  }

  /** Start a new interpreter and load the packages that the program `code` imports. */
  start(code) {
    this.#worker?.terminate();
    clearTimeout(this.#grace);
    this.#setState("loading");
    const worker = new Worker(this.#workerURL, { type: "module", name: "python" });
    this.#worker = worker;
    this.#interrupts = this.canInterrupt ? new Uint8Array(new SharedArrayBuffer(1)) : null;
    worker.onmessage = ({ data }) => this.#receive(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#receive({ type: "failed", message: event.message || "The worker's script could not be loaded." });
    };
    this.#flow = Flow.create();
    this.#mailbox = Mailbox.create();
    this.#entries = [];
    this.#answers = [];
    const { port1, port2 } = new MessageChannel();
    this.#figures = port1;
    const screen = { port: port2, pixelRatio: devicePixelRatio };
    const shared = { interrupts: this.#interrupts, counter: this.#flow.counter, mail: this.#mailbox?.memory };
    worker.postMessage({ type: "start", baseURL: this.#baseURL, ...shared, screen, code }, [port2]);
  }

  /** Report that `length` more characters are shown, so that a waiting program can continue. */
  shown(length) {
    this.#flow.shown(length);
  }

  /** Run a program. The caller must clear earlier output first. */
  run(code) {
    this.#flow.reset();
    this.#begin();
    this.#worker.postMessage({ type: "run", code });
  }

  /** Run an entry of the console after all earlier entries. */
  enter(code) {
    this.#entries.push(code);
    this.#runEntry();
  }

  #runEntry() {
    if (this.state !== "ready" || this.#entries.length === 0) return;
    const code = this.#entries.shift();
    this.#begin();
    this.#emit("entered", { code });
    this.#worker.postMessage({ type: "enter", code });
  }

  /**
   * @param {string} code
   * @returns {Promise<{names: string[], from: number} | null>} names that could complete the code; null if Python is busy
   */
  async complete(code) {
    return this.state === "ready" ? this.#ask({ type: "complete", code }) : null;
  }

  /** Send the program the line that it waits for. */
  answer(line) {
    this.isAsking = false;
    this.#mailbox.put(`${line}\n`);
  }

  #begin() {
    if (this.#interrupts) this.#interrupts[0] = 0;
    this.#mailbox?.clear();
    this.#setState("running");
  }

  /** Send a question; return a promise of the worker's answer. */
  #ask(question) {
    return new Promise((resolve) => {
      this.#answers.push(resolve);
      this.#worker.postMessage(question);
    });
  }

  /**
   * Ask the program to stop.
   * @returns {boolean} false if that is impossible here or was already tried: call `start` then
   */
  stop() {
    if (!this.#interrupts || this.state === "stopping") return false;
    this.#interrupts[0] = SIGINT;
    this.#setState("stopping");
    this.#grace = setTimeout(() => this.#emit("stuck"), STOP_GRACE_MS);
    return true;
  }

  #receive({ type, ...detail }) {
    if (type === "answer") return this.#answers.shift()?.(detail.answer);
    if (type === "ask") this.isAsking = true;
    if (type === "ready" && this.state === "loading") this.#setState("ready");
    if (type === "done") {
      clearTimeout(this.#grace);
      this.isAsking = false;
      this.#setState("ready");
    }
    if (type === "failed") this.#setState("failed");
    this.#emit(type, detail);
    this.#runEntry();
  }

  #setState(state) {
    this.state = state;
    this.#emit("state", state);
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
