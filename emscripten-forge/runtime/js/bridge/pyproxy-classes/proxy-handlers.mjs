// The behaviour of a PyProxy as a JavaScript object: its properties are the members of its class and the attributes of
// the Python object. If both have a `name`, `$name` is the attribute.

import { PY_CALLABLE, PY_DICT, PY_SEQUENCE } from "../wire/constants.mjs";
import { deleteAttribute, attributeNames, getAttribute, getItem, hasAttribute, lengthOf, setAttribute, setItem } from "../pyobject/operations.mjs";
import { STATE } from "../wire/pyproxy-state.mjs";

/**
 * @typedef {import("../wire/pyproxy-state.mjs").State} State
 * @typedef {{[STATE]: State}} Target
 */

const NO_INDEX = -1;
const MOST_DIGITS = 9;
/** Not properties of the proxy: our state, and the properties that every function has. */
const HIDDEN = new Set([STATE, "length", "name"]);

/** Whether JavaScript itself has the property. @param {any} target @param {string | symbol} key */
function isOwn(target, key) {
  return target[STATE].own && Object.hasOwn(target, key) && !HIDDEN.has(key);
}

/** Whether JavaScript can only read the property, such as `length`. @param {any} target @param {string | symbol} key */
function isGetter(target, key) {
  return Object.getOwnPropertyDescriptor(Object.getPrototypeOf(target), key)?.get !== undefined;
}

/**
 * The index that a property name of a sequence stands for, or NO_INDEX.
 * @param {State} state
 * @param {string} key
 */
function indexOf(state, key) {
  if ((state.shared.flags & PY_SEQUENCE) === 0 || key.length === 0 || key.length > MOST_DIGITS) return NO_INDEX;
  let index = 0;
  for (let at = 0; at < key.length; at++) {
    const digit = key.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9 || (at === 1 && index === 0)) return NO_INDEX;
    index = 10 * index + digit;
  }
  return index;
}

/** @param {string} key @returns {string} the attribute that a property stands for */
function attributeOf(key) {
  return key.charCodeAt(0) === 36 && key.length > 1 ? key.slice(1) : key; // "$"
}

/** @type {ProxyHandler<any>} */
export const handlers = {
  get(target, key) {
    /** @type {State} */
    const state = target[STATE];
    if (typeof key === "symbol" || state.kind.members.has(key) || isOwn(target, key)) return target[key];
    if (key === "$$") return state.shared;
    const index = indexOf(state, key);
    if (index !== NO_INDEX) return getItem(state.shared.alive, index);
    return getAttribute(state.shared, attributeOf(key));
  },

  has(target, key) {
    const state = target[STATE];
    if (typeof key === "symbol") return key !== STATE && key in target;
    if (state.kind.members.has(key) || isOwn(target, key)) return true;
    if (key === "prototype" && state.shared.flags & PY_CALLABLE) return true;
    const index = indexOf(state, key);
    if (index !== NO_INDEX) return index < lengthOf(state.shared.alive);
    return key !== "$$" && hasAttribute(state.shared.alive, attributeOf(key));
  },

  set(target, key, value) {
    const state = target[STATE];
    if (typeof key === "symbol" || ((state.kind.members.has(key) || isOwn(target, key)) && !isGetter(target, key))) {
      state.own = true;
      return Reflect.set(target, key, value);
    }
    if (key === "$$") throw new TypeError("Cannot set read only field '$$'");
    const index = indexOf(state, key);
    if (index !== NO_INDEX) setItem(state.shared.alive, index, value);
    else setAttribute(state.shared.alive, attributeOf(key), value);
    return true;
  },

  deleteProperty(target, key) {
    const state = target[STATE];
    if (typeof key === "symbol" || state.kind.members.has(key) || isOwn(target, key)) return Reflect.deleteProperty(target, key);
    if (key === "$$") throw new TypeError("Cannot delete read only field '$$'");
    deleteAttribute(state.shared.alive, attributeOf(key));
    return true;
  },

  defineProperty(target, key, descriptor) {
    target[STATE].own = true;
    return Reflect.defineProperty(target, key, descriptor);
  },

  ownKeys(target) {
    const { shared } = target[STATE];
    const names = new Set([...attributeNames(shared.alive), ...Reflect.ownKeys(target).filter((key) => !HIDDEN.has(key))]);
    if (shared.flags & PY_SEQUENCE) {
      const length = lengthOf(shared.alive);
      for (let index = 0; index < length; index++) names.add(String(index));
      names.add("length");
    }
    return [...names];
  },

  // Only a dict's items are enumerable: JSON.stringify and Object.entries see nothing else.
  getOwnPropertyDescriptor(target, key) {
    const { shared } = target[STATE];
    if (isOwn(target, key)) return Reflect.getOwnPropertyDescriptor(target, key);
    if (typeof key === "symbol" || !(shared.flags & PY_DICT)) return undefined;
    const value = getItem(shared.alive, key);
    return value === undefined ? undefined : { value, writable: true, enumerable: true, configurable: true };
  },
};
