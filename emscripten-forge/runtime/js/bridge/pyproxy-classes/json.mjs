// asJsJson: a view of a dict or a sequence that looks like a result of JSON.parse. Nothing is copied.

import { PY_DICT, PY_JSON_VIEW, PY_SEQUENCE } from "../wire/constants.mjs";
import { handlers } from "./proxy-handlers.mjs";
import { STATE, stateOf } from "../wire/pyproxy-state.mjs";
import { wrap } from "../pyobject/pyproxy.mjs";
import { deleteItem, getItem, iterate, setItem } from "../pyobject/operations.mjs";

export class JsonMethods {
  /** A proxy of the same object whose properties are its items, at any depth. It shares this one's lifetime. */
  asJsJson() {
    const { shared } = /** @type {any} */ (this)[STATE];
    return wrap(shared, 0, { flags: shared.flags | PY_JSON_VIEW });
  }
}

/**
 * An item, as a view if it is a container. A view is made once and destroyed with its owner.
 * @param {import("../pyobject/pyproxy.mjs").Shared} owner
 * @param {string} key
 * @param {any} item
 * @returns {any}
 */
function view(owner, key, item) {
  if (typeof item !== "object" || item === null) return item;
  const shared = stateOf(item)?.shared;
  if (!shared || !(shared.flags & (PY_DICT | PY_SEQUENCE))) return item;
  const name = `\0${key}`; // apart from attributes
  const cached = owner.cache?.get(name);
  if (cached?.source === shared.ptr && cached.proxy[STATE].shared.ptr !== 0) {
    item.destroy();
    return cached.proxy;
  }
  const proxy = item.asJsJson();
  (owner.cache ??= new Map()).set(name, { proxy, source: shared.ptr });
  return proxy;
}

/** The members of a dict's view. Any other name is an item. */
const DICT_MEMBERS = new Set(["copy", "constructor", "destroy", "toString"]);

/** @param {any} target */
function isDict(target) {
  return (target[STATE].shared.flags & PY_DICT) !== 0;
}

/** @param {any} target @param {string | symbol} key @returns {key is string} */
function isItem(target, key) {
  return typeof key === "string" && isDict(target) && !DICT_MEMBERS.has(key);
}

/** @type {ProxyHandler<any>} */
export const jsonHandlers = {
  ...handlers,

  get(target, key, receiver) {
    const { shared } = target[STATE];
    if (isItem(target, key)) return view(shared, key, getItem(shared.alive, key));
    if (isDict(target)) return target[key];
    if (key === Symbol.iterator) return () => viewAll(shared);
    const value = handlers.get?.(target, key, receiver);
    return typeof key === "string" ? view(shared, key, value) : value;
  },

  has(target, key) {
    return isItem(target, key) ? getItem(target[STATE].shared.alive, key) !== undefined : handlers.has?.(target, key) ?? false;
  },

  set(target, key, value, receiver) {
    if (!isItem(target, key)) return handlers.set?.(target, key, value, receiver) ?? false;
    setItem(target[STATE].shared.alive, key, value);
    return true;
  },

  deleteProperty(target, key) {
    if (!isItem(target, key)) return handlers.deleteProperty?.(target, key) ?? false;
    deleteItem(target[STATE].shared.alive, key);
    return true;
  },

  ownKeys(target) {
    if (isDict(target)) return Array.from(iterate(target[STATE].shared.alive), String);
    return handlers.ownKeys?.(target) ?? [];
  },

  getOwnPropertyDescriptor(target, key) {
    if (!isItem(target, key)) return handlers.getOwnPropertyDescriptor?.(target, key);
    const { shared } = target[STATE];
    const value = view(shared, key, getItem(shared.alive, key));
    return value === undefined ? undefined : { value, writable: true, enumerable: true, configurable: true };
  },
};

/** The items of a sequence. @param {import("../pyobject/pyproxy.mjs").Shared} shared */
function* viewAll(shared) {
  let index = 0;
  for (const item of iterate(shared.alive)) yield view(shared, String(index++), item);
}
