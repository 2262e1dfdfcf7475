// Calls into Python that may wait, and Python's awaitables as promises.

import { crash } from "../wire/kept.mjs";
import { hold, take } from "../wire/handles.mjs";
import { wf } from "../wire/memory.mjs";
import { callSuspendable, canSuspend } from "./suspend.mjs";
import { decode, encodeAll, reserve, unreserve } from "../wire/values.mjs";

/** @typedef {{resolve: (value: any) => void, reject: (error: any) => void}} Resolver */

/**
 * Call a Python object. It can wait for promises if this engine can suspend WebAssembly.
 * @param {number} pointer
 * @param {any[]} args
 * @param {number} [names] a tuple with the names of the last arguments
 * @returns {Promise<any>} the result; if that is an awaitable, the result of awaiting it
 */
export function callPromise(pointer, args, names = 0) {
  return new Promise((resolve, reject) => {
    const base = reserve(args.length || 1);
    encodeAll(args, base);
    const suspendable = canSuspend();
    const call = [pointer, base, args.length, names, hold({ resolve, reject }), Number(suspendable)];
    try {
      if (suspendable) callSuspendable("wf_py_call_promise", ...call).catch(crash).catch(reject);
      else callNow(call);
    } finally {
      unreserve(base); // C reads the arguments before it waits for anything
    }
  });
}

/** @param {number[]} call */
function callNow(call) {
  try {
    wf.wf_py_call_promise(...call);
  } catch (error) {
    crash(error);
  }
}

/** The outcome of a Python awaitable. @param {number} pointer @returns {Promise<any>} */
export function promiseOf(pointer) {
  return new Promise((resolve, reject) => {
    try {
      wf.wf_py_await(pointer, hold({ resolve, reject }));
    } catch (error) {
      crash(error);
    }
  });
}

export const imports = {
  /** @param {number} resolver a handle, which is taken @param {number} outcome the address of a value */
  js_settle: (resolver, outcome) => {
    /** @type {Resolver} */
    const { resolve, reject } = take(resolver);
    let value;
    try {
      value = decode(outcome);
    } catch (error) {
      reject(error);
      return;
    }
    resolve(value);
  },
};
