// Getting the files of a bundle, each checked against the manifest.

import { LoadError } from "./errors.mjs";
import { sha256 } from "./sha256.mjs";

/**
 * What the manifest says of a file.
 * @typedef {{file: string, size: number, sha256: string}} FileRecord
 * @typedef {{phase: "fetch" | "start", name: string, loaded: number, total: number}} Progress
 */

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

  /** @param {string} file @param {RequestInit} [init] */
  async #open(file, init) {
    const url = this.url(file);
    const opening = url.startsWith("file:") ? openLocal(url) : fetch(url, { ...init, signal: this.#signal });
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
  async #verified({ file, size, sha256: expected }, response) {
    const bytes = new Uint8Array(size);
    let loaded = 0;
    const body = response.body?.getReader();
    for (;;) {
      const { done, value } = (await this.#failing(file, body?.read(), loaded, size)) ?? { done: true };
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
