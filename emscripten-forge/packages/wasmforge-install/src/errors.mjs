// What install throws, besides the reason of an aborted signal.

/** Packages could not be installed; nothing was. The message says why, and what to do where that is known. */
export class InstallError extends Error {
  static name = "InstallError"; // also when minified
  name = "InstallError";

  /**
   * @param {string} message
   * @param {{transient?: boolean, cause?: unknown}} [details] transient: whether a retry may succeed
   */
  constructor(message, { transient = false, cause } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.transient = transient;
  }
}
