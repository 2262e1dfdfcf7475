// Deep conversion of JavaScript objects to Python. This module writes a whole structure as one row of values into wasm
// memory, in the order in which core/to_py.c reads it: one crossing of the border converts all of it.

import {
  END, PYOBJECT, ROW_BUFFER, ROW_DICT, ROW_LIST, ROW_SEEN, ROW_SET, ROW_TEXT, VALUE_SIZE,
} from "../wire/constants.mjs";
import { encodeError } from "../wire/errors.mjs";
import { held } from "../wire/handles.mjs";
import { refresh, u8, wf } from "../wire/memory.mjs";
import { isPyProxy } from "../pyobject/pyproxy.mjs";
import { guard } from "../pyobject/operations.mjs";
import { writeOneByte, writeTwoBytes } from "../wire/strings.mjs";
import {
  decode, encode, encodeAll, encodeJsObject, encodeOwned, encodeResult, newString, reserve, unreserve, writeBorrowed,
  writeTag, writeTagged,
} from "../wire/values.mjs";

const FIRST_ROOM = 4096; // bytes
const MOST_ROOM = 2 ** 32; // an address has 32 bits
const LONGEST_TEXT = 512; // characters; a longer text is made a str at once

/** @type {(value: any) => string} */
const tagOf = Function.prototype.call.bind(Object.prototype.toString);

/** A value cannot be converted without losing its meaning. */
class ConversionError extends Error {
  #brand = true;

  /** Whether a thrown value is one. Runs no code of the value. @param {any} value @returns {value is ConversionError} */
  static is(value) {
    return typeof value === "object" && value !== null && #brand in value;
  }
}

/**
 * The kind of container that an object is converted to; null: it is not converted. Works for objects of any realm.
 * @param {any} object
 * @returns {"list" | "dict" | "map" | "set" | "buffer" | null}
 */
export function kindOf(object) {
  if (Array.isArray(object)) return "list";
  const prototype = Object.getPrototypeOf(object);
  if (prototype === null || prototype === Object.prototype) return "dict";
  switch (tagOf(object)) {
    case "[object Map]":
      return "map";
    case "[object Set]":
      return "set";
    case "[object ArrayBuffer]":
    case "[object SharedArrayBuffer]":
      return "buffer";
    case "[object Object]":
      return object.constructor === undefined || object.constructor?.name === "Object" ? "dict" : null;
    default:
      return ArrayBuffer.isView(object) ? "buffer" : null;
  }
}

// ---- names of properties, which are often repeated ----

/** @type {Map<string, number>} -> a str, kept for ever */
const names = new Map();
const MOST_NAMES = 2048;
const LONGEST_NAME = 32;

/** @param {string} name @returns {number} a str; 0: the name is not kept */
function nameOf(name) {
  const known = names.get(name);
  if (known !== undefined) return known;
  if (names.size >= MOST_NAMES || name.length > LONGEST_NAME) return 0;
  const pointer = wf.wf_intern(newString(name)) >>> 0;
  names.set(name, pointer);
  return pointer;
}

// ---- writing a row ----

/** Memory of the last row, for reuse. */
let spare = 0;
let spareRoom = 0;

class Row {
  /** @type {Map<object, number>} container -> its number */
  #seen = new Map();

  constructor() {
    this.start = spare || this.#allocate(0, FIRST_ROOM);
    this.room = spare ? spareRoom : FIRST_ROOM;
    /** The offset of the next value. */
    this.size = 0;
    spare = 0;
  }

