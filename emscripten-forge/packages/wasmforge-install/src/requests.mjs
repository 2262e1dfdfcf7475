// HTTP requests whose failures name the address.

import { isTransientStatus } from "wasmforge-runtime/retry.mjs";
import { InstallError } from "./errors.mjs";

/**
 * Send a request.
 * @param {string | Request} what
 * @param {RequestInit & {signal: AbortSignal}} init
 * @returns {Promise<Response>} of any status but a transient one, which is an error that `retry` understands
 */
export async function request(what, init) {
  const url = typeof what === "string" ? what : what.url;
  /** @type {Response} */
  let response;
  try {
    response = await fetch(what, init);
  } catch (cause) {
    init.signal.throwIfAborted();
    const { message } = /** @type {Error} */ (cause);
    const advice = "is the address right, and does its host let this page read it (CORS)?";
    throw new InstallError(`${url} could not be fetched (${message}); ${advice}`, { transient: true, cause });
  }
  if (isTransientStatus(response.status)) throw new InstallError(`${url}: ${describe(response)}`, { transient: true });
  return response;
}

/** A server's refusal as a clause. @param {Response} response */
export function describe({ status, statusText }) {
  return `the server answers ${status} ${statusText}`;
}
