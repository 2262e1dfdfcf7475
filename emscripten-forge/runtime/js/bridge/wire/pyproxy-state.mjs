// The state that a PyProxy carries.

/** The property of a PyProxy, and of its target, that holds its state. */
export const STATE = Symbol("PyProxy");

/** What a PyProxy carries. */
export class State {
  /** Whether JavaScript has defined properties on it. */
  own = false;

  /**
   * @param {import("../pyobject/pyproxy.mjs").Shared} shared
   * @param {import("../pyobject/pyproxy.mjs").Kind} kind
   * @param {boolean} roundtrip whether Python gets the proxy itself back, in a JsProxy
   * @param {boolean} captureThis whether a call gives `this` to Python as the first argument
   * @param {{self: any, args: any[]} | null} bound like the arguments of Function.prototype.bind
   */
  constructor(shared, kind, roundtrip, captureThis, bound) {
    this.shared = shared;
    this.kind = kind;
    this.roundtrip = roundtrip;
    this.captureThis = captureThis;
    this.bound = bound;
  }
}

/** The state of a PyProxy; undefined for any other value. @param {any} value @returns {State | undefined} */
export function stateOf(value) {
  try {
    const state = value[STATE];
    // Some Proxies have every property.
    return state === undefined || state instanceof State ? state : undefined;
  } catch {
    return undefined; // a Proxy that was revoked or refuses
  }
}
