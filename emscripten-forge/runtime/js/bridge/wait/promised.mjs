// PyProxies that promises are settled with. As with what a call returns at once, Python gets the object itself and
// the proxy is destroyed: when neither a JsProxy that a call gave to Python nor a wait of Python's needs it any more.

import { held, release } from "../wire/handles.mjs";
import { stateOf } from "../wire/pyproxy-state.mjs";
import { endLoan, isPyProxy, keepLoan } from "../pyobject/pyproxy.mjs";

/** A promise that a call from Python has returned. */
class Promised {
  /** Of the JsProxies that Python got from calls. @type {Set<number>} */
  handles = new Set();
  /** How many waits of Python's did not get the outcome yet. */
  waits = 0;
  /** @type {any} the PyProxy that it is settled with */
  proxy = undefined;

  /** @param {any} outcome */
  settle(outcome) {
    if (isPyProxy(outcome) && !stateOf(outcome)?.roundtrip) this.proxy = outcome;
    this.endIfUnused();
  }

  endIfUnused() {
    if (this.proxy !== undefined && this.waits === 0 && this.handles.size === 0) endLoan([this.proxy]);
  }
}

/** @type {WeakMap<object, Promised>} */
const promised = new WeakMap();

/**
 * A call from Python has returned a promise.
 * @param {object} promise
 * @param {number} handle of the JsProxy that Python gets
 * @param {any[]} lent PyProxies of the arguments, to be destroyed when it is settled
 */
export function promiseReturned(promise, handle, lent) {
  const entry = promised.get(promise) ?? new Promised();
  promised.set(promise, entry);
  entry.handles.add(handle);
  if (lent.length === 0) return;
  keepLoan(lent);
  const settle = (/** @type {any} */ outcome) => {
    const shared = isPyProxy(outcome) ? stateOf(outcome)?.shared : undefined;
    endLoan(lent.filter((proxy) => stateOf(proxy)?.shared !== shared));
    entry.settle(outcome);
  };
  Promise.resolve(promise).then(settle, settle);
}

/** Python waits for a promise: it gets the outcome before outcomeTaken is called. @param {object} promise */
export function outcomeWanted(promise) {
  const entry = promised.get(promise);
  if (entry !== undefined) entry.waits++;
}

/** Python has got the outcome of a promise, or does not want it any more. @param {object} promise @param {any} [outcome] */
export function outcomeTaken(promise, outcome) {
  const entry = promised.get(promise);
  if (entry === undefined) return;
  entry.waits--;
  entry.settle(outcome);
}

export const imports = {
  /** Release the handle of something that can be awaited. @param {number} handle */
  js_release_promise: (handle) => {
    const entry = promised.get(held(handle));
    release(handle);
    if (entry?.handles.delete(handle)) entry.endIfUnused();
  },
};
