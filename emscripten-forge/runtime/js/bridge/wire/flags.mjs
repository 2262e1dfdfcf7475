// The protocols that a JavaScript object supports. They decide the type of its JsProxy.

import {
  JS_ARRAY, JS_ARRAY_LIKE, JS_ASYNC_DISPOSABLE, JS_ASYNC_GENERATOR, JS_ASYNC_ITERABLE, JS_ASYNC_ITERATOR,
  JS_AWAITABLE, JS_BUFFER, JS_CALLABLE, JS_DISPOSABLE, JS_DOUBLE_PROXY, JS_ERROR, JS_GENERATOR, JS_HAS_GET,
  JS_HAS_HAS, JS_HAS_INCLUDES, JS_HAS_LENGTH, JS_HAS_SET, JS_ITERABLE, JS_ITERATOR, JS_MAPPING, JS_MUTABLE_MAPPING,
  JS_SEQUENCE, JS_TYPED_ARRAY,
} from "./constants.mjs";

const ARRAY_FLAGS = JS_ARRAY | JS_SEQUENCE | JS_ITERABLE | JS_HAS_LENGTH | JS_HAS_INCLUDES;

// DOM collections, which are sequences even where they have no iterator.
const LISTS = new Set(["[object NodeList]", "[object HTMLCollection]"]);

/** @type {(value: any) => string} */
const tagOf = Function.prototype.call.bind(Object.prototype.toString);

/**
 * The flags of an object, function or symbol. Never throws: a property that cannot be read counts as missing.
 * @param {any} value
 * @returns {number}
 */
export function typeFlags(value) {
  try {
    if (typeof value === "function") return functionFlags(value);
    if (typeof value === "symbol") return 0;
    const prototype = Object.getPrototypeOf(value);
    return known.get(prototype) ?? objectFlags(value, readable);
  } catch {
    return objectFlags(value, readableOrNothing);
  }
}

/** The flags of a PyProxy that Python holds. @param {any} proxy */
export function doubleProxyFlags(proxy) {
  return JS_DOUBLE_PROXY | (typeof proxy === "function" ? JS_CALLABLE : 0);
}

/** @param {any} value */
function functionFlags(value) {
  return JS_CALLABLE | (typeof value[Symbol.iterator] === "function" ? JS_ITERABLE : 0);
}

/** @param {any} object @param {string | symbol} name */
function readable(object, name) {
  return object[name];
}

/** @param {any} object @param {string | symbol} name */
function readableOrNothing(object, name) {
  try {
    return object[name];
  } catch {
    return undefined;
  }
}

/**
 * @param {any} object
 * @param {(object: any, name: string | symbol) => any} read
 */
function objectFlags(object, read) {
  const can = (/** @type {string | symbol} */ name) => typeof read(object, name) === "function";
  const iterable = can(Symbol.iterator);
  const asyncIterable = can(Symbol.asyncIterator);
  let flags = (iterable ? JS_ITERABLE : 0) | (asyncIterable ? JS_ASYNC_ITERABLE : 0);
  if (can("next")) flags |= iteratorFlags(object, iterable, asyncIterable);
  if (read(object, "size") !== undefined || read(object, "length") !== undefined) flags |= JS_HAS_LENGTH;
  if (can("get")) flags |= JS_HAS_GET;
  if (can("set")) flags |= JS_HAS_SET;
  if (can("has")) flags |= JS_HAS_HAS;
  if (can("includes")) flags |= JS_HAS_INCLUDES;
  if (can("then")) flags |= JS_AWAITABLE;
  if (Symbol.dispose !== undefined && can(Symbol.dispose)) flags |= JS_DISPOSABLE;
  if (Symbol.asyncDispose !== undefined && can(Symbol.asyncDispose)) flags |= JS_ASYNC_DISPOSABLE;
  return flags | collectionFlags(object, flags, read) | (isError(object, read) ? JS_ERROR : 0);
}

/** @param {any} object @param {boolean} iterable @param {boolean} asyncIterable */
function iteratorFlags(object, iterable, asyncIterable) {
  const tag = safeTag(object);
  // An object that has only next() may be either.
  return (asyncIterable ? 0 : JS_ITERATOR) | (iterable ? 0 : JS_ASYNC_ITERATOR)
    | (tag === "[object Generator]" ? JS_GENERATOR : 0) | (tag === "[object AsyncGenerator]" ? JS_ASYNC_GENERATOR : 0);
}

/** @param {any} object @param {number} flags found so far @param {(object: any, name: string) => any} read */
function collectionFlags(object, flags, read) {
  if (isArray(object)) return ARRAY_FLAGS;
  if (ArrayBuffer.isView(object)) return safeTag(object) === "[object DataView]" ? JS_BUFFER : JS_BUFFER | JS_TYPED_ARRAY | JS_SEQUENCE;
  if (isBuffer(object)) return JS_BUFFER;
  if (flags & JS_HAS_LENGTH) {
    if (flags & JS_HAS_GET && flags & JS_ITERABLE) return JS_MAPPING | (flags & JS_HAS_SET ? JS_MUTABLE_MAPPING : 0);
    if (((flags & (JS_ITERABLE | JS_ITERATOR)) === JS_ITERABLE && read(object, "length") !== undefined) || LISTS.has(safeTag(object))) return JS_ARRAY_LIKE | JS_SEQUENCE;
  }
  return 0;
}

/** @param {any} object */
function isArray(object) {
  try {
    return Array.isArray(object);
  } catch {
    return false; // a revoked proxy
  }
}

/** @param {any} object */
function isBuffer(object) {
  const tag = safeTag(object);
  return tag === "[object ArrayBuffer]" || tag === "[object SharedArrayBuffer]";
}

/** Object.prototype.toString of the object; "" if its toStringTag cannot be read. @param {any} object */
export function safeTag(object) {
  try {
    return tagOf(object);
  } catch {
    return "";
  }
}

/** Whether it is an Error, of any realm, or a DOMException, which may have no stack. @param {any} object @param {(object: any, name: string) => any} read */
function isError(object, read) {
  return typeof read(object, "message") === "string" && typeof read(object, "name") === "string"
    && (typeof read(object, "stack") === "string" || safeTag(object) === "[object DOMException]");
}

/** @type {Map<any, number>} prototypes of built-in classes -> their flags */
const known = new Map();
for (const sample of [
  [], new Map(), new Set(), new WeakMap(), new WeakSet(), new Date(0), /x/, Promise.resolve(), new ArrayBuffer(0),
  new DataView(new ArrayBuffer(0)), new Uint8Array(0), new Uint8ClampedArray(0), new Int8Array(0), new Uint16Array(0),
  new Int16Array(0), new Uint32Array(0), new Int32Array(0), new Float32Array(0), new Float64Array(0),
  new BigInt64Array(0), new BigUint64Array(0), [].values(), new Map().entries(), new Set().values(),
]) {
  known.set(Object.getPrototypeOf(sample), objectFlags(sample, readable));
}