  /** @param {number} old @param {number} room */
  #allocate(old, room) {
    const start = room < MOST_ROOM ? wf.realloc(old, room) >>> 0 : 0;
    if (start === 0) throw new RangeError("There is no memory left for the conversion.");
    if (u8.length === 0) refresh();
    return start;
  }

  /** Free the memory, or keep it for the next row. */
  free() {
    if (spare === 0 && this.room <= 16 * FIRST_ROOM) {
      spare = this.start;
      spareRoom = this.room;
    } else {
      wf.free(this.start);
    }
  }

  /** Release the references in the row. */
  discard() {
    wf.wf_row_discard(this.start, this.start + this.size);
    this.free();
  }

  /** Make room. @param {number} bytes @returns {number} its address */
  place(bytes) {
    if (this.size + bytes > this.room) {
      const room = 2 * (this.room + bytes);
      this.start = this.#allocate(this.start, room);
      this.room = room;
    }
    const address = this.start + this.size;
    this.size += bytes;
    return address;
  }

  /**
   * @param {any} value
   * @param {number} depth how many levels to convert; negative: all
   */
  write(value, depth) {
    switch (typeof value) {
      case "string":
        return this.#text(value);
      case "object":
        if (value !== null) return this.#object(value, depth);
    }
    this.#other(value);
  }

  /** @param {any} value */
  #other(value) {
    const at = this.place(VALUE_SIZE);
    try {
      if (!(isPyProxy(value) && encodeOwned(value, at))) encode(value, at);
    } catch (error) {
      this.size -= VALUE_SIZE; // the place holds no reference to release
      throw error;
    }
    if (u8.length === 0) refresh();
  }

  /** @param {string} text */
  #text(text) {
    const { length } = text;
    if (length > LONGEST_TEXT) return this.#other(text);
    const at = this.place(VALUE_SIZE + 2 * length);
    const start = at + VALUE_SIZE;
    const wide = writeOneByte(text, start) > 255;
    if (wide) writeTwoBytes(text, start);
    writeTagged(ROW_TEXT, wide ? 2 : 1, length, at);
    const end = start + (wide ? 2 * length : length) - this.start;
    this.size = (end + VALUE_SIZE - 1) & -VALUE_SIZE;
  }

  /** @param {string} name of a property */
  #name(name) {
    const pointer = nameOf(name);
    if (pointer === 0) this.#text(name);
    else writeBorrowed(PYOBJECT, pointer, this.place(VALUE_SIZE));
  }

  /** @param {any} object @param {number} depth */
  #object(object, depth) {
    const number = depth === 0 ? undefined : this.#seen.get(object);
    if (number !== undefined) return writeTagged(ROW_SEEN, number, 0, this.place(VALUE_SIZE));
    const kind = depth === 0 || isPyProxy(object) ? null : kindOf(object);
    switch (kind) {
      case "list":
        return this.#list(object, depth - 1);
      case "dict":
        return this.#dict(object, depth - 1);
      case "map":
        return this.#map(object, depth - 1);
      case "set":
        return this.#set(object);
      case "buffer":
        writeTagged(ROW_BUFFER, 0, 0, this.place(VALUE_SIZE));
        return encodeJsObject(object, this.place(VALUE_SIZE));
      default:
        return this.#other(object);
    }
  }

  /** Begin a container, which #end completes. @returns {number} its offset @param {object} object */
  #begin(object) {
    const at = this.size;
    this.#seen.set(object, this.#seen.size);
    writeTagged(ROW_LIST, 0, 0, this.place(VALUE_SIZE));
    return at;
  }

  /** @param {number} tag @param {object} object @param {number} at from #begin @param {number} count of its items */
  #end(tag, object, at, count) {
    writeTagged(tag, /** @type {number} */ (this.#seen.get(object)), count, this.start + at);
  }

  /** @param {any[]} array @param {number} depth of its items */
  #list(array, depth) {
    const { length } = array;
    const at = this.#begin(array);
    for (let index = 0; index < length; index++) this.write(array[index], depth);
    this.#end(ROW_LIST, array, at, length);
  }

  /** @param {Record<string, any>} object @param {number} depth of its values */
  #dict(object, depth) {
    const keys = Object.keys(object);
    const at = this.#begin(object);
    for (const key of keys) {
      this.#name(key);
      this.write(object[key], depth);
    }
    this.#end(ROW_DICT, object, at, keys.length);
  }

  /** @param {Map<any, any>} map @param {number} depth of its values */
  #map(map, depth) {
    const at = this.#begin(map);
    let count = 0;
    for (const [key, value] of map) {
      this.#key(map, key, "dict");
      this.write(value, depth);
      count++;
    }
    this.#end(ROW_DICT, map, at, count);
  }

  /** @param {Set<any>} set */
  #set(set) {
    const at = this.#begin(set);
    let count = 0;
    for (const item of set) {
      this.#key(set, item, "set");
      count++;
    }
    this.#end(ROW_SET, set, at, count);
  }

  /** @param {any} container with has() @param {any} key @param {string} kind of the Python container */
  #key(container, key, kind) {
    checkKey(container, key, kind);
    this.write(key, 0);
  }
}

