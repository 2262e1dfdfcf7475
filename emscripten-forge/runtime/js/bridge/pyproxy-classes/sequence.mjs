// Mixins for PyProxies of sequences: the methods of an Array.

import { callFunction } from "../pyobject/operations.mjs";

/** An Array's method applied to the proxy, which has a length and items. @param {Function} method */
const asArray = (method) =>
  /** @this {any} @param {any[]} args */
  function (...args) {
    return Reflect.apply(method, this, args);
  };

const READING = /** @type {const} */ ([
  "join", "slice", "lastIndexOf", "indexOf", "forEach", "map", "filter", "some", "every", "reduce", "reduceRight", "at", "concat",
  "includes", "entries", "keys", "values", "find", "findIndex", "findLast", "findLastIndex",
]);

export class SequenceMethods {
  get [Symbol.isConcatSpreadable]() {
    return true;
  }

  toJSON() {
    return Array.from(/** @type {any} */ (this));
  }
}
for (const name of READING) {
  const value = asArray(Array.prototype[name]);
  Object.defineProperty(SequenceMethods.prototype, name, { value, writable: true, enumerable: false, configurable: true });
}

/** Call the function of this name in py/_wasmforge_proxy.py. @param {string} name @param {any[]} args */
const inPython = (name, ...args) => callFunction("_wasmforge_proxy", name, ...args);

/** The methods of Array.prototype that change the array, applied to the Python object. */
export class MutableSequenceMethods {
  /** @param {any[]} items */
  push(...items) {
    return inPython("push", this, ...items);
  }

  pop() {
    return inPython("pop", this);
  }

  shift() {
    return inPython("shift", this);
  }

  /** @param {any[]} items */
  unshift(...items) {
    return inPython("unshift", this, ...items);
  }

  reverse() {
    inPython("reverse", this);
    return this;
  }

  /** @param {(a: any, b: any) => number} [compare] default: as strings; None always comes last */
  sort(compare = byText) {
    inPython("sort", this, compare);
    return this;
  }

  /** @param {any[]} args start, count, items @returns {any[]} the removed items */
  splice(...args) {
    const removed = inPython("splice", this, ...args);
    const array = Array.from(removed);
    removed.destroy();
    return array;
  }

  /** @param {any} value @param {number} [start] @param {number} [end] */
  fill(value, start, end) {
    inPython("fill", this, value, start, end);
    return this;
  }

  /** @param {number} target @param {number} [start] @param {number} [end] */
  copyWithin(target, start, end) {
    inPython("copy_within", this, target, start, end);
    return this;
  }
}

/** @param {any} a @param {any} b */
function byText(a, b) {
  const [left, right] = [String(a), String(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}
