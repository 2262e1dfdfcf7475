// Values that cross between JavaScript and Python. Only this module and core/value.c know their layout in memory;
// core/value.h says what each tag means and who owns the value.

import {
  BIGINT, BORROWED, FALSE, INT, JS_AWAITABLE, JS_CALLABLE, JSOBJECT, KIND_1, KIND_2, KIND_ASCII, NULL, NUMBER, OWNED, PYOBJECT,
  PYPROXY_NO_FINALIZER, STRING, TRUE, UNDEFINED, VALUE_SIZE,
} from "./constants.mjs";
import { held, hold, take } from "./handles.mjs";
import { doubleProxyFlags, typeFlags } from "./flags.mjs";
import { throwKept } from "./kept.mjs";
import { f64, i32, i64, refresh, u32, u8, wf } from "./memory.mjs";
import { stateOf } from "./pyproxy-state.mjs";
import { readString, writeASCII, writeOneByte, writeTwoBytes } from "./strings.mjs";

/** The tag that JavaScript's null gets: NULL is jsnull in Python, UNDEFINED is None. */
let nullTag = NULL;

/** From now on convert null to None, like undefined. */
export function convertNullToNone() {
  nullTag = UNDEFINED;
}

/** @type {(pointer: number, flags: number, options?: number) => any} */
let makeProxy;

/** Make PyProxies with this function. index.mjs passes it, since pyobject/ imports this module. @param {typeof makeProxy} make */
export function useProxies(make) {
  makeProxy = make;
}

// ---- the argument area: a stack of values and of the short strings they refer to ----

const LONGEST_HERE = 512; // characters; a longer string is made a str at once
let top = 0;
let end = 0;

/** Set the place of the area. @param {number} start address @param {number} size in bytes */
export function useArea(start, size) {
  top = start;
  end = start + size;
}

/**
 * Reserve room for values. Call unreserve after C has returned and the result has been read.
 * @param {number} count at least 1
 * @returns {number} its address
 */
export function reserve(count) {
  const base = top;
  const next = base + count * VALUE_SIZE;
  if (next > end) return reserveElsewhere(count);
  top = next;
  return base;
}

/** @param {number} count */
function reserveElsewhere(count) {
  const base = wf.malloc(count * VALUE_SIZE) >>> 0;
  if (base === 0) throw new RangeError("There is no memory left for the arguments of a call to Python.");
  elsewhere.add(base);
  return base;
}

/** @type {Set<number>} */
const elsewhere = new Set();

/** @param {number} base from reserve */
export function unreserve(base) {
  if (elsewhere.size && elsewhere.delete(base)) wf.free(base);
  else top = base;
}

/**
 * Write consecutive values.
 * @param {ArrayLike<any>} values
 * @param {number} base from reserve, with room for all of them
 */
export function encodeAll(values, base) {
  let count = 0;
  try {
    for (; count < values.length; count++) encode(values[count], base + count * VALUE_SIZE);
  } catch (error) {
    wf.wf_discard(base, count);
    unreserve(base);
    throw error;
  }
}

// ---- to Python ----

/**
 * Write a value for C, which takes ownership of the references in it. Call C before writing anything else.
 * @param {any} value
 * @param {number} at address
 * @throws if the value is a destroyed PyProxy
 */
export function encode(value, at) {
  if (u8.length === 0) refresh();
  const word = at >>> 2;
  switch (typeof value) {
    case "number":
      if ((value | 0) === value) {
        u32[word] = INT;
        i32[word + 1] = value;
      } else {
        u32[word] = NUMBER;
        f64[(at >>> 3) + 1] = value;
      }
      return;
    case "string":
      encodeString(value, at);
      return;
    case "undefined":
      u32[word] = UNDEFINED;
      return;
    case "boolean":
      u32[word] = value ? TRUE : FALSE;
      return;
    case "bigint":
      encodeBigInt(value, at);
      return;
    default:
      if (value === null) u32[word] = nullTag;
      else encodeObject(value, at);
  }
}

