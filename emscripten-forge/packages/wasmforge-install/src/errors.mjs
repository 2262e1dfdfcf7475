// The errors of install. An aborted signal throws its own reason.

/** Nothing was installed. The message says why and, where known, what to do. */
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
