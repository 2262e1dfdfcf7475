// The mixin for callable PyProxies.

import { callPromise } from "../wait/promise.mjs";
import { call, callKeywords, importModule, withNames } from "../pyobject/operations.mjs";
import { STATE } from "../wire/pyproxy-state.mjs";
import { wrap } from "../pyobject/pyproxy.mjs";
import { checkSuspension } from "../wait/suspend.mjs";

/** @typedef {import("../wire/pyproxy-state.mjs").State} State */

/**
 * Make the function behind a callable proxy. It is a method, since methods have no `prototype`.
 * @returns {any}
 */
export function makeFunction() {
  const { target } = {
    /** @this {any} @param {any[]} args @returns {any} */
    target(...args) {
      /** @type {State} */
      const state = /** @type {any} */ (target)[STATE];
      return call(state.shared.alive, state.captureThis || state.bound ? withBound(state, this, args) : args);
    },
  };
  return target;
}

/**
 * The arguments that a call passes to Python.
 * @param {State} state
 * @param {any} self `this` of the call
 * @param {any[]} args
 */
function withBound({ captureThis, bound }, self, args) {
  const all = bound ? [...bound.args, ...args] : args;
  return captureThis ? [bound ? bound.self : self, ...all] : all;
}

/** Turns the argument of apply into an array: any array-like. @type {(...args: any[]) => any[]} */
const list = (...args) => args;

/** @param {any[]} args @param {string} name of the method @returns {[any[], any]} */
function splitKeywords(args, name) {
  if (args.length === 0) throw new TypeError(`${name} requires at least one argument (the key word argument object)`);
  const keywords = args[args.length - 1];
  if (Object.getPrototypeOf(keywords ?? 0)?.constructor?.name !== "Object" && Object.getPrototypeOf(keywords ?? 0) !== null) {
    throw new TypeError("kwargs argument is not an object");
  }
  return [args.slice(0, -1), keywords];
}

/** @param {any} proxy @param {any[]} args @param {Record<string, any>} [keywords] */
function relaxed(proxy, args, keywords = {}) {
  const code = importModule("pyodide.code");
  try {
    return code.relaxed_call.callKwargs(proxy, ...args, keywords);
  } finally {
    code.destroy();
  }
}

/** @param {any} proxy @param {any[]} args @param {Record<string, any>} keywords */
async function relaxedPromise(proxy, args, keywords) {
  const code = importModule("pyodide.code");
  try {
    return await code.relaxed_call.callPromisingKwargs(proxy, ...args, keywords);
  } finally {
    code.destroy();
  }
}

export class CallableMethods {
  /** @param {any} self @param {any[]} args */
  call(self, ...args) {
    return this.apply(self, args);
  }

  /** @param {any} self @param {any} [args] */
  apply(self, args) {
    const state = /** @type {any} */ (this)[STATE];
    return call(state.shared.alive, withBound(state, self, Reflect.apply(list, undefined, args ?? [])));
  }

  /** Like Function.prototype.bind. The new proxy shares this one's lifetime. @param {any} self @param {any[]} args */
  bind(self, ...args) {
    const { shared, captureThis, bound } = /** @type {any} */ (this)[STATE];
    const both = bound ? { self: bound.self, args: [...bound.args, ...args] } : { self, args };
    return wrap(shared, 0, { captureThis, bound: both });
  }

  /** A proxy that passes `this` to Python as the first argument. It shares this one's lifetime. */
  captureThis() {
    const { shared, bound } = /** @type {any} */ (this)[STATE];
    return wrap(shared, 0, { captureThis: true, bound });
  }

  /** Call with keyword arguments: the last argument is an object of them. @param {any[]} args */
  callKwargs(...args) {
    const [positional, keywords] = splitKeywords(args, "callKwargs");
    const state = /** @type {any} */ (this)[STATE];
    return callKeywords(state.shared.alive, withBound(state, this, positional), keywords);
  }

  /**
   * Return a promise of the call's result, and let Python wait for promises meanwhile (pyodide.ffi.run_sync).
   * @param {any[]} args
   * @returns {Promise<any>} rejected where the engine cannot suspend WebAssembly
   */
  async callPromising(...args) {
    const state = /** @type {any} */ (this)[STATE];
    checkSuspension();
    return callPromise(state.shared.alive, withBound(state, this, args));
  }

  /** Like callPromising, with keyword arguments: the last argument is an object of them. @param {any[]} args */
  async callPromisingKwargs(...args) {
    const [positional, keywords] = splitKeywords(args, "callPromisingKwargs");
    const state = /** @type {any} */ (this)[STATE];
    checkSuspension();
    return withNames(withBound(state, this, positional), keywords, (all, names) => callPromise(state.shared.alive, all, names));
  }

  /** Call with no more arguments than the function takes. @param {any[]} args */
  callRelaxed(...args) {
    return relaxed(this, args);
  }

  /** @param {any[]} args the last is an object of keyword arguments */
  callKwargsRelaxed(...args) {
    return relaxed(this, ...splitKeywords(args, "callKwargsRelaxed"));
  }

  /** @param {{relaxed?: boolean, kwargs?: boolean, promising?: boolean}} options @param {any[]} args */
  callWithOptions({ relaxed = false, kwargs = false, promising = false }, ...args) {
    if (promising && relaxed) {
      const [positional, keywords] = kwargs ? splitKeywords(args, "callWithOptions") : [args, {}];
      return relaxedPromise(this, positional, keywords);
    }
    const name = `call${promising ? "Promising" : ""}${kwargs ? "Kwargs" : ""}${relaxed ? "Relaxed" : ""}`;
    return name === "call" ? this.apply(undefined, args) : /** @type {any} */ (this)[name](...args);
  }
}
