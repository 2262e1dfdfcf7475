// Promises, asynchronous iterators and generators of JavaScript: the functions that core/jsproxy_async.c imports.

import { MORE } from "../wire/constants.mjs";
import { encodeError } from "../wire/errors.mjs";
import { held } from "../wire/handles.mjs";
import { endGenerator, finishStep, lendToGenerator } from "./jsproxy.mjs";
import { wf } from "../wire/memory.mjs";
import { guard } from "../pyobject/operations.mjs";
import { looking, METHODS, readSent } from "./operations.mjs";
import { callPromise } from "../wait/promise.mjs";
import { outcomeOf, outcomeTaken, outcomeWanted, promiseReturned } from "../wait/promised.mjs";
import { encode, encodeResult, promiseAt, reserve, unreserve } from "../wire/values.mjs";

/**
 * Chain Python functions to a promise. Without a function for it, an outcome passes through; a PyProxy in it is then left
 * to the garbage collector.
 * @param {Promise<any>} promise
 * @param {number} onFulfilled a reference to a Python function, or 0
 * @param {number} onRejected likewise
 */
function then(promise, onFulfilled, onRejected) {
  const release = () => {
    if (onFulfilled) wf.wf_release(onFulfilled);
    if (onRejected) wf.wf_release(onRejected);
  };
  const call = (/** @type {number} */ handler, /** @type {any} */ outcome) => {
    const result = callPromise(handler, [outcome]);
    outcomeTaken(promise, outcome);
    return result;
  };
  outcomeWanted(promise);
  return outcomeOf(promise).then( // it may have no more than then()
    (value) => {
      const result = onFulfilled ? call(onFulfilled, value) : value;
      release();
      return result;
    },
    (error) => {
      const result = onRejected ? call(onRejected, error) : Promise.reject(error);
      release();
      return result;
    },
  );
}

/** @param {Promise<any>} promise @param {number} onFinally a reference, taken */
function thenFinally(promise, onFinally) {
  outcomeWanted(promise); // which passes through
  return outcomeOf(promise).finally(() => {
    const result = callPromise(onFinally, []);
    wf.wf_release(onFinally);
    return result;
  });
}

/**
 * Settle a Python future.
 * @param {number} future a reference, taken
 * @param {(at: number) => number | void} write writes the outcome; returns the result of finishStep if it is a step's
 */
function finish(future, write) {
  const at = reserve(1);
  try {
    const kind = written(write, at);
    guard(() => wf.wf_future_done(future, kind, at));
  } finally {
    unreserve(at);
  }
}

/** @param {(at: number) => number | void} write @param {number} at */
function written(write, at) {
  try {
    return write(at) ?? MORE;
  } catch (error) {
    encodeError(error, at); // a getter has thrown, or a PyProxy has been destroyed
    return MORE;
  }
}

/** @param {any} object */
function canAwait(object) {
  try {
    return typeof object.then === "function";
  } catch {
    return false;
  }
}

/** @param {any} iterator @param {string} method @param {any} value */
async function stepOf(iterator, method, value) {
  return iterator[method](value);
}

export const imports = {
  /**
   * @param {number} promise
   * @param {number} onFulfilled
   * @param {number} onRejected
   * @param {number} onFinally whether both are the same function, to call when the promise is settled
   * @param {number} out
   */
  js_then: (promise, onFulfilled, onRejected, onFinally, out) => {
    const settled = held(promise);
    if (onFinally) wf.wf_release(onRejected);
    const result = onFinally ? thenFinally(settled, onFulfilled) : then(settled, onFulfilled, onRejected);
    encodeResult(result, out);
    // The result of the Python function is a PyProxy of its own.
    if (onFulfilled && !onFinally) promiseReturned(result, promiseAt(out), []);
  },

  /**
   * @param {number} promise
   * @param {number} future a reference, taken unless this returns 0
   * @returns {number} 0: the object no longer has a then()
   */
  js_watch: (promise, future) => {
    const watched = held(promise);
    if (!canAwait(watched)) return 0;
    outcomeWanted(watched);
    outcomeOf(watched).then(
      (value) => {
        finish(future, (at) => encode(value, at));
        outcomeTaken(watched, value);
      },
      (error) => {
        finish(future, (at) => void encodeError(error, at));
        outcomeTaken(watched, error);
      },
    );
    return 1;
  },

  /**
   * Make a step of an asynchronous iterator, which may keep the value it is sent until it ends.
   * @param {number} handle
   * @param {number} method of METHODS
   * @param {number} value the address of a value, or 0
   * @param {number} future a reference, taken; is settled with the outcome
   */
  js_async_step: (handle, method, value, future) => {
    const iterator = held(handle);
    /** @type {any[]} */
    const lent = [];
    const sent = value ? readSent(value, lent) : undefined;
    if (lent.length > 0) lendToGenerator(iterator, lent);
    stepOf(iterator, METHODS[method], sent).then(
      (result) => finish(future, (at) => finishStep(iterator, result, at)),
      (error) => {
        finish(future, (at) => void encodeError(error, at));
        endGenerator(iterator);
      },
    );
  },

  js_async_iterator: looking((object) => object[Symbol.asyncIterator]()),
  js_async_dispose: looking(async (object) => void (await object[Symbol.asyncDispose]())),
};
