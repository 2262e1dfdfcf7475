// PyProxies that promises are settled with. As with a direct result of a call, Python gets the object itself and the
// proxy is destroyed: as soon as no JsProxy of the promise and no wait in Python needs it.

import { held, release } from "../wire/handles.mjs";
import { stateOf } from "../wire/pyproxy-state.mjs";
import { endLoan, isPyProxy, keepLoan } from "../pyobject/pyproxy.mjs";

/** A promise that a call from Python returned. */
class Promised {
  /** The handles of the JsProxies that Python got from calls. @type {Set<number>} */
  handles = new Set();
  /** The number of waits in Python that have not got the outcome yet. */
  waits = 0;
  /** @type {any} the PyProxy that the promise is settled with */
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

/**
 * A promise with the outcome of another object that has then(). Promise.resolve would read its constructor, which may throw.
 * @param {any} awaitable
 * @returns {Promise<any>}
 */
export function outcomeOf(awaitable) {
  return new Promise((resolve) => resolve(awaitable));
}

/** @type {WeakMap<object, Promised>} */
const promised = new WeakMap();

/**
 * Register a promise that a call from Python returned.
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
  outcomeOf(promise).then(settle, settle);
}

/** Register that Python waits for a promise. It gets the outcome before outcomeTaken is called. @param {object} promise */
export function outcomeWanted(promise) {
  const entry = promised.get(promise);
  if (entry !== undefined) entry.waits++;
}

/** Register that Python has got the outcome of a promise, or no longer waits for it. @param {object} promise @param {any} [outcome] */
export function outcomeTaken(promise, outcome) {
  const entry = promised.get(promise);
  if (entry === undefined) return;
  entry.waits--;
  entry.settle(outcome);
}

export const imports = {
  /** Release the handle of an awaitable object. @param {number} handle */
  js_release_promise: (handle) => {
    const entry = promised.get(held(handle));
    release(handle);
    if (entry?.handles.delete(handle)) entry.endIfUnused();
  },
};
