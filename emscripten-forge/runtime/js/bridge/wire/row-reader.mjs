// Reads a row of values: a whole structure that core/to_js.c has written.

import { ARRAY, DICT, PYOBJECT, SEEN, SET, STRING, UNDEFINED, VALUE_SIZE } from "./constants.mjs";
import { refresh, u32, u8 } from "./memory.mjs";
import { readString } from "./strings.mjs";
import { decode } from "./values.mjs";

/**
 * Makes JavaScript values from what a row contains.
 * @typedef {object} Maker
 * @property {((entries: [any, any][]) => any) | undefined} fromEntries makes a dict; undefined: an object
 * @property {(() => Map<any, any>) | undefined} emptyMap makes the map that takes a dict's entries; undefined: an object does
 * @property {(proxy: any, isTop: boolean, isLimit: boolean) => any} object takes a Python object that was not
 *   converted; isTop: it is the whole row; isLimit: it lies below the depth to convert
 * @property {(key: any, kind: "Map" | "Set") => any} key checks a key that is no string
 * @property {(key: any) => void} collision throws an error: the object already has the key
 * @property {((pointer: number, result: any) => void) | undefined} made gets each container before it is filled
 */

export class RowReader {
  #at;
  #maker;
  #isTop = true;
  /** @type {any[]} */
  #made = [];
  /** @type {Map<number, string>} address of a key -> the key: structures often have many dicts with the same keys */
  #keys = new Map();

  /** @param {number} row its address @param {Maker} maker */
  constructor(row, maker) {
    if (u8.length === 0) refresh();
    this.#at = u32[row >>> 2];
    this.#maker = maker;
  }

  /** The next value. @returns {any} */
  read() {
    if (u8.length === 0) refresh();
    const at = this.#at;
    const word = at >>> 2;
    this.#at = at + VALUE_SIZE;
    const tag = u32[word];
    switch (tag) {
      case ARRAY:
        return this.#array(u32[word + 1], u32[word + 2], u32[word + 3]);
      case DICT:
        return this.#dict(u32[word + 1], u32[word + 2], u32[word + 3]);
      case SET:
        return this.#set(u32[word + 1], u32[word + 2], u32[word + 3]);
      case SEEN:
        return this.#made[u32[word + 1]];
      case PYOBJECT:
        return this.#object(at, word);
      default:
        return decode(at);
    }
  }

  /** @param {number} at @param {number} word */
  #object(at, word) {
    const isLimit = u32[word + 3] !== 0;
    const isTop = this.#isTop;
    const proxy = decode(at);
    u32[word] = UNDEFINED; // the proxy owns it now
    return this.#maker.object(proxy, isTop, isLimit);
  }

  /** @param {number} number @param {number} pointer @param {any} container */
  #begin(number, pointer, container) {
    this.#isTop = false;
    this.#made[number] = container;
    this.#maker.made?.(pointer, container);
    return container;
  }

  /** @param {number} number @param {number} pointer @param {number} count */
  #array(number, pointer, count) {
    const array = this.#begin(number, pointer, new Array(count));
    for (let index = 0; index < count; index++) array[index] = this.read();
    return array;
  }

  /** @param {number} number @param {number} pointer @param {number} count */
  #set(number, pointer, count) {
    const set = this.#begin(number, pointer, new Set());
    for (let index = 0; index < count; index++) set.add(this.#maker.key(this.read(), "Set"));
    return set;
  }

  /** @param {number} number @param {number} pointer @param {number} count */
  #dict(number, pointer, count) {
    const { fromEntries, emptyMap } = this.#maker;
    if (fromEntries) return this.#entries(number, pointer, count, fromEntries);
    if (emptyMap) return this.#map(number, pointer, count, emptyMap());
    /** @type {Record<any, any>} */
    const object = this.#begin(number, pointer, {});
    let mixed = false; // whether keys that differ in Python may be the same property
    for (let index = 0; index < count; index++) {
      const key = this.#key();
      mixed ||= typeof key !== "string";
      if (mixed && Object.hasOwn(object, key)) this.#maker.collision(key);
      const value = this.read();
      if (key === "__proto__") Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
      else object[key] = value;
    }
    return object;
  }

  /** @param {number} number @param {number} pointer @param {number} count @param {(entries: [any, any][]) => any} fromEntries */
  #entries(number, pointer, count, fromEntries) {
    this.#isTop = false;
    /** @type {[any, any][]} */
    const entries = [];
    for (let index = 0; index < count; index++) entries.push([this.#key(), this.read()]);
    return this.#begin(number, pointer, fromEntries(entries));
  }

  /** @param {number} number @param {number} pointer @param {number} count @param {Map<any, any>} map */
  #map(number, pointer, count, map) {
    this.#begin(number, pointer, map);
    for (let index = 0; index < count; index++) map.set(this.#key(), this.read());
    return map;
  }

  #key() {
    if (u8.length === 0) refresh();
    const word = this.#at >>> 2;
    if (u32[word] !== STRING) return this.#maker.key(this.read(), "Map");
    this.#at += VALUE_SIZE;
    const start = u32[word + 2];
    let key = this.#keys.get(start);
    if (key === undefined) this.#keys.set(start, (key = readString(u32[word + 1], start, u32[word + 3])));
    return key;
  }
}
