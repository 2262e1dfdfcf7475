// The output pane. Text is put into the page once per frame, in blocks the browser can skip when they
// are out of sight, and the oldest blocks go when a program prints without end.

const BLOCK_CHARS = 1 << 14;
const KEPT_CHARS = 8 << 20;

export class Output {
  #pane;
  #queue = [];
  #frame = 0;
  #kept = 0;
  #block = null;
  #dropped = null;

  constructor(pane) {
    this.#pane = pane;
    this.lines = 0;
  }

  clear() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#queue = [];
    this.#block = this.#dropped = null;
    this.#kept = this.lines = 0;
    this.#pane.replaceChildren();
  }

  get isEmpty() {
    return this.#queue.length === 0 && this.#pane.querySelector("pre") === null;
  }

  /** All the text that is still shown. */
  get text() {
    this.#render();
    return [...this.#pane.querySelectorAll("pre")].map((block) => block.textContent).join("");
  }

  /** @param {"stdout" | "stderr" | "value" | "error" | "note"} kind */
  add(kind, text) {
    this.#queue.push({ kind, text });
    // A hidden tab gets no frames, but the program there goes on.
    if (document.hidden) this.#render();
    else this.#frame ||= requestAnimationFrame(() => this.#render());
  }

  #render() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    if (this.#queue.length === 0) return;
    const pane = this.#pane;
    const follow = pane.scrollHeight - pane.scrollTop - pane.clientHeight < 48;
    for (const { kind, text } of joinNeighbours(this.#queue)) {
      for (const piece of pieces(text)) this.#append(kind, piece);
    }
    this.#queue = [];
    this.#dropOldest();
    if (follow) pane.scrollTop = pane.scrollHeight;
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
    const lines = countLines(text);
    this.#block.lines += lines;
    this.#block.style.setProperty("--lines", this.#block.lines + 1);
    this.lines += lines;
    this.#kept += text.length;
  }

  #dropOldest() {
    while (this.#kept > KEPT_CHARS) {
      const oldest = this.#pane.querySelector("pre");
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
  const block = document.createElement("pre");
  block.dataset.kind = kind;
  block.className = `block ${kind}`;
  block.size = text.length;
  block.lines = 0;
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
  for (const { kind, text } of queue) {
    const last = joined.at(-1);
    if (last?.kind === kind) last.parts.push(text);
    else joined.push({ kind, parts: [text] });
  }
  return joined.map(({ kind, parts }) => ({ kind, text: parts.join("") }));
}

/** Cut `text` after a line's end into pieces of about half a block. */
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
