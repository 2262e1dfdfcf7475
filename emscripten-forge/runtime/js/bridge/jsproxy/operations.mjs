// The less frequent operations of Python's JsProxy objects. Each takes an object and a few values; core/jsproxy*.c call
// all of them through one signature (core/jsproxy_types.h).

import { END, MORE, NEXT, PYOBJECT, RETURN, THROW, VALUE_SIZE } from "../wire/constants.mjs";
import { encodeError } from "../wire/errors.mjs";
import { held, hold, take } from "../wire/handles.mjs";
import { safeTag } from "../wire/flags.mjs";
import { attributeName, endGenerator, finishStep, lendToGenerator } from "./jsproxy.mjs";
import { endLoan, pointerOf } from "../pyobject/pyproxy.mjs";
import { decode, decodeAll, decodeLent, encodeResult, writeBorrowed, writeTag } from "../wire/values.mjs";

/** The result of an operation that finds nothing. */
const NOTHING = Symbol("nothing");

/** @typedef {(handle: number, at: number, count: number, out: number) => void} Operation */

/**
 * An operation whose object may keep the values.
 * @param {(object: any, ...values: any[]) => any} work
 * @returns {Operation}
 */
function keeping(work) {
  return (handle, at, count, out) => {
    try {
      const values = [];
      for (let index = 0; index < count; index++) values.push(decode(at + index * VALUE_SIZE));
      write(work(held(handle), ...values), out);
    } catch (error) {
      encodeError(error, out);
    }
  };
}

/**
 * An operation that only reads its values.
 * @param {(object: any, ...values: any[]) => any} work
 * @returns {Operation}
 */
export function looking(work) {
  return (handle, at, count, out) => {
    /** @type {any[]} */
    const lent = [];
    try {
      const values = [];
      for (let index = 0; index < count; index++) values.push(decodeLent(at + index * VALUE_SIZE, lent));
      write(work(held(handle), ...values), out);
    } catch (error) {
      encodeError(error, out);
    }
    if (lent.length > 0) endLoan(lent);
  };
}

/** @param {any} result @param {number} out */
function write(result, out) {
  if (result === NOTHING) writeTag(END, out);
  else encodeResult(result, out);
}

// ---- all objects ----

/** @type {WeakMap<object, number>} */
const ids = new WeakMap();
/** @type {Map<symbol, number>} registered symbols cannot be keys of a WeakMap */
const symbolIds = new Map();
let newestId = 0;

/** @param {any} object @returns {number} */
function idOf(object) {
  /** @type {{get: (key: any) => number | undefined, set: (key: any, id: number) => unknown}} */
  const known = typeof object === "symbol" ? symbolIds : ids;
  let id = known.get(object);
  if (id === undefined) known.set(object, (id = ++newestId));
  return id;
}

/** @type {(value: any) => string} */
const tagOf = Function.prototype.call.bind(Object.prototype.toString);

/** @param {any} object */
function textOf(object) {
  let method;
  try {
    method = object.toString;
  } catch {
    // Use the tag.
  }
  return typeof method === "function" ? String(Reflect.apply(method, object, [])) : tagOf(object);
}

// Collections other than arrays whose length is their number of elements. The length of a function, a form or a style
// is not.
const LISTS = new Set(["[object NodeList]", "[object HTMLCollection]", "[object HTMLAllCollection]"]);

/** Python's truth value: empty containers are false. @param {any} value */
function truthOf(value) {
  if (!value) return false;
  if (typeof value !== "object") return true;
  if (value.size === 0) return typeof HTMLElement !== "undefined" && value instanceof HTMLElement;
  if (value.length === 0) return !(Array.isArray(value) || LISTS.has(tagOf(value)) || ArrayBuffer.isView(value));
  return value.byteLength !== 0;
}

const INDEX = /^\d+$/;

