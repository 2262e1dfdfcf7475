// The frequent operations of Python's JsProxy objects: properties, calls, items, iteration. operations.mjs has the
// rest. core/jsproxy*.c call the functions named js_….

import { END, INVALID, LAST, MORE, VALUE_SIZE } from "../wire/constants.mjs";
import { encodeError } from "../wire/errors.mjs";
import { held } from "../wire/handles.mjs";
import { wf } from "../wire/memory.mjs";
import { promiseReturned } from "../wait/promised.mjs";
import { endLoan, isPyProxy, keepLoan } from "../pyobject/pyproxy.mjs";
import {
  decode, decodeLent, encodeOwned, encodeResult, promiseAt, reserve, unreserve, writeTag,
} from "../wire/values.mjs";

const { apply, construct } = Reflect;

// ---- names of attributes ----

const KEYWORDS = new Set((
  "False None True and as assert async await break class continue def del elif else except finally for from global "
  + "if import in is lambda nonlocal not or pass raise return try while with yield"
).split(" "));

/** @type {Map<number, string>} an interned str, which this map keeps alive -> its property */
const properties = new Map();
const MOST_PROPERTIES = 4096;

/** @param {number} name */
function propertyOf(name) {
  return properties.get(name) ?? learnProperty(name);
}

/** @param {number} name */
function learnProperty(name) {
  if (properties.size >= MOST_PROPERTIES) {
    for (const old of properties.keys()) wf.wf_release(old);
    properties.clear();
  }
  const at = reserve(1);
  wf.wf_keep_name(name, at);
  const property = propertyName(decode(at));
  unreserve(at);
  properties.set(name, property);
  return property;
}

/** Python's attribute from_ is the property "from", since from is a keyword. @param {string} attribute */
function propertyName(attribute) {
  return attribute.endsWith("_") && KEYWORDS.has(attribute.replace(/_+$/, "")) ? attribute.slice(0, -1) : attribute;
}

/** @param {string} property */
export function attributeName(property) {
  return KEYWORDS.has(property.replace(/_+$/, "")) ? `${property}_` : property;
}

// ---- the lifetime of arguments ----

/** @type {WeakMap<object, any[]>} a generator -> PyProxies of the arguments of the call that made it */
const loans = new WeakMap();

/** Destroy the proxies lent to a generator, which has ended. @param {object} generator */
export function endGenerator(generator) {
  const lent = loans.get(generator);
  if (lent !== undefined) {
    loans.delete(generator);
    endLoan(lent);
  }
}

/**
 * Keep proxies that a generator was sent until it ends.
 * @param {object} generator
 * @param {any[]} proxies
 */
export function lendToGenerator(generator, proxies) {
  keepLoan(proxies);
  const lent = loans.get(generator);
  if (lent === undefined) loans.set(generator, proxies);
  else lent.push(...proxies);
}

/** @type {(value: any) => string} */
const tagOf = Function.prototype.call.bind(Object.prototype.toString);
const GENERATORS = new Set(["[object Generator]", "[object AsyncGenerator]"]);

/**
 * Write the result of a call. End the loan of its arguments, or let it last as long as the result.
 * @param {any} result
 * @param {any[]} lent
 * @param {number} out
 */
function finishCall(result, lent, out) {
  if (result !== null && (typeof result === "object" || typeof result === "function")) {
    if (isPyProxy(result)) {
      // Python gets the object itself.
      if (encodeOwned(result, out)) lent.push(result);
      endLoan(lent);
      return;
    }
    if (lent.length > 0 && typeof result.next === "function" && GENERATORS.has(tagOf(result))) {
      lendToGenerator(result, lent);
      lent = [];
    }
  }
  encodeResult(result, out);
  const promise = promiseAt(out);
  if (promise !== 0) {
    promiseReturned(result, promise, lent);
    lent = [];
  }
  if (lent.length > 0) endLoan(lent);
}

/**
 * @param {number} at
 * @param {number} count
 * @param {any[]} lent
 */
function readArguments(at, count, lent) {
  const values = new Array(count);
  for (let index = 0; index < count; index++) values[index] = decodeLent(at + index * VALUE_SIZE, lent);
  return values;
}

/**
 * @param {number} at of the arguments
 * @param {number} positional
 * @param {number} keywords
 * @param {any[]} lent
 */
function readKeywordArguments(at, positional, keywords, lent) {
  const values = readArguments(at, positional + keywords, lent);
  /** @type {Record<string, any>} */
  const named = {};
  const names = at + (positional + keywords) * VALUE_SIZE;
  for (let index = 0; index < keywords; index++) named[decode(names + index * VALUE_SIZE)] = values[positional + index];
  values.length = positional;
  values.push(named);
  return values;
}

