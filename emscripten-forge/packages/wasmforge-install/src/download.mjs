// Downloads packages, several at a time, and checks each against its record in the channel.

import { retry } from "wasmforge-runtime/retry.mjs";
import { sha256 } from "wasmforge-runtime/sha256.mjs";
import { InstallError } from "./errors.mjs";
import { describe, request } from "./requests.mjs";

/** @typedef {import("./solver.mjs").Solved} Solved */

const AT_ONCE = 6;

/**
 * Do the work for all items, a few at a time. The first failure cancels the rest.
 * @template T, R
 * @param {T[]} items
 * @param {AbortSignal} signal
 * @param {(item: T, signal: AbortSignal) => Promise<R>} work
 * @returns {Promise<R[]>} in the order of the items
 */
export async function together(items, signal, work) {
  const controller = new AbortController();
  const abort = () => controller.abort(signal.reason);
  signal.addEventListener("abort", abort);
  /** @type {R[]} */
  const results = [];
  const waiting = items.entries();
  const worker = async () => {
    for (const [index, item] of waiting) results[index] = await work(item, controller.signal);
  };
  try {
    signal.throwIfAborted();
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return results;
  } catch (error) {
    controller.abort(error);
    throw error;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/**
 * Download and check a package.
 * @param {Solved} record
 * @param {AbortSignal} signal
 * @param {(loaded: number) => void} onProgress
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function download(record, signal, onProgress) {
  if (!(record.size && record.sha256)) {
    throw new InstallError(`${record.url} cannot be checked: its channel does not list its size and sha256`);
  }
  return retry(signal, async (failures) => {
    // After a failure, bypass the browser's cache: it may hold the damaged file.
    const response = await request(record.url, { signal, cache: failures ? "reload" : "default" });
    if (!response.ok) {
      throw new InstallError(`${record.url}, which its channel lists, is missing: ${describe(response)}`);
    }
    const bytes = await read(record, response, signal, onProgress);
    const found = await sha256(bytes);
    if (found !== record.sha256) {
      const message = `${record.url} is damaged: its sha256 is ${found}, the channel says ${record.sha256}`;
      throw new InstallError(message, { transient: true });
    }
    return bytes;
  });
}

/**
 * @param {Solved} record
 * @param {Response} response
 * @param {AbortSignal} signal
 * @param {(loaded: number) => void} onProgress
 */
async function read({ url, size }, response, signal, onProgress) {
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
  const bytes = new Uint8Array(size);
  let loaded = 0;
  onProgress(0);
  for (;;) {
    const { done, value } = await reader.read().catch((cause) => {
      signal.throwIfAborted();
      const how = `the connection broke after ${loaded} of ${size} bytes`;
      throw new InstallError(`${url} is truncated: ${how}`, { transient: true, cause });
    });
    if (done) break;
    if (loaded + value.length > size) {
      void reader.cancel();
      throw new InstallError(`${url} is not what its channel lists: it has more than ${size} bytes`, { transient: true });
    }
    bytes.set(value, loaded);
    loaded += value.length;
    onProgress(loaded);
  }
  if (loaded < size) throw new InstallError(`${url} is truncated: ${loaded} of ${size} bytes`, { transient: true });
  return bytes;
}
