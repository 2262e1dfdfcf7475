// Fetches the files of a bundle and checks each against the manifest.

import { LoadError } from "../errors.mjs";
import { Queue } from "./queue.mjs";
import { RETRIES, isTransient, isTransientStatus, pause, retry, transient } from "./retry.mjs";
import { sha256, sha256Now } from "./sha256.mjs";

/**
 * A file in the manifest.
 * @typedef {{file: string, size: number, sha256: string}} FileRecord
 * @typedef {{phase: "fetch" | "start", name: string, loaded: number, total: number}} Progress
 */

/** Addresses that sent wrong bytes, which the browser may have cached. @type {Set<string>} */
const suspects = new Set();

/** How many transfers run at once. Browsers allow as many to a host with HTTP/1.1; more help no other host. */
const PARALLEL = 6;

export class Files {
  #baseURL;
  #onProgress;
  #signal;
  #queue = new Queue(PARALLEL);
  /** Whether the host sends the compressed files by itself, as the first response shows. @type {boolean | undefined} */
  #encodes;

  /** Whether the bundle has a compressed file beside each plain one; from the manifest. */
  compressed = true;

  /** Runs work that blocks the thread. @type {<T>(work: () => T) => T} */
  standingStill = (work) => work();

  /**
   * @param {URL} baseURL the bundle's folder
   * @param {(progress: Progress) => void} onProgress loaded and total in bytes, uncompressed
   * @param {AbortSignal} signal
   */
  constructor(baseURL, onProgress, signal) {
    this.#baseURL = baseURL;
    this.#onProgress = onProgress;
    this.#signal = signal;
  }

  /**
   * Whether a name means a file below the bundle's folder: no address of its own, no `..`, also not as `%2e%2e`.
   * @param {string} file
   */
  isBelow(file) {
    try {
      return new URL(file, this.#baseURL).href === new URL(".", this.#baseURL).href + file;
    } catch {
      return false;
    }
  }

  /** A file's address. Throws a LoadError for one outside the bundle's folder. @param {string} file */
  url(file) {
    if (!this.isBelow(file)) throw new LoadError(`${file} is not fetched: it is no file below the bundle's folder`, { file });
    return new URL(file, this.#baseURL).href;
  }

  /** Fetch a JSON file, which has no record to check it against. @param {string} file */
  json(file) {
    return this.#transfer(async () => {
      // Each new bundle has the same name for other contents, so the browser must revalidate its cached copy.
      const response = await this.#open(file, { cache: "no-cache" });
      const text = await this.#failing(file, response.text());
      try {
        return JSON.parse(text);
      } catch (cause) {
        suspects.add(this.url(file)); // the server would confirm a damaged copy as unchanged
        throw transient(new LoadError(`${file} is not complete, or is not JSON`, { file, cause }));
      }
    });
  }

  /** The bytes of a file. @param {FileRecord} record */
  bytes(record) {
    return this.#transfer(async () => this.#verified(record, await this.#open(record.file)));
  }

