// What protocols a JavaScript object supports: they decide the type of its JsProxy.
//
// The bits are those of core/jsproxy_types.h.

export const ITERABLE = 1 << 0;
export const ITERATOR = 1 << 1;
export const GENERATOR = 1 << 2;
export const ASYNC_ITERABLE = 1 << 3;
export const ASYNC_ITERATOR = 1 << 4;
export const ASYNC_GENERATOR = 1 << 5;
export const AWAITABLE = 1 << 6;
export const DISPOSABLE = 1 << 7;
export const ASYNC_DISPOSABLE = 1 << 8;
export const HAS_LENGTH = 1 << 9;
export const HAS_GET = 1 << 10;
export const HAS_SET = 1 << 11;
export const HAS_HAS = 1 << 12;
export const HAS_INCLUDES = 1 << 13;
export const CALLABLE = 1 << 14;
export const ARRAY = 1 << 15;
export const ARRAY_LIKE = 1 << 16;
export const TYPED_ARRAY = 1 << 17;
export const BUFFER = 1 << 18;
export const SEQUENCE = 1 << 19;
export const MAPPING = 1 << 20;
export const MUTABLE_MAPPING = 1 << 21;
export const IS_ERROR = 1 << 22;
export const DOUBLE_PROXY = 1 << 23;

const ARRAY_FLAGS = ARRAY | SEQUENCE | ITERABLE | HAS_LENGTH | HAS_INCLUDES;

// Objects that have no length and no iterator of their own, only elements.
const LISTS = new Set(["[object NodeList]", "[object HTMLCollection]"]);

/** @type {(value: any) => string} */
const tagOf = Function.prototype.call.bind(Object.prototype.toString);

/**
 * The flags of an object, function or symbol. Never throws: a property that cannot be read is not there.
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
  return DOUBLE_PROXY | (typeof proxy === "function" ? CALLABLE : 0);
}

/** @param {any} value */
function functionFlags(value) {
  return CALLABLE | (typeof value[Symbol.iterator] === "function" ? ITERABLE : 0);
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
  let flags = (iterable ? ITERABLE : 0) | (asyncIterable ? ASYNC_ITERABLE : 0);
  if (can("next")) flags |= iteratorFlags(object, iterable, asyncIterable);
  if (read(object, "size") !== undefined || read(object, "length") !== undefined) flags |= HAS_LENGTH;
  if (can("get")) flags |= HAS_GET;
  if (can("set")) flags |= HAS_SET;
  if (can("has")) flags |= HAS_HAS;
  if (can("includes")) flags |= HAS_INCLUDES;
  if (can("then")) flags |= AWAITABLE;
  if (Symbol.dispose !== undefined && can(Symbol.dispose)) flags |= DISPOSABLE;
  if (Symbol.asyncDispose !== undefined && can(Symbol.asyncDispose)) flags |= ASYNC_DISPOSABLE;
  return flags | collectionFlags(object, flags, read) | (isError(object, read) ? IS_ERROR : 0);
}

/** @param {any} object @param {boolean} iterable @param {boolean} asyncIterable */
function iteratorFlags(object, iterable, asyncIterable) {
  const tag = safeTag(object);
  // An object that has only next() may be either.
  return (asyncIterable ? 0 : ITERATOR) | (iterable ? 0 : ASYNC_ITERATOR)
    | (tag === "[object Generator]" ? GENERATOR : 0) | (tag === "[object AsyncGenerator]" ? ASYNC_GENERATOR : 0);
}

/** @param {any} object @param {number} flags what is known of it @param {(object: any, name: string) => any} read */
function collectionFlags(object, flags, read) {
  if (isArray(object)) return ARRAY_FLAGS;
  if (ArrayBuffer.isView(object)) return safeTag(object) === "[object DataView]" ? BUFFER : BUFFER | TYPED_ARRAY | SEQUENCE;
  if (isBuffer(object)) return BUFFER;
  if (flags & HAS_LENGTH) {
    if (flags & HAS_GET && flags & ITERABLE) return MAPPING | (flags & HAS_SET ? MUTABLE_MAPPING : 0);
    if (((flags & (ITERABLE | ITERATOR)) === ITERABLE && read(object, "length") !== undefined) || LISTS.has(safeTag(object))) return ARRAY_LIKE | SEQUENCE;
  }
  return 0;
}

/** @param {any} object */
function isArray(object) {
  try {
    return Array.isArray(object);
  } catch {
    return false; // a proxy that was revoked
  }
}

/** @param {any} object */
function isBuffer(object) {
  const tag = safeTag(object);
  return tag === "[object ArrayBuffer]" || tag === "[object SharedArrayBuffer]";
}

/** @param {any} object */
function safeTag(object) {
  try {
    return tagOf(object);
  } catch {
    return "";
  }
}

/** Also an Error of another realm, and a DOMException, which may have no stack. @param {any} object @param {(object: any, name: string) => any} read */
function isError(object, read) {
  return typeof read(object, "message") === "string" && typeof read(object, "name") === "string"
    && (typeof read(object, "stack") === "string" || safeTag(object) === "[object DOMException]");
}

/** @type {Map<any, number>} prototypes of the language's own classes -> flags, which are not looked up again */
const known = new Map();
for (const sample of [
  [], new Map(), new Set(), new WeakMap(), new WeakSet(), new Date(0), /x/, Promise.resolve(), new ArrayBuffer(0),
  new DataView(new ArrayBuffer(0)), new Uint8Array(0), new Uint8ClampedArray(0), new Int8Array(0), new Uint16Array(0),
  new Int16Array(0), new Uint32Array(0), new Int32Array(0), new Float32Array(0), new Float64Array(0),
  new BigInt64Array(0), new BigUint64Array(0), [].values(), new Map().entries(), new Set().values(),
]) {
  known.set(Object.getPrototypeOf(sample), objectFlags(sample, readable));
}
