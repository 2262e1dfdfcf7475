// The state that a PyProxy carries.

/** The property of a PyProxy, and of its target, that holds its state. */
export const STATE = Symbol("PyProxy");

/** The state of a PyProxy; undefined for any other value. @param {any} value @returns {import("../pyobject/pyproxy.mjs").State | undefined} */
export function stateOf(value) {
  try {
    return value[STATE];
  } catch {
    return undefined; // a Proxy that was revoked or refuses
  }
}