/**
 * Write the result of a function that C has called. C reads it before anything else is written.
 * @param {any} value
 * @param {number} at address
 */
export function encodeResult(value, at) {
  const base = top;
  encode(value, at);
  resultEnd = top;
  top = base;
}

let resultEnd = 0; // the end of the newest result

/** Protect the result of encodeResult from work that may call Python. @returns {number} for unreserve after the work */
export function reserveResult() {
  const base = top;
  if (resultEnd > top) top = resultEnd;
  return base;
}

/**
 * Write the Python object of a PyProxy that is about to be destroyed.
 * @param {any} proxy
 * @param {number} at
 * @returns {boolean} false if Python gets the PyProxy itself
 */
export function encodeOwned(proxy, at) {
  encode(proxy, at);
  if (u32[at >>> 2] !== PYOBJECT) return false;
  u32[(at >>> 2) + 1] = OWNED;
  wf.wf_hold(u32[(at >>> 2) + 2]);
  return true;
}

/** @type {(object | symbol)[]} the objects that are being asked what they are, by their own code */
const asked = [];

/** @param {object | symbol} value @param {number} at */
function encodeObject(value, at) {
  // A trap in Python gets the very Proxy that asks it: asking again would never end.
  if (asked.length && asked.includes(value)) return writeWords(at, JSOBJECT, hold(value), 0, typeof value === "function" ? JS_CALLABLE : 0);
  asked.push(value);
  try {
    const state = stateOf(value);
    if (state === undefined) encodeJsObject(value, at);
    else {
      const pointer = state.shared.alive;
      if (state.roundtrip) writeWords(at, JSOBJECT, hold(value), 0, doubleProxyFlags(value));
      else writeWords(at, PYOBJECT, BORROWED, pointer, 0);
    }
  } finally {
    asked.pop();
  }
}

/**
 * Write an object as a JsProxy, even if it is a PyProxy.
 * @param {any} object
 * @param {number} at
 * @param {number} [tag] JSOBJECT or ERROR
 */
export function encodeJsObject(object, at, tag = JSOBJECT) {
  const flags = typeFlags(object); // may run the object's own code
  writeWords(at, tag, hold(object), 0, flags);
}

/** The handle of an awaitable object that was written; 0 for any other value. @param {number} at */
export function promiseAt(at) {
  const word = at >>> 2;
  return u32[word] === JSOBJECT && u32[word + 3] & JS_AWAITABLE ? u32[word + 1] : 0;
}

/** @param {number} at @param {number} tag @param {number} aux @param {number} pointer @param {number} size */
function writeWords(at, tag, aux, pointer, size) {
  if (u8.length === 0) refresh();
  const word = at >>> 2;
  u32[word] = tag;
  u32[word + 1] = aux;
  u32[word + 2] = pointer;
  u32[word + 3] = size;
}

/** @param {string} text @param {number} at */
function encodeString(text, at) {
  const { length } = text;
  if (length > LONGEST_HERE || top + 2 * length > end) {
    writeWords(at, PYOBJECT, OWNED, newString(text), 0);
    return;
  }
  const start = top;
  const bits = writeOneByte(text, start);
  if (bits > 255) writeTwoBytes(text, start);
  // The next string starts at an even address, the next values at a multiple of 8.
  top = (start + (bits > 255 ? 2 * length : length) + 7) & ~7;
  const word = at >>> 2;
  u32[word] = STRING;
  u32[word + 1] = bits < 128 ? KIND_ASCII : bits < 256 ? KIND_1 : KIND_2;
  u32[word + 2] = start;
  u32[word + 3] = length;
}

