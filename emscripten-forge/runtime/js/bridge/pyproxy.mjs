// PyProxy: Python objects in JavaScript.

import { crash } from "./errors.mjs";
import { hold } from "./handles.mjs";
import { connected, wf } from "./memory.mjs";
import { decode, encodeAll, newString, reserve, unreserve } from "./values.mjs";

const CALLABLE = 1;

/**
 * A reference to a Python object, which the proxies of it share.
 * @typedef {{pointer: number, flags: number}} Shared
 */

/** @type {WeakMap<object, Shared>} */
const proxies = new WeakMap();
const registry = new FinalizationRegistry((/** @type {Shared} */ shared) => connected && drop(shared));

export class PyProxy {
  destroy() {
    drop(/** @type {Shared} */ (proxies.get(this)));
  }
}

/** @param {Shared} shared */
function drop(shared) {
  if (shared.pointer) wf.wf_release(shared.pointer);
  shared.pointer = 0;
}

/**
 * A new PyProxy.
 * @param {number} pointer a reference, which it owns
 * @param {number} flags
 * @returns {any}
 */
export function makeProxy(pointer, flags) {
  const shared = { pointer, flags };
  const target = flags & CALLABLE ? (/** @type {any[]} */ ...args) => call(shared.pointer, args) : new PyProxy();
  const proxy = new Proxy(target, {
    get: (_, name) => (typeof name === "symbol" || name in PyProxy.prototype ? Reflect.get(target, name) : getAttribute(shared.pointer, name)),
  });
  proxies.set(proxy, shared);
  registry.register(proxy, shared, shared);
  return proxy;
}

/**
 * The address of the Python object, or 0 if value is no PyProxy.
 * @param {any} value
 */
export function pointerOf(value) {
  const shared = proxies.get(value);
  if (!shared) return 0;
  if (!shared.pointer) throw new Error("Object has already been destroyed");
  return shared.pointer;
}

/** @param {number} pointer @param {any[]} args */
export function call(pointer, args) {
  const base = reserve(args.length || 1);
  encodeAll(args, base);
  try {
    wf.wf_py_call(pointer, base, args.length, 0);
  } catch (error) {
    crash(error);
  }
  try {
    return decode(base);
  } finally {
    unreserve(base);
  }
}

/** @type {Map<string, number>} attribute name -> a str */
const names = new Map();

/** @param {string} name */
function nameOf(name) {
  let pointer = names.get(name);
  if (!pointer) names.set(name, (pointer = newString(name)));
  return pointer;
}

/** @param {number} pointer @param {string} name */
function getAttribute(pointer, name) {
  const base = reserve(1);
  try {
    wf.wf_py_getattr(pointer, nameOf(name), base);
    return decode(base);
  } finally {
    unreserve(base);
  }
}

export const imports = {
  js_pyproxy_new: (/** @type {number} */ pointer, /** @type {number} */ flags, /** @type {number} */ options) =>
    hold(makeProxy(pointer >>> 0, flags)),
};