  /**
   * The bytes of a file that is worth compressing. If the host does not send it compressed, the .gz file beside it is
   * fetched instead.
   * @param {FileRecord} record
   */
  compressible(record) {
    return this.#transfer(async () => {
      if (this.#encodes !== false) {
        const response = await this.#open(record.file);
        this.#encodes = !this.compressed || !response.url.startsWith("http") || response.headers.has("Content-Encoding");
        if (this.#encodes) return this.#verified(record, response);
        // A host that answers one request at a time waits until the body is read or cancelled.
        await response.body?.cancel();
      }
      const file = `${record.file}.gz`;
      const body = this.#whole(file, await this.#open(file)).pipeThrough(/** @type {any} */ (new DecompressionStream("gzip")));
      return this.#verified(record, new Response(body));
    });
  }

  /**
   * Compile a wasm file while it arrives; the engine may cache the code for the next visit.
   * @param {FileRecord} record
   * @returns {Promise<{module: WebAssembly.Module, bytes: Uint8Array}>}
   */
  module(record) {
    return this.#transfer(async () => {
      const response = await this.#open(record.file);
      const compiling = WebAssembly.compileStreaming(response.clone()).catch(() => null);
      const bytes = await this.#verified(record, response);
      // Streaming fails if the host does not send application/wasm, or the connection breaks.
      const module = (await compiling) ?? (await WebAssembly.compile(bytes).catch((cause) => {
        const message = `This JavaScript engine is too old to run Python: it cannot compile ${record.file} (${cause.message})`;
        throw new LoadError(message, { file: record.file, cause });
      }));
      return { module, bytes };
    });
  }

  /** Whether bytesNow works here. */
  get canFetchNow() {
    return this.#baseURL.protocol === "file:" ? Boolean(fileSystemNow()) : "XMLHttpRequest" in globalThis;
  }

  /**
   * The bytes of a file, synchronously: for code that cannot wait for a promise. Blocks the thread.
   * @param {FileRecord} record
   */
  bytesNow(record) {
    return this.standingStill(() => {
      try {
        return this.#bytesNow(record);
      } catch {
        return this.#bytesNow(record); // no pause: the thread would only be blocked for longer
      }
    });
  }

  /** @param {FileRecord} record */
  #bytesNow({ file, size, sha256: expected }) {
    const url = this.url(file);
    const bytes = url.startsWith("file:") ? readNow(file, url) : requestNow(file, url);
    if (bytes.length !== size) throw new LoadError(`${file} is not the bundle's: ${bytes.length} bytes, not ${size}`, { file });
    const found = sha256Now(bytes);
    if (found !== expected) {
      throw new LoadError(`${file} is damaged: its sha256 is ${found}, the manifest says ${expected}`, { file });
    }
    return bytes;
  }

  /**
   * Run a transfer when the queue has room, with retries.
   * @template T
   * @param {() => Promise<T>} transfer
   * @returns {Promise<T>}
   */
  #transfer(transfer) {
    return this.#queue.run(() => retry(this.#signal, transfer));
  }

  /** @param {string} file @param {RequestInit} [init] */
  async #open(file, init) {
    const url = this.url(file);
    const again = suspects.has(url) ? { cache: /** @type {const} */ ("reload") } : {};
    const opening = url.startsWith("file:") ? openLocal(url) : fetch(url, { ...init, ...again, signal: this.#signal });
    const response = await this.#failing(file, opening);
    if (response.ok) return response;
    const error = new LoadError(`${file} is missing: the server answers ${response.status} ${response.statusText}`.trimEnd(), { file });
    throw isTransientStatus(response.status) ? transient(error) : error;
  }

  /**
   * The body of a response. If the connection breaks, another request fetches the rest.
   * @param {string} file
   * @param {Response} response
   * @returns {ReadableStream<Uint8Array>}
   */
  #whole(file, response) {
    // A body that the host compresses cannot be continued: the position in the compressed bytes is unknown.
    const canContinue = response.url.startsWith("http") && !response.headers.get("Content-Encoding");
    const size = Number(response.headers.get("Content-Length"));
    let reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
    let loaded = 0;
    let failures = 0;
    const read = async () => {
      for (;;) {
        try {
          const { done, value } = await reader.read();
          if (done && canContinue && loaded < size) throw new Error("the connection was closed");
          return value;
        } catch (error) {
          this.#signal.throwIfAborted();
          if (!canContinue || !loaded || failures === RETRIES) throw broken(file, loaded, size, error);
          await pause(this.#signal, failures++);
          reader = (await this.#rest(file, loaded)) ?? reader;
        }
      }
    };
    return new ReadableStream({
      pull: async (controller) => {
        const value = await read();
        if (!value) return controller.close();
        loaded += value.length;
        controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    });
  }

  /**
   * The bytes of a file from a position on; undefined after a transient failure.
   * @throws if the server cannot continue, so that the whole file has to be fetched again
   * @param {string} file
   * @param {number} from
   */
  async #rest(file, from) {
    let response;
    try {
      response = await this.#open(file, { headers: { Range: `bytes=${from}-` } });
    } catch (error) {
      this.#signal.throwIfAborted();
      if (isTransient(error)) return undefined;
      throw transient(/** @type {LoadError} */ (error));
    }
    if (response.status === 206 && response.body) return response.body.getReader();
    await response.body?.cancel();
    throw transient(new LoadError(`${file} is truncated: the connection broke, and the server does not continue`, { file }));
  }

  /**
   * @param {FileRecord} record
   * @param {Response} response
   */
  async #verified(record, response) {
    try {
      return await this.#read(record, response);
    } catch (error) {
      for (const suffix of ["", ".gz"]) suspects.add(this.url(record.file) + suffix);
      throw error;
    }
  }

  /**
   * @param {FileRecord} record
   * @param {Response} response
   */
  async #read({ file, size, sha256: expected }, response) {
    const bytes = new Uint8Array(size);
    let loaded = 0;
    const body = this.#whole(file, response).getReader();
    for (;;) {
      const { done, value } = await this.#failing(file, body.read());
      if (done) break;
      if (loaded + value.length <= size) bytes.set(value, loaded);
      loaded += value.length;
      this.#onProgress({ phase: "fetch", name: file, loaded: Math.min(loaded, size), total: size });
    }
    if (loaded < size) throw transient(new LoadError(`${file} is truncated: ${loaded} of ${size} bytes`, { file }));
    if (loaded > size) throw transient(new LoadError(`${file} is not the bundle's: ${loaded} bytes, not ${size}`, { file }));
    const found = await sha256(bytes);
    this.#signal.throwIfAborted();
    if (found !== expected) {
      throw transient(new LoadError(`${file} is damaged: its sha256 is ${found}, the manifest says ${expected}`, { file }));
    }
    return bytes;
  }

  /**
   * Turn a network error into a transient LoadError that names the file.
   * @template T
   * @param {string} file
   * @param {Promise<T>} work
   */
  async #failing(file, work) {
    try {
      return await work;
    } catch (cause) {
      this.#signal.throwIfAborted();
      if (cause instanceof LoadError) throw cause;
      throw transient(new LoadError(`${file} could not be fetched (${messageOf(cause)})`, { file, cause }));
    }
  }
}