/** A new reference to a str. @param {string} text @returns {number} its address */
export function newString(text) {
  const string = wf.wf_new_ascii(text.length) >>> 0;
  if (string !== 0) {
    if (u8.length === 0) refresh();
    if (writeASCII(text, wf.wf_ascii_data(string) >>> 0)) return string;
    wf.wf_release(string);
  }
  const units = wf.malloc(2 * text.length) >>> 0;
  if (units === 0) throw new RangeError("There is no memory left for a string of this length.");
  if (u8.length === 0) refresh();
  writeTwoBytes(text, units);
  const result = wf.wf_new_utf16(units, text.length) >>> 0;
  wf.free(units);
  if (result === 0) throwKept();
  return result;
}

/** @param {bigint} value @param {number} at */
function encodeBigInt(value, at) {
  if (BigInt.asIntN(64, value) === value) {
    u32[at >>> 2] = BIGINT;
    i64[(at >>> 3) + 1] = value;
    return;
  }
  const negative = value < 0n;
  const digits = (negative ? -value : value).toString(16);
  const text = newString(negative ? `-${digits}` : digits);
  const pointer = wf.wf_new_bigint(text) >>> 0; // releases text
  if (pointer === 0) throwKept();
  writeWords(at, PYOBJECT, OWNED, pointer, 0);
}

// ---- from Python ----

/**
 * Read what C has written.
 * @param {number} at address
 * @returns {any}
 * @throws what Python has raised
 */
export function decode(at) {
  if (u8.length === 0) refresh();
  const word = at >>> 2;
  switch (u32[word]) {
    case UNDEFINED:
      return undefined;
    case NULL:
      return null;
    case FALSE:
      return false;
    case TRUE:
      return true;
    case INT:
      return i32[word + 1];
    case NUMBER:
      return f64[(at >>> 3) + 1];
    case BIGINT:
      return i64[(at >>> 3) + 1];
    case STRING:
      return readString(u32[word + 1], u32[word + 2], u32[word + 3]);
    case PYOBJECT:
      return makeProxy(u32[word + 2], u32[word + 1]);
    case JSOBJECT:
      return u32[word + 3] === BORROWED ? held(u32[word + 1]) : take(u32[word + 1]);
    default:
      return throwKept();
  }
}

/**
 * Decode a borrowed value: its PyProxy has no finalizer, and the caller destroys it.
 * @param {number} at address
 * @param {any[]} lent the PyProxy is appended to it
 */
export function decodeLent(at, lent) {
  const word = at >>> 2;
  if (u8.length === 0) refresh();
  if (u32[word] !== PYOBJECT) return decode(at);
  const proxy = makeProxy(u32[word + 2], u32[word + 1], PYPROXY_NO_FINALIZER);
  lent.push(proxy);
  return proxy;
}

/**
 * Read consecutive values.
 * @param {number} at
 * @param {number} count
 * @returns {any[]}
 */
export function decodeAll(at, count) {
  const values = new Array(count);
  for (let index = 0; index < count; index++) values[index] = decode(at + index * VALUE_SIZE);
  return values;
}

/** Write a tag without a payload. @param {number} tag @param {number} at */
export function writeTag(tag, at) {
  if (u8.length === 0) refresh();
  u32[at >>> 2] = tag;
}

/** Write a tag with two numbers. @param {number} tag @param {number} aux @param {number} size @param {number} at */
export function writeTagged(tag, aux, size, at) {
  writeWords(at, tag, aux, 0, size);
}

/** Write a Python object that stays owned by its PyProxy. @param {number} tag PYOBJECT or ERROR @param {number} pointer @param {number} at */
export function writeBorrowed(tag, pointer, at) {
  writeWords(at, tag, BORROWED, pointer, 0);
}

// ---- called from C ----

export const imports = {
  /** A new handle of the bigint that a string of hexadecimal digits stands for; 0: it is too large. data: the address of the digits. */
  js_bigint: (/** @type {number} */ negative, /** @type {number} */ data, /** @type {number} */ length) => {
    try {
      const value = BigInt(`0x${readString(KIND_ASCII, data >>> 0, length)}`);
      return hold(negative ? -value : value);
    } catch {
      return 0; // each engine has its own limit
    }
  },
};
