// Deep conversion of Python objects to JavaScript. C writes a whole structure as one row of values (core/to_js.c);
// this module reads it.

import { VALUE_SIZE } from "../wire/constants.mjs";
import { encodeError } from "../wire/errors.mjs";
import { throwKept } from "../wire/kept.mjs";
import { LiteralMap } from "./literal-map.mjs";
import { wf } from "../wire/memory.mjs";
import { endLoan, isPyProxy, pointerOf } from "../pyobject/pyproxy.mjs";
import { callFunction, guard } from "../pyobject/operations.mjs";
import { RowReader } from "../wire/row-reader.mjs";
import { decodeLent, encodeJsObject, encodeResult } from "../wire/values.mjs";

/**
 * @typedef {object} ToJsOptions
 * @property {number} [depth] how many levels to convert; default: all
 * @property {any[]} [pyproxies] every PyProxy that is made is appended to it
 * @property {boolean} [create_pyproxies] false: throw an error for an object that has no conversion
 * @property {(entries: Iterable<[key: any, value: any]>) => any} [dict_converter] default: an object
 * @property {Converter} [default_converter] for objects that have no conversion
 * @property {Converter} [eager_converter] for every object, before its conversion
 *
 * Returns the conversion of an object. convert: converts a part with the same options; cacheConversion: registers the
 * result before it is complete, for structures that contain themselves.
 * @typedef {(object: any, convert: (value: any) => any, cacheConversion: (object: any, result: any) => void) => any} Converter
 */

/**
 * @param {number} pointer
 * @param {ToJsOptions} [options]
 * @returns {any}
 */
export function toJs(pointer, options = {}) {
  const conversion = new Conversion(options);
  const depth = Number(options.depth ?? -1); // code of the value runs here, not in a call of C
  if (!options.eager_converter) return conversion.contents(pointer, depth);
  return conversion.eager(conversion.proxyOf(pointer), depth);
}

/** @type {(() => Map<any, any>) | undefined} */
let emptyMap;

/** Convert dicts to LiteralMaps unless there is a dict_converter. */
export function useLiteralMaps() {
  emptyMap = () => new LiteralMap();
}

class Conversion {
  /** @type {Map<number, any>} address -> its conversion, in case a converter meets the object again */
  #results = new Map();
  #options;

  /** @param {ToJsOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /** Convert an object by the built-in rules. @param {number} pointer @param {number} depth @returns {any} */
  contents(pointer, depth) {
    if (this.#results.has(pointer)) return this.#results.get(pointer);
    const { eager_converter: eager, default_converter: otherwise } = this.#options;
    const row = guard(() => wf.wf_row_of(pointer, eager && depth !== 0 ? 1 : depth)) >>> 0 || throwKept();
    let taken = 0;
    try {
      const result = new RowReader(row, {
        fromEntries: this.#options.dict_converter,
        emptyMap,
        object: (proxy, isTop, isLimit) => {
          if (eager && !isTop && depth !== 1) return this.eager(proxy, depth - 1);
          return isLimit && depth >= 0 ? this.#keep(proxy) : this.#other(proxy, depth - 1);
        },
        ...keys,
        made: eager || otherwise ? (address, made) => this.#results.set(address, made) : undefined,
      }).read();
      taken = 1;
      return result;
    } finally {
      wf.wf_row_free(row, taken);
    }
  }

  /** Another proxy of an object that already has one. @param {number} pointer */
  proxyOf(pointer) {
    const row = guard(() => wf.wf_row_of(pointer, 0)) >>> 0 || throwKept();
    try {
      return new RowReader(row, { fromEntries: undefined, emptyMap: undefined, object: (proxy) => proxy, ...keys, made: undefined }).read();
    } finally {
      wf.wf_row_free(row, 1);
    }
  }

  /** @param {any} proxy which it owns @param {number} depth */
  eager(proxy, depth) {
    return this.#by(/** @type {Converter} */ (this.#options.eager_converter), proxy, depth);
  }

  /** @param {any} proxy of an object without a conversion @param {number} depth */
  #other(proxy, depth) {
    const { default_converter: otherwise } = this.#options;
    return otherwise ? this.#by(otherwise, proxy, depth) : this.#keep(proxy);
  }

  /** @param {any} proxy that becomes part of the result */
  #keep(proxy) {
    if (this.#options.create_pyproxies === false) {
      proxy.destroy();
      callFunction("_wasmforge_proxy", "conversion_error", "No conversion known for x.");
    }
    this.#options.pyproxies?.push(proxy);
    return proxy;
  }

  /** @param {Converter} converter @param {any} proxy @param {number} depth */
  #by(converter, proxy, depth) {
    const pointer = pointerOf(proxy);
    const known = this.#results.get(pointer);
    const result = known ?? converter(
      proxy,
      (value) => (isPyProxy(value) ? this.contents(pointerOf(value), depth) : value),
      (object, made) => void this.#results.set(pointerOf(object), made),
    );
    if (result === proxy) return this.#keep(proxy);
    proxy.destroy();
    if (known === undefined && isPyProxy(result)) this.#options.pyproxies?.push(result);
    return result;
  }
}

/** @param {any} key @param {"Map" | "Set"} kind */
function checkKey(key, kind) {
  if (!isPyProxy(key)) return key;
  try {
    return callFunction("_wasmforge_proxy", "conversion_error", `Cannot use {!r} as a key for a Javascript ${kind}`, key);
  } finally {
    key.destroy();
  }
}

/** @param {any} key @throws */
function collision(key) {
  callFunction("_wasmforge_proxy", "conversion_error", "Key collision when converting Python dictionary to JavaScript. Key: {!r}", key);
}

const keys = { key: checkKey, collision };

export const imports = {
  // pyodide.ffi.to_js. A PyProxy in the result is not unwrapped.
  js_to_js: (
    /** @type {number} */ value, /** @type {number} */ depth, /** @type {number} */ create_pyproxies,
    /** @type {number} */ options, /** @type {number} */ result,
  ) => {
    /** @type {any[]} */
    const lent = [];
    try {
      const [pyproxies, dict_converter, default_converter, eager_converter] =
        [0, 1, 2, 3].map((index) => decodeLent((options >>> 0) + index * VALUE_SIZE, lent));
      const converted = toJs(value >>> 0, {
        depth, pyproxies, create_pyproxies: create_pyproxies !== 0, dict_converter, default_converter, eager_converter,
      });
      if (isPyProxy(converted)) encodeJsObject(converted, result >>> 0);
      else encodeResult(converted, result >>> 0);
    } catch (error) {
      encodeError(error, result >>> 0);
    } finally {
      endLoan(lent);
    }
  },
};
