// The classes of PyProxies: one for each set of protocols, composed of one mixin for each protocol.

import {
  PY_ASYNC_GENERATOR, PY_ASYNC_ITERABLE, PY_ASYNC_ITERATOR, PY_AWAITABLE, PY_BUFFER, PY_CALLABLE, PY_DICT,
  PY_GENERATOR, PY_HAS_CONTAINS, PY_HAS_GET, PY_HAS_LENGTH, PY_HAS_SET, PY_ITERABLE, PY_ITERATOR, PY_JSON_VIEW,
  PY_MUTABLE_SEQUENCE, PY_SEQUENCE,
} from "../wire/constants.mjs";
import { getBuffer } from "../buffers/arrays.mjs";
import { CallableMethods, makeFunction } from "./callable.mjs";
import { handlers } from "./proxy-handlers.mjs";
import { jsonHandlers, JsonMethods } from "./json.mjs";
import { STATE } from "../wire/pyproxy-state.mjs";
import { AsyncGenerator, AsyncIterable, AsyncIterator, Awaitable } from "./async.mjs";
import { PyProxy } from "../pyobject/pyproxy.mjs";
import { callFunction, contains, deleteItem, getItem, iterate, lengthOf, send, setItem, str, typeName } from "../pyobject/operations.mjs";
import { MutableSequenceMethods, SequenceMethods } from "./sequence.mjs";
import { toJs } from "../convert/to-js.mjs";

/** @param {any} proxy @returns {number} */
const pointerOf = (proxy) => proxy[STATE].shared.alive;

// ---- the mixins: classes whose methods and getters are copied ----

class Base {
  /** The name of the object's type. */
  get type() {
    return typeName(pointerOf(this));
  }

  toString() {
    return str(pointerOf(this));
  }

  /** Convert the object and its contents. @param {import("../convert/to-js.mjs").ToJsOptions} [options] */
  toJs(options) {
    return toJs(pointerOf(this), options);
  }
}

class Length {
  get length() {
    return lengthOf(pointerOf(this));
  }
}

class Get {
  /** @param {any} key @returns {any} undefined if there is no such item */
  get(key) {
    return getItem(pointerOf(this), key);
  }
}

class Set_ {
  /** @param {any} key @param {any} value */
  set(key, value) {
    setItem(pointerOf(this), key, value);
  }

  /** @param {any} key */
  delete(key) {
    deleteItem(pointerOf(this), key);
  }
}

class Contains {
  /** @param {any} item */
  has(item) {
    return contains(pointerOf(this), item);
  }
}

class Iterable {
  [Symbol.iterator]() {
    return iterate(pointerOf(this));
  }
}

class Iterator {
  [Symbol.iterator]() {
    return this;
  }

  /** @param {any} [value] result of the generator's yield @returns {IteratorResult<any, any>} */
  next(value) {
    return send(pointerOf(this), value);
  }
}

class Generator {
  /** Raise an error at the generator's yield. @param {any} error */
  throw(error) {
    return finishStep(callFunction("_wasmforge_proxy", "generator_throw", this, error));
  }

  /** End the generator. @param {any} [value] */
  return(value) {
    return finishStep(callFunction("_wasmforge_proxy", "generator_return", this, value));
  }
}

/** @param {any} step a PyProxy of (done, value) */
function finishStep(step) {
  const result = { done: step.get(0), value: step.get(1) };
  step.destroy();
  return result;
}

class Buffer {
  /** A view of the object's memory. @param {string} [type] */
  getBuffer(type) {
    return getBuffer(pointerOf(this), type);
  }
}

/**
 * Protocol -> mixin. If two have the same method, the later one wins.
 * @type {[flag: number, mixin: Function][]}
 */
const MIXINS = [
  [PY_CALLABLE, CallableMethods],
  [PY_HAS_LENGTH, Length],
  [PY_HAS_GET, Get],
  [PY_HAS_SET, Set_],
  [PY_HAS_CONTAINS, Contains],
  [PY_DICT | PY_SEQUENCE, JsonMethods],
  [PY_SEQUENCE, SequenceMethods],
  [PY_MUTABLE_SEQUENCE, MutableSequenceMethods],
  [PY_ITERABLE, Iterable],
  [PY_ITERATOR, Iterator],
  [PY_GENERATOR, Generator],
  [PY_BUFFER, Buffer],
  [PY_AWAITABLE, Awaitable],
  [PY_ASYNC_ITERABLE, AsyncIterable],
  [PY_ASYNC_ITERATOR, AsyncIterator],
  [PY_ASYNC_GENERATOR, AsyncGenerator],
];

// ---- classes, made at their first use ----

/** @typedef {import("../pyobject/pyproxy.mjs").Kind} Kind */

/** @type {Map<number, Kind>} */
const kinds = new Map();

/** @param {number} flags @returns {Kind} */
export function kindOf(flags) {
  const known = kinds.get(flags);
  if (known !== undefined) return known;
  const kind = makeKind(flags);
  kinds.set(flags, kind);
  return kind;
}

/** @param {number} flags @returns {Kind} */
function makeKind(flags) {
  const prototype = flags & PY_CALLABLE ? Object.create(Function.prototype) : {};
  const members = new Set(Object.getOwnPropertyNames(Object.prototype));
  for (const mixin of [PyProxy, Base, ...MIXINS.filter(([flag]) => flags & flag).map(([, each]) => each)]) {
    const { constructor, ...own } = Object.getOwnPropertyDescriptors(mixin.prototype);
    Object.defineProperties(prototype, own);
    for (const name of Object.keys(own)) members.add(name);
  }
  Object.defineProperty(prototype, "constructor", { value: PyProxy, writable: true, configurable: true });
  return { members, make: flags & PY_CALLABLE ? functionMaker(prototype) : objectMaker(prototype, flags) };
}

/** @param {object} prototype @param {number} flags @returns {Kind["make"]} */
function objectMaker(prototype, flags) {
  // The prototype of a class could not be replaced.
  /** @type {any} */
  const Target = /** @this {any} */ function (/** @type {import("../wire/pyproxy-state.mjs").State} */ state) {
    this[STATE] = state;
  };
  Target.prototype = prototype;
  const traps = flags & PY_JSON_VIEW ? jsonHandlers : handlers;
  return (state) => new Proxy(new Target(state), traps);
}

/** @param {object} prototype @returns {Kind["make"]} */
function functionMaker(prototype) {
  const length = Object.getOwnPropertyDescriptor(prototype, "length");
  return (state) => {
    const target = makeFunction();
    Object.setPrototypeOf(target, prototype);
    if (length) Object.defineProperty(target, "length", length); // a function's own length would hide the getter
    target[STATE] = state;
    return new Proxy(target, handlers);
  };
}
