// Values that cross between JavaScript and Python. Only this module and core/value.c know how they lie in
// memory; core/value.h says what each means and who owns it.

import {
  BIGINT, BORROWED, FALSE, INT, JS_AWAITABLE, JSOBJECT, KIND_1, KIND_2, KIND_ASCII, NULL, NUMBER, OWNED, PYOBJECT,
  PYPROXY_NO_FINALIZER, STRING, TRUE, UNDEFINED, VALUE_SIZE,
} from "./constants.mjs";
import { held, hold, take } from "./handles.mjs";
import { doubleProxyFlags, typeFlags } from "./flags.mjs";
import { throwKept } from "./kept.mjs";
import { f64, i32, i64, refresh, u32, u8, wf } from "./memory.mjs";
import { stateOf } from "./pyproxy-state.mjs";
import { readString, writeASCII, writeOneByte, writeTwoBytes } from "./strings.mjs";

/** What JavaScript's null is in Python: jsnull, or None. */
let nullTag = NULL;

/** Convert null to None from now on, as undefined is. */
export function convertNullToNone() {
  nullTag = UNDEFINED;
}

/** @type {(pointer: number, flags: number, options?: number) => any} */
let makeProxy;

/** Make PyProxies with this function (index.mjs says which). @param {typeof makeProxy} make */
export function useProxies(make) {
  makeProxy = make;
}

// ---- the argument area: a stack of values, and of short strings that they refer to ----

const LONGEST_HERE = 512; // characters of a string that is written in the area
let top = 0;
let end = 0;

/** Where the area is. @param {number} start @param {number} size in bytes */
export function useArea(start, size) {
  top = start;
  end = start + size;
}

/**
 * Room for values. Give it back with unreserve once C has returned and the result was read.
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
 * Write values one after the other.
 * @param {ArrayLike<any>} values
 * @param {number} base from reserve, for as many
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
 * Write a value for C, which then owns what it refers to and must be called before anything else is written.
 * @param {any} value
 * @param {number} at address
 * @throws if the value is a PyProxy that was destroyed
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
 * Write the result of a function that C has called, which reads it before anything else is written.
 * @param {any} value
 * @param {number} at address
 */
export function encodeResult(value, at) {
  const base = top;
  encode(value, at);
  resultEnd = top;
  top = base;
}

let resultEnd = 0; // where the newest result ends

/** Before work that may call Python after encodeResult: spare the result. @returns {number} for unreserve, after the work */
export function reserveResult() {
  const base = top;
  if (resultEnd > top) top = resultEnd;
  return base;
}

/**
 * Write the object of a PyProxy that is about to be destroyed.
 * @param {any} proxy
 * @param {number} at
 * @returns {boolean} false if Python is to get the PyProxy itself
 */
export function encodeOwned(proxy, at) {
  encode(proxy, at);
  if (u32[at >>> 2] !== PYOBJECT) return false;
  u32[(at >>> 2) + 1] = OWNED;
  wf.wf_hold(u32[(at >>> 2) + 2]);
  return true;
}

/** @param {object | symbol} value @param {number} at */
function encodeObject(value, at) {
  const state = stateOf(value);
  if (state === undefined) encodeJsObject(value, at);
  else {
    const pointer = state.shared.alive;
    if (state.roundtrip) writeWords(at, JSOBJECT, hold(value), 0, doubleProxyFlags(value));
    else writeWords(at, PYOBJECT, BORROWED, pointer, 0);
  }
}

/**
 * A JsProxy of the object, also if that is a PyProxy.
 * @param {any} object
 * @param {number} at
 * @param {number} [tag] JSOBJECT or ERROR
 */
export function encodeJsObject(object, at, tag = JSOBJECT) {
  const flags = typeFlags(object); // may run code of the object's
  writeWords(at, tag, hold(object), 0, flags);
}

/** The handle of what was written, if that is an object that can be awaited; otherwise 0. @param {number} at */
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
 * As decode, for a value that is only lent: a PyProxy of it has no finalizer, and whoever gets it sees to its end.
 * @param {number} at address
 * @param {any[]} lent gets the PyProxy
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
 * Read values that lie one after the other.
 * @param {number} at
 * @param {number} count
 * @returns {any[]}
 */
export function decodeAll(at, count) {
  const values = new Array(count);
  for (let index = 0; index < count; index++) values[index] = decode(at + index * VALUE_SIZE);
  return values;
}

/** A tag without a payload. @param {number} tag @param {number} at */
export function writeTag(tag, at) {
  if (u8.length === 0) refresh();
  u32[at >>> 2] = tag;
}

/** A tag with two numbers. @param {number} tag @param {number} aux @param {number} size @param {number} at */
export function writeTagged(tag, aux, size, at) {
  writeWords(at, tag, aux, 0, size);
}

/** A Python object that its PyProxy keeps. @param {number} tag PYOBJECT or ERROR @param {number} pointer @param {number} at */
export function writeBorrowed(tag, pointer, at) {
  writeWords(at, tag, BORROWED, pointer, 0);
}

// ---- called from C ----

export const imports = {
  /** A new handle of the bigint that a string of hexadecimal digits stands for. data: the address of the digits. */
  js_bigint: (/** @type {number} */ negative, /** @type {number} */ data, /** @type {number} */ length) => {
    const value = BigInt(`0x${readString(KIND_ASCII, data >>> 0, length)}`);
    return hold(negative ? -value : value);
  },
};
