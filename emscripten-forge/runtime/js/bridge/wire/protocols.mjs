// The protocols of Python objects, and the state that a PyProxy carries.

// What core/pyproxy.h calls WF_PY_…
export const CALLABLE = 1 << 0;
export const DICT = 1 << 1;
export const HAS_GET = 1 << 2;
export const HAS_SET = 1 << 3;
export const HAS_CONTAINS = 1 << 4;
export const HAS_LENGTH = 1 << 5;
export const ITERABLE = 1 << 6;
export const ITERATOR = 1 << 7;
export const GENERATOR = 1 << 8;
export const AWAITABLE = 1 << 9;
export const ASYNC_ITERABLE = 1 << 10;
export const ASYNC_ITERATOR = 1 << 11;
export const ASYNC_GENERATOR = 1 << 12;
export const SEQUENCE = 1 << 13;
export const MUTABLE_SEQUENCE = 1 << 14;
export const BUFFER = 1 << 15;
/** Only here: the proxy is one of asJsJson. */
export const JSON_VIEW = 1 << 16;

/** Options of makeProxy. */
export const NO_FINALIZER = 1;
export const ROUNDTRIP = 2;

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
