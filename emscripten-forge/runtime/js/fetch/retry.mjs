// Retries of transfers: which failures may pass, how often to try again, and how long to wait before.

/** How often a transfer is tried again. */
export const RETRIES = 3;
/** Milliseconds before the first retry; the time doubles with each further one. */
const FIRST_PAUSE = 250;
/** HTTP statuses that the next request may not get. */
const TRANSIENT_STATUSES = new Set([408, 425, 429, 500, 502, 503, 504]);

/** @param {number} status of an HTTP response */
export function isTransientStatus(status) {
  return TRANSIENT_STATUSES.has(status);
}

/**
 * Mark an error as transient: a retry may succeed.
 * @template {Error} E
 * @param {E} error
 */
export function transient(error) {
  return Object.assign(error, { transient: true });
}

/** @param {unknown} error */
export function isTransient(error) {
  return error instanceof Error && "transient" in error && error.transient === true;
}

/**
 * Do the work, and do it again after transient errors.
 * @template T
 * @param {AbortSignal} signal ends the retries; the result is then rejected with its reason
 * @param {(failures: number) => Promise<T>} work is told how often it has failed
 * @returns {Promise<T>} rejected with the last error
 */
export async function retry(signal, work) {
  for (let failures = 0; ; failures++) {
    signal.throwIfAborted();
    try {
      return await work(failures);
    } catch (error) {
      signal.throwIfAborted();
      if (failures === RETRIES || !isTransient(error)) throw error;
    }
    await pause(signal, failures);
  }
}

/**
 * Wait before a retry. The length is partly random, so that the clients of an overloaded server do not return all at once.
 * @param {AbortSignal} signal
 * @param {number} failures so far, not counting the last
 * @returns {Promise<void>} rejected with the signal's reason
 */
export function pause(signal, failures) {
  const milliseconds = FIRST_PAUSE * 2 ** failures * (0.5 + Math.random());
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
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