/**
 * Refuse objects as keys, and keys that differ in JavaScript but are equal in Python, like 1 and true.
 * @param {any} container with has()
 * @param {any} key
 * @param {string} kind
 */
export function checkKey(container, key, kind) {
  if ((typeof key === "object" && key !== null && !isPyProxy(key)) || typeof key === "symbol") {
    const type = key.constructor?.name ?? typeof key;
    throw new ConversionError(`Cannot use key of type ${type} as a key to a Python ${kind}`);
  }
  if (typeof key === "boolean" && container.has(Number(key))) {
    throw new ConversionError(
      `Cannot convert to a Python ${kind}: it contains both ${Number(key)} and ${key}, which are equal in Python`,
    );
  }
}

/**
 * Write a row and pass it to a reader.
 * @template T
 * @param {any} object
 * @param {number} depth
 * @param {(start: number, end: number) => T} read
 */
function convert(object, depth, read) {
  const row = new Row();
  try {
    row.write(object, depth);
  } catch (error) {
    row.discard();
    throw error;
  }
  const result = read(row.start, row.start + row.size);
  row.free();
  return result;
}

/**
 * @typedef {object} ToPyOptions
 * @property {number} [depth] how many levels to convert; default: all
 * @property {(object: any, convert: (value: any) => any, cache: (object: any, result: any) => void) => any} [defaultConverter]
 *   converts an object that has no conversion; convert: converts its parts; cache: registers the result before it is
 *   complete, for structures that contain themselves
 */

/**
 * pyodide.toPy: a PyProxy of the conversion, or the object itself if it has no conversion.
 * @param {any} object
 * @param {ToPyOptions} [options]
 * @returns {any}
 */
export function toPy(object, { depth = -1, defaultConverter } = {}) {
  if (typeof object !== "object" || object === null || isPyProxy(object)) return object;
  const out = reserve(1);
  try {
    if (defaultConverter === undefined) {
      convert(object, depth, (start, end) => guard(() => wf.wf_row_to_js(start, end, out)));
    } else {
      encodeAll([object, depth, defaultConverter], reserve(3));
      guard(() => wf.wf_to_py_with(out + VALUE_SIZE, out));
    }
    return decode(out);
  } finally {
    unreserve(out);
  }
}

export const imports = {
  /**
   * The Python object, a new reference. Or 0: then out has an error, the text of a ConversionError, or END if a Python
   * exception is set.
   */
  js_to_py(/** @type {number} */ handle, /** @type {number} */ depth, /** @type {number} */ out) {
    try {
      writeTag(END, out);
      return convert(held(handle), depth, (start, end) => wf.wf_row_read(start, end));
    } catch (error) {
      if (ConversionError.is(error)) encodeResult(error.message, out);
      else encodeError(error, out);
      return 0;
    }
  },

  /** The kind of an object, for py/pyodide/ffi/_to_py.py. */
  js_kind: (/** @type {number} */ handle, /** @type {number} */ _, /** @type {number} */ __, /** @type {number} */ out) => {
    try {
      encodeResult(kindOf(held(handle)), out);
    } catch (error) {
      encodeError(error, out);
    }
  },
};