/** The names of all properties of an object and its prototypes, as Python attributes. @param {any} object */
function namesOf(object) {
  const names = new Set();
  for (let owner = object; owner !== null && owner !== undefined; owner = Object.getPrototypeOf(owner)) {
    for (const name of Object.getOwnPropertyNames(owner)) {
      if (!INDEX.test(name)) names.add(attributeName(name));
    }
  }
  return [...names];
}

/**
 * The length as an integer; NOTHING if the object has none.
 * @param {any} object
 */
function lengthOf(object) {
  const { size } = object;
  const length = typeof size === "number" ? size : object.length;
  if (typeof length !== "number" || !Number.isInteger(length)) return NOTHING;
  return length;
}

// ---- sequences ----

/** @param {any} array @param {number} start @param {number} step @param {number} count */
function slice(array, start, step, count) {
  const result = [];
  for (let index = 0; index < count; index++) result.push(array[start + index * step]);
  return result;
}

/** Assign to every step-th element. @param {any} array @param {number} start @param {number} step @param {any[]} values */
function assign(array, start, step, ...values) {
  values.forEach((value, index) => (array[start + index * step] = value));
}

/** Delete every step-th element. @param {any[]} array @param {number} start @param {number} step @param {number} count */
function remove(array, start, step, count) {
  if (count === 0) return;
  const [first, distance] = step > 0 ? [start, step] : [start + (count - 1) * step, -step];
  if (distance === 1) array.splice(first, count);
  else for (let index = count - 1; index >= 0; index--) array.splice(first + index * distance, 1);
}

/** @param {any} array @param {number} index @param {any} value */
function setElement(array, index, value) {
  const position = index < 0 ? index + array.length : index;
  if (position < 0 || position >= array.length) return NOTHING;
  array[position] = value;
}

/** @param {any} array @param {number} index */
function pop(array, index) {
  const position = index < 0 ? index + array.length : index;
  return position < 0 || position >= array.length ? NOTHING : array.splice(position, 1)[0];
}

// ---- mappings ----

/** An iterator of a mapping's keys. @param {any} object */
function keysOf(object) {
  return typeof object.keys === "function" ? object.keys() : object[Symbol.iterator]();
}

/** @param {any} object @param {any} name */
function hasOwn(object, name) {
  return typeof name === "string" && Object.prototype.hasOwnProperty.call(object, name);
}

// ---- generators ----

/** Read a value, or the error that C has kept to be thrown. @param {number} at @param {any[]} lent */
export function readSent(at, lent) {
  try {
    return decodeLent(at, lent);
  } catch (error) {
    return error;
  }
}

/** wf_method -> the method of an iterator that makes the step. */
export const METHODS = /** @type {Record<number, "next" | "throw" | "return">} */ ({ [NEXT]: "next", [THROW]: "throw", [RETURN]: "return" });

/**
 * Make a step of a generator, which may keep the value it is sent until it ends.
 * @param {number} handle
 * @param {number} method of METHODS
 * @param {number} at of a value, or 0
 * @param {number} out
 * @returns {number} the result of finishStep
 */
function step(handle, method, at, out) {
  const generator = held(handle);
  /** @type {any[]} */
  const lent = [];
  try {
    const value = at ? readSent(at, lent) : undefined;
    if (lent.length > 0) lendToGenerator(generator, lent);
    return finishStep(generator, generator[METHODS[method]](value), out);
  } catch (error) {
    endGenerator(generator);
    encodeError(error, out);
    return MORE;
  }
}

// ---- errors ----

/**
 * An Error that describes a thrown value that is no Error.
 * @param {any} thrown
 */
function wrapThrown(thrown) {
  if (typeof thrown === "string") return new Error(thrown);
  const error = new Error([
    `A value of type ${typeof thrown} with tag ${safeTag(thrown)} was thrown, which is no Error.`,
    `Its conversion to a string ${outcome(() => `${thrown}`)}.`,
    `Its toString() ${outcome(() => thrown.toString())}.`,
  ].join("\n"));
  return Object.assign(error, { cause: thrown });
}

