// Operations on a Python object, given its address. Each is one call into C (core/pyproxy.c).

import { END, KNOWN, PYOBJECT, VALUE_SIZE } from "../wire/constants.mjs";
import { crash, throwKept } from "../wire/kept.mjs";
import { connected, refresh, u32, u8, wf } from "../wire/memory.mjs";
import { STATE } from "../wire/pyproxy-state.mjs";
import { decode, encode, encodeAll, newString, reserve, unreserve } from "../wire/values.mjs";

/**
 * Call into C. Any error that escapes from there ends the interpreter.
 * @template T
 * @param {() => T} work
 */
export function guard(work) {
  try {
    return work();
  } catch (error) {
    return crash(error);
  }
}

/**
 * Run work that may call Python during a system call, while C has released the GIL.
 * @template T
 * @param {() => T} work
 */
export function attached(work) {
  const detached = guard(() => wf.wf_attach());
  try {
    return work();
  } finally {
    if (detached) guard(() => wf.wf_detach());
  }
}

/**
 * Call C with arguments.
 * @template T
 * @param {any[]} args
 * @param {(base: number) => any} work gets their address, writes the result there and returns its tag
 * @param {(tag: any, base: number) => T} read
 * @returns {T}
 */
function operate(args, work, read) {
  const base = reserve(args.length > 2 ? args.length : 2);
  encodeAll(args, base);
  try {
    return read(guard(() => work(base)), base);
  } finally {
    unreserve(base);
  }
}

/** @param {number} tag @param {number} base @returns {any} undefined for END */
function result(tag, base) {
  return tag === END ? undefined : decode(base);
}

/**
 * Call a Python object.
 * @param {number} pointer
 * @param {any[]} args
 * @returns {any}
 */
export function call(pointer, args) {
  const count = args.length;
  const base = reserve(count || 1);
  encodeAll(args, base);
  try {
    wf.wf_py_call(pointer, base, count, 0);
  } catch (error) {
    crash(error);
  }
  try {
    return decode(base);
  } finally {
    unreserve(base);
  }
}

/**
 * @param {number} pointer
 * @param {any[]} args
 * @param {Record<string, any>} keywords
 */
export function callKeywords(pointer, args, keywords) {
  return withNames(args, keywords, (all, names) => operate(all, (base) => wf.wf_py_call(pointer, base, all.length, names), result));
}

/**
 * @template T
 * @param {any[]} args
 * @param {Record<string, any>} keywords
 * @param {(all: any[], names: number) => T} work gets all arguments, and a tuple with the names of the last ones
 */
export function withNames(args, keywords, work) {
  const names = Object.keys(keywords);
  const tuple = operate(names, (base) => wf.wf_py_tuple(base, names.length) >>> 0, (made) => made || throwKept());
  try {
    return work([...args, ...names.map((name) => keywords[name])], tuple);
  } finally {
    wf.wf_release(tuple);
  }
}

/** Call a function of one of the runtime's own modules. @param {string} module @param {string} name @param {any[]} args @returns {any} */
export function callFunction(module, name, ...args) {
  const imported = importModule(module);
  try {
    return imported[name](...args);
  } finally {
    imported.destroy();
  }
}

/** A PyProxy of a Python module. @param {string} name @returns {any} */
export function importModule(name) {
  return operate([name], (base) => wf.wf_import(base), result);
}

// ---- attributes ----

const MOST_NAMES = 10_000;
/** @type {Map<string, number>} attribute name -> a str, which is never released */
const names = new Map();

/** A name as a str. Release it with releaseName. @param {string} name @returns {number} */
function strOf(name) {
  const known = names.get(name);
  if (known !== undefined) return known;
  const made = newString(name);
  if (names.size < MOST_NAMES) names.set(name, made);
  return made;
}

/** @param {string} name @param {number} made by strOf */
function releaseName(name, made) {
  if (names.size >= MOST_NAMES && names.get(name) !== made) wf.wf_release(made);
}

/**
 * Run work with a name as a str.
 * @template T
 * @param {string} name
 * @param {(str: number) => T} work
 */
function withName(name, work) {
  const made = strOf(name);
  try {
    return work(made);
  } finally {
    releaseName(name, made);
  }
}

/**
 * Read an attribute. An attribute that becomes a proxy itself is made once and destroyed with its owner.
 * @param {import("./pyproxy.mjs").Shared} shared
 * @param {string} name
 * @returns {any} undefined if there is none
 */
export function getAttribute(shared, name) {
  const pointer = shared.alive;
  const cached = shared.cache?.get(name);
  const known = cached !== undefined && cached.proxy[STATE].shared.ptr !== 0 ? cached.source : 0;
  const made = strOf(name);
  const base = reserve(2);
  try {
    const tag = getAttributeAt(pointer, made, known, base);
    if (tag === KNOWN) return cached?.proxy;
    if (tag === END) return undefined;
    const value = decode(base);
    if (tag === PYOBJECT) (shared.cache ??= new Map()).set(name, { proxy: value, source: sourceAt(base) });
    return value;
  } finally {
    unreserve(base);
    releaseName(name, made);
  }
}

