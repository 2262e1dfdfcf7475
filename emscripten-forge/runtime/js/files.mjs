// Getting the files of a bundle, each checked against the manifest.

import { LoadError } from "./errors.mjs";
import { sha256, sha256Now } from "./sha256.mjs";

/**
 * What the manifest says of a file.
 * @typedef {{file: string, size: number, sha256: string}} FileRecord
 * @typedef {{phase: "fetch" | "start", name: string, loaded: number, total: number}} Progress
 */

/** Addresses that gave something else than the manifest says. The browser may have kept it. @type {Set<string>} */
const suspects = new Set();

export class Files {
  #baseURL;
  #onProgress;
  #signal;

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

  /** The same files, without progress. */
  silently() {
    return new Files(this.#baseURL, () => {}, this.#signal);
  }

  /** @param {string} file */
  url(file) {
    return new URL(file, this.#baseURL).href;
  }

  /** A JSON file that nothing vouches for. @param {string} file */
  async json(file) {
    // The names in it change with each new bundle, so the cached one must be asked after.
    const response = await this.#open(file, { cache: "no-cache" });
    const text = await this.#failing(file, response.text());
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new LoadError(`${file} is not complete, or is not JSON`, { file, cause });
    }
  }

  /** The bytes of a file. @param {FileRecord} record */
  async bytes(record) {
    return this.#verified(record, await this.#open(record.file));
  }

  /**
   * The bytes of a file that is worth sending compressed. Where the host does not do so by itself,
   * the compressed file next to it is fetched instead.
   * @param {FileRecord} record
   */
  async compressible(record) {
    const response = await this.#open(record.file);
    if (response.headers.get("Content-Encoding") || !response.url.startsWith("http")) return this.#verified(record, response);
    // An unread body would keep a host that answers one request at a time from answering the next.
    await response.body?.cancel();
    const compressed = await this.#open(`${record.file}.gz`).catch(() => null);
    if (!compressed?.body) return this.bytes(record);
    const body = compressed.body.pipeThrough(new DecompressionStream("gzip"));
    return this.#verified(record, new Response(body));
  }

  /**
   * A wasm file, compiled while it comes in; the engine may keep the code for the next visit.
   * @param {FileRecord} record
   * @returns {Promise<{module: WebAssembly.Module, bytes: Uint8Array}>}
   */
  async module(record) {
    const response = await this.#open(record.file);
    const compiling = WebAssembly.compileStreaming(response.clone()).catch(() => null);
    const bytes = await this.#verified(record, response);
    // No streaming from hosts that do not send application/wasm.
    const module = (await compiling) ?? (await WebAssembly.compile(bytes).catch((cause) => {
      const message = `This JavaScript engine is too old to run Python: it cannot compile ${record.file} (${cause.message})`;
      throw new LoadError(message, { file: record.file, cause });
    }));
    return { module, bytes };
  }

  /** Whether bytesNow can work here. */
  get canFetchNow() {
    return this.#baseURL.protocol === "file:" ? Boolean(fileSystemNow()) : "XMLHttpRequest" in globalThis;
  }

  /**
   * The bytes of a file, while everything else waits: for code that cannot wait for a promise.
   * @param {FileRecord} record
   */
  bytesNow({ file, size, sha256: expected }) {
    const url = this.url(file);
    const bytes = url.startsWith("file:") ? new Uint8Array(fileSystemNow().readFileSync(new URL(url))) : requestNow(file, url);
    if (bytes.length !== size) throw new LoadError(`${file} is not the bundle's: ${bytes.length} bytes, not ${size}`, { file });
    const found = sha256Now(bytes);
    if (found !== expected) {
      throw new LoadError(`${file} is damaged: its sha256 is ${found}, the manifest says ${expected}`, { file });
    }
    return bytes;
  }

  /** @param {string} file @param {RequestInit} [init] */
  async #open(file, init) {
    const url = this.url(file);
    const again = suspects.has(url) ? { cache: /** @type {const} */ ("reload") } : {};
    const opening = url.startsWith("file:") ? openLocal(url) : fetch(url, { ...init, ...again, signal: this.#signal });
    const response = await this.#failing(file, opening);
    if (!response.ok) {
      throw new LoadError(`${file} is missing: the server answers ${response.status} ${response.statusText}`, { file });
    }
    return response;
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
    const body = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
    for (;;) {
      const { done, value } = await this.#failing(file, body.read(), loaded, size);
      if (done) break;
      if (loaded + value.length <= size) bytes.set(value, loaded);
      loaded += value.length;
      this.#onProgress({ phase: "fetch", name: file, loaded: Math.min(loaded, size), total: size });
    }
    if (loaded < size) throw new LoadError(`${file} is truncated: ${loaded} of ${size} bytes`, { file });
    if (loaded > size) throw new LoadError(`${file} is not the bundle's: ${loaded} bytes, not ${size}`, { file });
    const found = await sha256(bytes);
    this.#signal.throwIfAborted();
    if (found !== expected) {
      throw new LoadError(`${file} is damaged: its sha256 is ${found}, the manifest says ${expected}`, { file });
    }
    return bytes;
  }

  /**
   * Turn a network error into one that names the file.
   * @template T
   * @param {string} file
   * @param {Promise<T>} work
   */
  async #failing(file, work, loaded = 0, size = 0) {
    try {
      return await work;
    } catch (cause) {
      this.#signal.throwIfAborted();
      const message = cause instanceof Error ? cause.message : String(cause);
      const how = loaded ? `is truncated: the connection broke after ${loaded} of ${size} bytes` : "could not be fetched";
      throw new LoadError(`${file} ${how} (${message})`, { file, cause });
    }
  }
}

/** A file of this machine, under node, as a Response. @param {string} url */
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

/** node's file system, without waiting for an import; undefined in a page. @returns {any} */
function fileSystemNow() {
  return /** @type {any} */ (globalThis).process?.getBuiltinModule?.("node:fs");
}

/** @param {string} file @param {string} url */
function requestNow(file, url) {
  const request = new XMLHttpRequest();
  // Under its own address Chromium would wait up to 20 s for the fetch of it that began before and cannot go on.
  request.open("GET", `${url}?now`, false);
  // Only a worker may ask for bytes here. This character set maps each byte to one character.
  const inWorker = !("document" in globalThis);
  if (inWorker) request.responseType = "arraybuffer";
  else request.overrideMimeType("text/plain; charset=x-user-defined");
  try {
    request.send();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new LoadError(`${file} could not be fetched (${message})`, { file, cause });
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