/**
 * @param {(self: any, values: any[]) => any} work
 * @param {number} at of `this`, then the arguments
 * @param {number} positional
 * @param {number} keywords
 * @param {number} out
 */
function callWith(work, at, positional, keywords, out) {
  /** @type {any[]} */
  const lent = [];
  try {
    const self = decodeLent(at, lent);
    const values = keywords > 0
      ? readKeywordArguments(at + VALUE_SIZE, positional, keywords, lent)
      : readArguments(at + VALUE_SIZE, positional, lent);
    finishCall(work(self, values), lent, out);
  } catch (error) {
    if (lent.length > 0) endLoan(lent);
    encodeError(error, out);
  }
}

// ---- iteration ----

/**
 * Write the value of an iterator's result.
 * @param {any} iterator
 * @param {any} result
 * @param {number} out
 * @returns {number} MORE, also if reading failed; LAST; or INVALID: out gets the text of the error
 */
export function finishStep(iterator, result, out) {
  if (typeof result !== "object" || result === null) {
    encodeResult(`Result should have type "object" not "${typeof result}"`, out);
    return INVALID;
  }
  const { done, value } = result;
  if (done === false) {
    encodeResult(value, out);
    return MORE;
  }
  if (done === undefined && value === undefined) return invalidStep(result, out);
  if (!done) {
    encodeResult(value, out);
    return MORE;
  }
  if (isPyProxy(value)) {
    encodeOwned(value, out);
    endLoan([value]);
  } else {
    encodeResult(value, out);
  }
  endGenerator(iterator);
  return LAST;
}

/** @param {any} result @param {number} out */
function invalidStep(result, out) {
  if (typeof result.then === "function") {
    encodeResult("Result was a promise, use anext() / asend() / athrow() instead.", out);
  } else {
    encodeResult('Result has no "done" field.', out);
  }
  return INVALID;
}

export const imports = {
  js_getattr(/** @type {number} */ handle, /** @type {number} */ name, /** @type {number} */ out) {
    const object = held(handle);
    const property = propertyOf(name);
    try {
      const value = object[property];
      if (value === undefined && !(property in Object(object))) writeTag(END, out);
      else encodeResult(value, out);
    } catch (error) {
      encodeError(error, out);
    }
  },

  js_setattr(
    /** @type {number} */ handle, /** @type {number} */ name, /** @type {number} */ value, /** @type {number} */ out,
  ) {
    const object = held(handle);
    const property = propertyOf(name);
    try {
      if (value === 0) delete object[property];
      else object[property] = decode(value);
      encodeResult(undefined, out);
    } catch (error) {
      encodeError(error, out);
    }
  },

  /** values: `this`, then the arguments */
  js_call(
    /** @type {number} */ handle, /** @type {number} */ values, /** @type {number} */ positional,
    /** @type {number} */ keywords, /** @type {number} */ out,
  ) {
    const called = held(handle);
    callWith((self, given) => apply(called, self, given), values, positional, keywords, out);
  },

  js_construct(
    /** @type {number} */ handle, /** @type {number} */ values, /** @type {number} */ positional,
    /** @type {number} */ keywords, /** @type {number} */ out,
  ) {
    const called = held(handle);
    callWith((_, given) => construct(called, given), values, positional, keywords, out);
  },

  js_same: (/** @type {number} */ handle, /** @type {number} */ other) => Number(held(handle) === held(other)),

  /** Write the next value of an iterator. Returns the result of finishStep. */
  js_next(/** @type {number} */ handle, /** @type {number} */ out) {
    const iterator = held(handle);
    try {
      return finishStep(iterator, iterator.next(), out);
    } catch (error) {
      endGenerator(iterator);
      encodeError(error, out);
      return MORE;
    }
  },

  /** Write an element of an array; a negative index counts from the end. */
  js_element(/** @type {number} */ handle, /** @type {number} */ index, /** @type {number} */ out) {
    const array = held(handle);
    try {
      const position = index < 0 ? index + array.length : index;
      const value = array[position];
      if (value === undefined && !(position in array)) writeTag(END, out);
      else encodeResult(value, out);
    } catch (error) {
      encodeError(error, out);
    }
  },

  /** Write the result of object.get(key). */
  js_get(/** @type {number} */ handle, /** @type {number} */ key, /** @type {number} */ out) {
    const object = held(handle);
    /** @type {any[]} */
    const lent = [];
    try {
      const wanted = decodeLent(key, lent);
      const value = object.get(wanted);
      if (value === undefined && !(typeof object.has === "function" && object.has(wanted))) writeTag(END, out);
      else encodeResult(value, out);
    } catch (error) {
      encodeError(error, out);
    }
    if (lent.length > 0) endLoan(lent);
  },
};