/** @param {number} pointer @param {number} name @param {number} known @param {number} base */
function getAttributeAt(pointer, name, known, base) {
  try {
    return wf.wf_py_getattr(pointer, name, known, base);
  } catch (error) {
    return crash(error);
  }
}

/** @param {number} base filled by wf_py_getattr */
function sourceAt(base) {
  if (u8.length === 0) refresh();
  return u32[(base + VALUE_SIZE + 8) >>> 2];
}

/** @param {number} pointer @param {string} name @returns {boolean} */
export function hasAttribute(pointer, name) {
  return operate([], (base) => withName(name, (str) => wf.wf_py_hasattr(pointer, str, base)), result);
}

/** @param {number} pointer @param {string} name @param {any} value */
export function setAttribute(pointer, name, value) {
  operate([value], (base) => withName(name, (str) => wf.wf_py_setattr(pointer, str, base)), result);
}

/** @param {number} pointer @param {string} name */
export function deleteAttribute(pointer, name) {
  operate([], (base) => withName(name, (str) => wf.wf_py_delattr(pointer, str, base)), result);
}

/** dir(), with a dict's keys. @param {number} pointer @returns {string[]} */
export function attributeNames(pointer) {
  const proxy = operate([], (base) => wf.wf_py_dir(pointer, base), result);
  try {
    return proxy.toJs({ depth: 1 }).map(String);
  } finally {
    proxy.destroy();
  }
}

// ---- containers ----

/** @param {number} pointer @param {any} key @returns {any} undefined if there is none */
export function getItem(pointer, key) {
  const base = reserve(1);
  encodeOne(key, base);
  try {
    return result(getItemAt(pointer, base), base);
  } finally {
    unreserve(base);
  }
}

/** @param {number} pointer @param {number} base */
function getItemAt(pointer, base) {
  try {
    return wf.wf_py_getitem(pointer, base);
  } catch (error) {
    return crash(error);
  }
}

/** @param {any} value @param {number} base */
function encodeOne(value, base) {
  try {
    encode(value, base);
  } catch (error) {
    unreserve(base);
    throw error;
  }
}

/** @param {number} pointer @param {any} key @param {any} value */
export function setItem(pointer, key, value) {
  operate([key, value], (base) => wf.wf_py_setitem(pointer, base), result);
}

/** @param {number} pointer @param {any} key */
export function deleteItem(pointer, key) {
  operate([key], (base) => wf.wf_py_delitem(pointer, base), result);
}

/** @param {number} pointer @param {any} item @returns {boolean} */
export function contains(pointer, item) {
  return operate([item], (base) => wf.wf_py_contains(pointer, base), result);
}

/** @param {number} pointer @returns {number} */
export function lengthOf(pointer) {
  const length = lengthAt(pointer);
  return length < 0 ? throwKept() : length;
}

/** @param {number} pointer */
function lengthAt(pointer) {
  try {
    return wf.wf_py_length(pointer);
  } catch (error) {
    return crash(error);
  }
}

// ---- iteration ----

/** Releases Python iterators that JavaScript left before their end. @type {FinalizationRegistry<number>} */
const abandoned = new FinalizationRegistry((iterator) => {
  if (connected) wf.wf_release(iterator);
});

/** The items of an iterable. @param {number} pointer @returns {Generator<any, void, void>} */
export function iterate(pointer) {
  const iterator = guard(() => wf.wf_py_iter(pointer)) >>> 0 || throwKept();
  const token = {};
  const items = itemsOf(iterator, token);
  abandoned.register(items, iterator, token);
  return items;
}

/** @param {number} iterator a reference, owned from the first request for an item on @param {object} token in abandoned */
function* itemsOf(iterator, token) {
  try {
    for (;;) {
      const base = reserve(1);
      let value;
      try {
        if (nextAt(iterator, base) === END) return;
        value = decode(base);
      } finally {
        unreserve(base);
      }
      yield value;
    }
  } finally {
    abandoned.unregister(token);
    wf.wf_release(iterator);
  }
}

/** @param {number} iterator @param {number} base */
function nextAt(iterator, base) {
  try {
    return wf.wf_py_next(iterator, base);
  } catch (error) {
    return crash(error);
  }
}

/** @param {number} pointer of an iterator @param {any} value @returns {IteratorResult<any, any>} */
export function send(pointer, value) {
  return operate([value], (base) => wf.wf_py_send(pointer, base), (_, base) => {
    if (u8.length === 0) refresh();
    const done = u32[(base + VALUE_SIZE) >>> 2] === END;
    return { done, value: decode(base) };
  });
}

// ---- descriptions ----

/** @param {number} pointer @returns {string} */
export function str(pointer) {
  return operate([], (base) => wf.wf_py_str(pointer, base), result);
}

/** @param {number} pointer @returns {string} */
export function typeName(pointer) {
  return operate([], (base) => wf.wf_py_type_name(pointer, base), result);
}

/** Describe the object for an error message. @param {number} pointer @returns {string} */
export function describe(pointer) {
  const what = `The object was of type "${typeName(pointer)}" and`;
  try {
    return `${what} had repr "${operate([], (base) => wf.wf_py_repr(pointer, base), result)}"`;
  } catch {
    return `${what} an error was raised when trying to generate its repr`;
  }
}