/** @param {string} file @param {number} loaded @param {number} size in bytes, as sent, 0 if unknown @param {unknown} cause */
function broken(file, loaded, size, cause) {
  const of = size ? `${loaded} of ${size}` : loaded;
  return transient(new LoadError(`${file} is truncated: the connection broke after ${of} bytes (${messageOf(cause)})`, { file, cause }));
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

/** Read a local file in node, as a Response. @param {string} url */
async function openLocal(url) {
  const { readFile } = await import("node:fs/promises");
  const headers = url.endsWith(".wasm") ? { "Content-Type": "application/wasm" } : undefined;
  try {
    return new Response(await readFile(new URL(url)), { headers });
  } catch (error) {
    if (/** @type {{code?: string}} */ (error).code !== "ENOENT") throw error;
    return new Response(null, { status: 404, statusText: "Not Found" });
  }
}

/** Node's module fs, without an asynchronous import; undefined in a page. @returns {any} */
function fileSystemNow() {
  return /** @type {any} */ (globalThis).process?.getBuiltinModule?.("node:fs");
}

/** @param {string} file @param {string} url */
function readNow(file, url) {
  try {
    return new Uint8Array(fileSystemNow().readFileSync(new URL(url)));
  } catch (cause) {
    throw new LoadError(`${file} is missing (${messageOf(cause)})`, { file, cause });
  }
}

let requests = 0;

/** @param {string} file @param {string} url */
function requestNow(file, url) {
  const request = new XMLHttpRequest();
  // For the same address Chromium would wait up to 20 s for an earlier fetch, which cannot finish while the thread is
  // blocked. And a damaged response is not cached.
  request.open("GET", `${url}?now${requests++}`, false);
  // Only workers may request an ArrayBuffer synchronously. This character set maps each byte to one character.
  const inWorker = !("document" in globalThis);
  if (inWorker) request.responseType = "arraybuffer";
  else request.overrideMimeType("text/plain; charset=x-user-defined");
  try {
    request.send();
  } catch (cause) {
    throw new LoadError(`${file} could not be fetched (${messageOf(cause)})`, { file, cause });
  }
  if (request.status !== 200) {
    throw new LoadError(`${file} is missing: the server answers ${request.status} ${request.statusText}`, { file });
  }
  if (inWorker) return new Uint8Array(request.response);
  const text = request.responseText;
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
