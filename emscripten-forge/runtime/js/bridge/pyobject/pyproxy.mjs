// PyProxy: a Python object in JavaScript. This module has its reference and its lifetime. pyproxy-classes/ has the
// rest: mixins.mjs composes a class for the protocols of the object, proxy-handlers.mjs has its behaviour as an object.

import { PYPROXY_NO_FINALIZER, PYPROXY_ROUNDTRIP } from "../wire/constants.mjs";
import { hold } from "../wire/handles.mjs";
import { connected, wf } from "../wire/memory.mjs";
import { STATE, State, stateOf } from "../wire/pyproxy-state.mjs";
import { reserveResult, unreserve } from "../wire/values.mjs";
import { describe } from "./operations.mjs";

const DESTROYED = "Object has already been destroyed";
const HOW_TO_KNOW_MORE = "For more information about the cause of this error, use `pyodide.setDebug(true)`";
const LOAN_ENDED =
  "This borrowed proxy was automatically destroyed at the end of a function call. Try using create_proxy or create_once_callable.";
const OWNER_DESTROYED =
  "This borrowed attribute proxy was automatically destroyed in the process of destroying the proxy it was borrowed from. " +
  "Try using the 'copy' method.";

let debug = false;
let live = 0;

/** Set whether errors about destroyed proxies describe the object, which is slower. @param {boolean} on @returns {boolean} the value before */
export function setDebug(on) {
  const before = debug;
  debug = Boolean(on);
  return before;
}

/** The number of references to Python objects that JavaScript holds. */
export function liveProxies() {
  return live;
}

/** A reference to a Python object, shared by proxies with the same lifetime. */
export class Shared {
  /** @type {Map<string, {proxy: any, source: number}> | null} attributes that became proxies when they were read */
  cache = null;
  /** The reason for its destruction. */
  message = DESTROYED;
  /** The number of proxies registered with the finalizers. */
  owners = 0;
  /** @type {any} the promise of an awaitable, after the first request for it */
  promise = undefined;

  /** @param {number} ptr a reference, which it owns @param {number} flags */
  constructor(ptr, flags) {
    this.ptr = ptr;
    this.flags = flags;
    live++;
  }

  /** The address of the object. @throws if it has been destroyed */
  get alive() {
    if (this.ptr === 0) throw new Error(this.message);
    return this.ptr;
  }

  /** @param {string} message of the error that later use throws */
  destroy(message) {
    if (this.ptr === 0) return;
    finalizers.unregister(this);
    this.message = `${message}\n${debug ? describe(this.ptr) : HOW_TO_KNOW_MORE}`;
    const attributes = this.cache;
    this.release();
    for (const { proxy } of attributes?.values() ?? []) proxy[STATE].shared.destroy(OWNER_DESTROYED);
  }

  release() {
    const { ptr } = this;
    this.ptr = 0;
    this.cache = null;
    live--;
    wf.wf_release(ptr);
  }
}

/** Releases Python objects whose proxies JavaScript has dropped without destroy(). @type {FinalizationRegistry<Shared>} */
const finalizers = new FinalizationRegistry((shared) => {
  if (--shared.owners === 0 && connected && shared.ptr) shared.release();
});

/**
 * The part that proxies of objects with the same protocols share.
 * @typedef {object} Kind
 * @property {Set<string>} members names that belong to JavaScript and are no attributes of the Python object
 * @property {(state: State) => any} make makes the proxy
 */

/** @type {(flags: number) => Kind} */
let kindOf;

/** Get kinds from this function. index.mjs passes it, since pyproxy-classes/ imports this module. @param {(flags: number) => Kind} find by protocols */
export function useKinds(find) {
  kindOf = find;
}

/**
 * A new PyProxy.
 * @param {number} ptr a reference, which it owns
 * @param {number} flags
 * @param {number} [options] PYPROXY_NO_FINALIZER, PYPROXY_ROUNDTRIP
 * @returns {any}
 */
export function makeProxy(ptr, flags, options = 0) {
  return wrap(new Shared(ptr, flags), options);
}

/**
 * A proxy for a reference.
 * @param {Shared} shared
 * @param {number} [options]
 * @param {{captureThis?: boolean, bound?: State["bound"], flags?: number}} [changes]
 */
export function wrap(shared, options = 0, { captureThis = false, bound = null, flags = shared.flags } = {}) {
  const kind = kindOf(flags);
  const proxy = kind.make(new State(shared, kind, (options & PYPROXY_ROUNDTRIP) !== 0, captureThis, bound));
  if ((options & PYPROXY_NO_FINALIZER) === 0) watch(proxy, shared);
  return proxy;
}

/** @param {any} proxy @param {Shared} shared */
function watch(proxy, shared) {
  shared.owners++;
  finalizers.register(proxy, shared, shared);
}

/** @param {any} value */
export function isPyProxy(value) {
  return (typeof value === "object" || typeof value === "function") && value !== null && stateOf(value) !== undefined;
}

/** The address of a proxy's object, or 0 if value is no PyProxy. @param {any} value @throws if it has been destroyed */
export function pointerOf(value) {
  return stateOf(value)?.shared.alive ?? 0;
}

/** Whether value is a PyProxy that can still be used. @param {any} value */
export function isAlive(value) {
  return Boolean(stateOf(value)?.shared.ptr);
}

/** Destroy the proxies that were made for the arguments of a call. @param {any[]} proxies */
export function endLoan(proxies) {
  const base = reserveResult();
  // One of them may be a Proxy of a PyProxy, whose handler has just been destroyed.
  for (const proxy of proxies) stateOf(proxy)?.shared.destroy(LOAN_ENDED);
  unreserve(base);
}

/** Leave proxies that were made without a finalizer to the garbage collector. @param {any[]} proxies */
export function keepLoan(proxies) {
  for (const proxy of proxies) {
    const shared = stateOf(proxy)?.shared;
    if (shared?.ptr) watch(proxy, shared);
  }
}

/** The members of every PyProxy. */
export class PyProxy {
  static name = "PyProxy"; // also when minified

  /** @param {any} value */
  static [Symbol.hasInstance](value) {
    return isPyProxy(value);
  }

  constructor() {
    throw new TypeError("PyProxy is not a constructor");
  }

  /**
   * Release the Python object. The proxy cannot be used any more; another call does nothing.
   * @param {{message?: string, destroyRoundtrip?: boolean}} [options] message: of the error that later use throws;
   *   destroyRoundtrip: false keeps proxies that Python has made with create_proxy
   */
  destroy({ message = DESTROYED, destroyRoundtrip = true } = {}) {
    const { shared, roundtrip } = /** @type {any} */ (this)[STATE];
    if (destroyRoundtrip || !roundtrip) shared.destroy(message);
  }

  [Symbol.dispose ?? Symbol.for("Symbol.dispose")]() {
    this.destroy();
  }

  /** Another proxy of the same object, with its own lifetime. */
  copy() {
    const { shared, captureThis, bound } = /** @type {any} */ (this)[STATE];
    wf.wf_hold(shared.alive);
    return wrap(new Shared(shared.ptr, shared.flags), 0, { captureThis, bound });
  }
}
Object.defineProperty(PyProxy.prototype, Symbol.toStringTag, { value: "PyProxy", configurable: true });

/** @type {Record<string, (...values: number[]) => number>} */
export const imports = {
  js_pyproxy_new: (pointer, flags, options) => hold(makeProxy(pointer >>> 0, flags, options)),
};
