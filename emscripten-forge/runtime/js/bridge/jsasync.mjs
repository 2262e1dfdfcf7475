// What is asynchronous in JavaScript objects, for core/jsproxy_async.c.

import { crash, encodeError } from "./errors.mjs";
import { held } from "./handles.mjs";
import { wf } from "./memory.mjs";
import { looking } from "./operations.mjs";
import { callPromise } from "./promise.mjs";
import { encode, encodeResult, reserve, unreserve } from "./values.mjs";

/**
 * @param {Promise<any>} promise
 * @param {number} onFulfilled a reference to a Python function, or 0
 * @param {number} onRejected likewise
 */
function then(promise, onFulfilled, onRejected) {
  const release = () => {
    if (onFulfilled) wf.wf_release(onFulfilled);
    if (onRejected) wf.wf_release(onRejected);
  };
  return promise.then(
    (value) => {
      const result = onFulfilled ? callPromise(onFulfilled, [value]) : value;
      release();
      return result;
    },
    (error) => {
      const result = onRejected ? callPromise(onRejected, [error]) : Promise.reject(error);
      release();
      return result;
    },
  );
}

/** @param {Promise<any>} promise @param {number} onFinally a reference, taken */
function thenFinally(promise, onFinally) {
  return promise.finally(() => {
    const result = callPromise(onFinally, []);
    wf.wf_release(onFinally);
    return result;
  });
}

/**
 * Give a Python future the outcome of a promise.
 * @param {number} future a reference, taken
 * @param {any} outcome
 * @param {(outcome: any, at: number) => void} write encode or encodeError
 */
function finish(future, outcome, write) {
  const at = reserve(1);
  try {
    write(outcome, at);
    wf.wf_future_done(future, at);
  } catch (error) {
    crash(error);
  } finally {
    unreserve(at);
  }
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
    const settled = Promise.resolve(held(promise)); // it may have no more than then()
    if (onFinally) wf.wf_release(onRejected);
    encodeResult(onFinally ? thenFinally(settled, onFulfilled) : then(settled, onFulfilled, onRejected), out);
  },

  /** @param {number} promise @param {number} future */
  js_watch: (promise, future) => {
    Promise.resolve(held(promise)).then((value) => finish(future, value, encode), (error) => finish(future, error, encodeError));
  },

  js_async_iterator: looking((object) => object[Symbol.asyncIterator]()),
  js_async_dispose: looking(async (object) => void (await object[Symbol.asyncDispose]())),
};
