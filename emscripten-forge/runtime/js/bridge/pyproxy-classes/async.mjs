// Mixins for PyProxies of asynchronous objects: awaitables get then(), asynchronous iterators and generators get
// JavaScript's protocol.

import { promiseOf } from "../wait/promise.mjs";
import { STATE } from "../wire/pyproxy-state.mjs";
import { callFunction } from "../pyobject/operations.mjs";

/**
 * The promise of an awaitable. It is awaited only once, since a coroutine cannot be awaited again.
 * @param {any} proxy
 * @returns {Promise<any>}
 */
function promiseFor(proxy) {
  const { shared } = proxy[STATE];
  return (shared.promise ??= promiseOf(shared.alive));
}

export class Awaitable {
  /** @param {((value: any) => any) | null} [onFulfilled] @param {((error: any) => any) | null} [onRejected] */
  then(onFulfilled, onRejected) {
    return promiseFor(this).then(onFulfilled, onRejected);
  }

  /** @param {((error: any) => any) | null} [onRejected] */
  catch(onRejected) {
    return promiseFor(this).catch(onRejected);
  }

  /** @param {(() => void) | null} [onFinally] */
  finally(onFinally) {
    return promiseFor(this).finally(onFinally);
  }
}

/**
 * Make a step of an iterator: a Python function returns the awaitable of the step.
 * @param {string} name of a function in _wasmforge_proxy
 * @param {any[]} args
 * @returns {Promise<IteratorResult<any, any>>}
 */
async function step(name, ...args) {
  const awaitable = callFunction("_wasmforge_proxy", name, ...args);
  try {
    return { done: false, value: await awaitable };
  } catch (error) {
    if (/** @type {any} */ (error)?.type !== "StopAsyncIteration") throw error;
    return { done: true, value: undefined };
  } finally {
    awaitable.destroy();
  }
}

export class AsyncIterable {
  [Symbol.asyncIterator]() {
    return asyncIterate(callFunction("builtins", "aiter", this));
  }
}

/** Yield the items of an asynchronous iterator, and release it after the last one. @param {any} iterator */
async function* asyncIterate(iterator) {
  try {
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  } finally {
    iterator.destroy();
  }
}

export class AsyncIterator {
  [Symbol.asyncIterator]() {
    return this;
  }

  /** @param {any} [value] result of the generator's yield */
  next(value) {
    return step("async_next", this, value);
  }
}

export class AsyncGenerator {
  /** Raise an error at the generator's yield. @param {any} error */
  throw(error) {
    return step("async_throw", this, error);
  }

  /** End the generator; it may yield another value instead. @param {any} [value] */
  async return(value) {
    try {
      return await step("async_return", this);
    } catch (error) {
      if (/** @type {any} */ (error)?.type !== "GeneratorExit") throw error;
      return { done: true, value };
    }
  }
}
