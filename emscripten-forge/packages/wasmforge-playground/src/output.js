// The output pane. Each frame adds a limited amount of text to the page, in blocks. The browser skips blocks that are out
// of sight. When a program prints too much, the oldest blocks are removed.

import { richElement } from "./rich.js";

const BLOCK_CHARS = 1 << 14;
const KEPT_CHARS = 8 << 20; // in text and in the data of pictures
const KEPT_BLOCKS = 1000;
const LARGE_BLOCK = 1 << 12; // smallest block, in characters, that is worth skipping out of sight
const ROW_CHARS = 64; // about how many characters fit in a row
// The most that a frame may cost, and the cost of a block beyond its text, both in characters.
const FRAME_COST = 1 << 18;
const BLOCK_COST = 500;

export class Output {
  #pane;
  #onShown;
  #queue = []; // {kind, text, mime} that is not in the page yet
  #queued = 0;
  #frame = 0;
  #kept = 0;
  #block = null;
  #dropped = null;
  #following = true; // whether the pane stays scrolled to its end
  #resizes = new ResizeObserver(() => this.#follow());

  /**
   * @param {HTMLElement} pane
   * @param {(length: number) => void} onShown called with the number of characters that have left the queue
   */
  constructor(pane, onShown) {
    this.#pane = pane;
    this.#onShown = onShown;
    /** Lines and characters added since `clear`. */
    this.lines = 0;
    this.length = 0;
    pane.addEventListener("scroll", () => {
      this.#following = pane.scrollHeight - pane.scrollTop - pane.clientHeight < 48;
    });
    // A hidden tab gets no animation frames, but its program continues.
    document.addEventListener("visibilitychange", () => this.#showSoon());
  }

  clear() {
    cancelAnimationFrame(this.#frame);
    this.#onShown(this.#queued);
    this.#queue = [];
    this.#block = this.#dropped = null;
    this.#frame = this.#queued = this.#kept = this.lines = this.length = 0;
    this.#following = true;
    this.#resizes.disconnect();
    this.#pane.replaceChildren();
  }

  get isEmpty() {
    return this.length === 0;
  }

  /** All text that has not been dropped. */
  get text() {
    this.#render(Infinity);
    return [...this.#pane.querySelectorAll("pre")].map((block) => block.textContent).join("");
  }

  /**
   * @param {"stdout" | "stderr" | "value" | "error" | "note" | "entry"} kind
   * @param {string} text
   * @param {string} [mime] the type of a value that is not shown as text: see rich.js
   */
  add(kind, text, mime) {
    this.#queue.push({ kind, text, mime });
    this.#queued += text.length;
    this.length += text.length;
    this.lines += mime ? 1 : countLines(text);
    // Skip text that would be dropped as soon as it is shown.
    while (this.#queued - this.#queue[0].text.length > KEPT_CHARS) this.#shift();
    this.#showSoon();
  }

  /** Add an element at the end. @param {HTMLElement} element */
  addElement(element) {
    this.#render(Infinity);
    this.length += 1;
    this.lines += 1;
    this.#appendElement(element, 1);
    this.#dropOldest();
    this.#follow();
  }

  /** Add as much of the queue to the page now as a frame may cost. */
  show() {
    this.#render(FRAME_COST);
  }

  #showSoon() {
    if (document.hidden) this.#render(Infinity);
    else this.#frame ||= requestAnimationFrame(() => this.#render(FRAME_COST));
  }

  #shift() {
    const first = this.#queue.shift();
    this.#queued -= first.text.length;
    this.#onShown(first.text.length);
    return first;
  }

  /** Add the start of the queue to the page, up to a cost of about `limit`; leave the rest for the next frame. */
  #render(limit) {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    if (this.#queue.length === 0) return;
    const taken = [];
    for (let cost = 0; this.#queue.length && cost < limit; cost += taken.at(-1).text.length + BLOCK_COST) {
      taken.push(this.#shift());
    }
    for (const { kind, text, mime } of joinNeighbours(taken)) {
      if (mime) this.#appendElement(richElement(mime, text), text.length);
      else for (const piece of pieces(text)) this.#append(kind, piece);
    }
    this.#dropOldest();
    this.#follow();
    if (this.#queue.length) this.#showSoon();
  }

  #append(kind, text) {
    const block = this.#block;
    if (block?.dataset.kind === kind && block.size + text.length <= BLOCK_CHARS) {
      block.firstChild.appendData(text);
      block.size += text.length;
    } else {
      this.#block = newBlock(kind, text, block);
      this.#pane.append(this.#block);
    }
    this.#block.lines += countLines(text);
    if (this.#block.size > LARGE_BLOCK) {
      this.#block.classList.add("large");
      this.#block.style.setProperty("--rows", Math.max(this.#block.lines, Math.ceil(this.#block.size / ROW_CHARS)));
    }
    this.#kept += text.length;
  }

  #follow() {
    if (this.#following) this.#pane.scrollTop = this.#pane.scrollHeight;
  }

  #appendElement(element, size) {
    this.#block = document.createElement("div");
    this.#block.className = "block rich";
    this.#block.size = size;
    this.#block.append(element);
    this.#resizes.observe(this.#block); // the element gets its height when it has loaded
    this.#pane.append(this.#block);
    this.#kept += size;
  }

  #dropOldest() {
    while (this.#kept > KEPT_CHARS || this.#pane.childElementCount > KEPT_BLOCKS) {
      const oldest = this.#pane.querySelector(".block");
      this.#kept -= oldest.size;
      oldest.remove();
      if (!this.#dropped) {
        this.#dropped = document.createElement("p");
        this.#dropped.className = "empty";
        this.#dropped.textContent = "Earlier output is no longer shown.";
        this.#pane.prepend(this.#dropped);
      }
    }
  }
}

const LABELS = { stderr: "standard error", value: "value", error: "error" };

function newBlock(kind, text, previous) {
  const block = Object.assign(document.createElement("pre"), { size: text.length, lines: 0 });
  block.dataset.kind = kind;
  block.className = `block ${kind}`;
  block.append(document.createTextNode(text));
  const goesOn = previous?.dataset.kind === kind;
  if (goesOn) {
    block.classList.add("goes-on");
  } else if (LABELS[kind]) {
    block.role = "group";
    block.ariaLabel = LABELS[kind];
  }
  return block;
}

function joinNeighbours(queue) {
  const joined = [];
  for (const { kind, text, mime } of queue) {
    const last = joined.at(-1);
    if (last?.kind === kind && !last.mime && !mime) last.parts.push(text);
    else joined.push({ kind, mime, parts: [text] });
  }
  return joined.map(({ kind, mime, parts }) => ({ kind, mime, text: parts.join("") }));
}

/** Cut `text` into pieces of at most half a block, at line ends where possible. */
function* pieces(text) {
  const size = BLOCK_CHARS / 2;
  let begin = 0;
  while (text.length - begin > size) {
    const end = text.lastIndexOf("\n", begin + size) + 1;
    const next = end > begin ? end : begin + size;
    yield text.slice(begin, next);
    begin = next;
  }
  yield text.slice(begin);
}

function countLines(text) {
  let lines = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) lines += 1;
  return lines;
}
