// HTTP requests that are tried again when what failed may pass.

import { InstallError } from "./errors.mjs";

const TRIES = 3;
const FIRST_PAUSE = 300; // milliseconds; twice as long after each try
const PASSING = [408, 425, 429, 500, 502, 503, 504];

/**
 * @template T
 * @param {AbortSignal} signal
 * @param {(tried: number) => Promise<T>} work told how often it was tried before
 * @returns {Promise<T>}
 */
export async function persistently(signal, work) {
  for (let tried = 0; ; tried++) {
    signal.throwIfAborted();
    try {
      return await work(tried);
    } catch (error) {
      signal.throwIfAborted();
      if (tried + 1 === TRIES || !(error instanceof InstallError && error.passing)) throw error;
    }
    await pause(FIRST_PAUSE * 2 ** tried, signal);
  }
}

/**
 * A response, whatever its status is unless that may pass.
 * @param {string | Request} what
 * @param {RequestInit & {signal: AbortSignal}} init
 */
export async function ask(what, init) {
  const url = typeof what === "string" ? what : what.url;
  /** @type {Response} */
  let response;
  try {
    response = await fetch(what, init);
  } catch (cause) {
    init.signal.throwIfAborted();
    const { message } = /** @type {Error} */ (cause);
    const advice = "is the address right, and does its host let this page read it (CORS)?";
    throw new InstallError(`${url} could not be fetched (${message}); ${advice}`, { passing: true, cause });
  }
  if (PASSING.includes(response.status)) {
    throw new InstallError(`${url}: ${said(response)}`, { passing: true });
  }
  return response;
}

/** What a server said instead of the file. @param {Response} response */
export function said({ status, statusText }) {
  return `the server answers ${status} ${statusText}`;
}

/** @param {number} milliseconds @param {AbortSignal} signal @returns {Promise<void>} */
function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", stop, { once: true });
  });
}
