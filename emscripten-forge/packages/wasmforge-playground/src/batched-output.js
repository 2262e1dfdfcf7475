// Gathers Python's output into few messages: a program that prints 100 000 lines must not send 100 000 messages. A busy
// worker runs no timers. It therefore sends the first writes of each window at once, and keeps later ones until a write
// after the window, a full buffer, or `flush`.

const WINDOW_MS = 50;
const AT_ONCE = 40; // messages per window before a burst is gathered
const FULL = 1 << 15; // characters in the buffer that are sent even in a burst

export class BatchedOutput {
  #send;
  #pieces = [];
  #size = 0;
  #windowStart = 0;
  #sent = 0;
  #decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };

  /**
   * @param {(pieces: {stream: "stdout" | "stderr" | "value", text: string, mime?: string}[], size: number) => void} send
   *   size in characters
   */
  constructor(send) {
    this.#send = send;
  }

  /** Return a function that takes bytes written to `stream` and returns their number. */
  writer(stream) {
    return (bytes) => {
      this.#add({ stream, text: this.#decoders[stream].decode(bytes, { stream: true }) });
      return bytes.length;
    };
  }

  /** Show a value after the text so far. */
  show(mime, text) {
    this.#add(mime === "text/plain" ? { stream: "value", text: `${text}\n` } : { stream: "value", text, mime });
  }

  flush() {
    if (this.#pieces.length) this.#send(this.#pieces, this.#size);
    this.#pieces = [];
    this.#size = 0;
  }

  #add(piece) {
    const last = this.#pieces.at(-1);
    if (last?.stream === piece.stream && !last.mime && !piece.mime) last.text += piece.text;
    else this.#pieces.push(piece);
    this.#size += piece.text.length;
    const now = performance.now();
    if (now - this.#windowStart > WINDOW_MS) {
      this.#windowStart = now;
      this.#sent = 0;
    }
    if (this.#sent < AT_ONCE || this.#size > FULL) {
      this.#sent += 1;
      this.flush();
    }
  }
}