/** @param {() => string} convert */
function outcome(convert) {
  try {
    return `gives """${convert()}"""`;
  } catch {
    return "fails";
  }
}

/** @param {string} name @param {string} [message] @param {string} [stack] */
function newError(name, message = "", stack) {
  const error = new Error(message);
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}

// ---- PyProxies ----

/**
 * A function that calls a PyProxy once and then destroys it.
 * @param {any} proxy
 */
function once(proxy) {
  let used = false;
  /** @param {any[]} args */
  function callOnce(...args) {
    if (used) throw new Error("OnceProxy can only be called once");
    used = true;
    try {
      return proxy(...args);
    } finally {
      proxy.destroy();
    }
  }
  return Object.assign(callOnce, {
    destroy() {
      if (used) throw new Error("OnceProxy has already been destroyed");
      used = true;
      proxy.destroy();
    },
  });
}

export const imports = {
  js_wrap_thrown: (/** @type {number} */ handle) => hold(wrapThrown(take(handle))),
  js_new_error: (/** @type {number} */ at, /** @type {number} */ count, /** @type {number} */ out) => {
    const [name, message, stack] = decodeAll(at, count);
    encodeResult(newError(name, message, stack), out);
  },

  js_entries: looking(Object.entries),
  js_keys: looking(Object.keys),
  js_values: looking(Object.values),
  js_id: looking(idOf),
  js_names: looking(namesOf),
  js_text: looking(textOf),
  js_truth: looking(truthOf),
  js_typeof: looking((object) => typeof object),
  js_weakref: looking((object) => new WeakRef(object)),
  js_length: looking(lengthOf),
  js_dispose: looking((object) => object[Symbol.dispose]()),
  js_iterator: looking((object) => object[Symbol.iterator]()),

  js_slice: looking(slice),
  js_assign: keeping(assign),
  js_remove: looking(remove),
  js_splice: keeping((array, start, count, ...values) => void array.splice(start, count, ...values)),
  js_push: keeping((array, ...values) => void array.push(...values)),
  js_set_element: keeping(setElement),
  js_pop: looking(pop),
  js_reverse: looking((array) => void array.reverse()),
  js_copy: looking((array) => Array.from(array)),
  js_repeat: looking((array, count) => Array.from({ length: count }, () => Array.from(array)).flat()),
  js_repeat_here: looking((array, count) => {
    const once = Array.from(array);
    array.length = 0;
    for (let done = 0; done < count; done++) array.push(...once);
  }),
  js_includes: looking((object, value) => Boolean(object.includes(value))),

  js_map_keys: looking(keysOf),
  js_set: keeping((object, key, value) => void object.set(key, value)),
  js_delete: looking((object, key) => (object.delete(key) ? undefined : NOTHING)),
  js_has: looking((object, key) => Boolean(object.has(key))),
  js_own_keys: looking((object) => Object.keys(object).values()),
  js_own_count: looking((object) => Object.keys(object).length),
  js_own_get: looking((object, name) => (hasOwn(object, name) ? object[name] : NOTHING)),
  js_own_has: looking(hasOwn),
  js_own_set: keeping((object, name, value) => void (object[name] = value)),
  js_own_delete: looking((object, name) => {
    if (!hasOwn(object, name)) return NOTHING;
    delete object[name];
  }),

  js_capture_this: (/** @type {number} */ handle) => hold(held(handle).captureThis()), // of a new PyProxy
  js_unwrap: (/** @type {number} */ handle, /** @type {number} */ _, /** @type {number} */ __, /** @type {number} */ out) => {
    try {
      writeBorrowed(PYOBJECT, pointerOf(held(handle)), out);
    } catch (error) {
      encodeError(error, out);
    }
  },
  js_destroy: looking((proxy) => proxy.destroy()),
  js_destroy_all: looking((proxies) => proxies.forEach((/** @type {any} */ proxy) => proxy.destroy())),
  js_once: looking(once),

  js_step: step,
};
