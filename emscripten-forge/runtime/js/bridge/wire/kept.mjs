// Python exceptions that wait to be thrown in JavaScript, and the end of an interpreter.

import { disconnect } from "./memory.mjs";
import { readString } from "./strings.mjs";

/** @type {typeof import("../../errors.mjs").PythonError} */
let PythonError;
/** @type {typeof import("../../errors.mjs").PythonCrash} */
let PythonCrash;
/** @type {typeof import("../../errors.mjs").Exit} */
let Exit;

/** Use the error classes that the bundle exports. @param {typeof import("../../errors.mjs")} classes */
export function useErrors(classes) {
  ({ PythonError, PythonCrash, Exit } = classes);
}

/** @type {unknown} the exception that C has given us to throw once it has returned */
let kept;

/** Throw the exception that a function of C has reported. @returns {never} */
export function throwKept() {
  const error = kept;
  kept = undefined;
  throw error;
}

/** @type {unknown} the error that says that this interpreter has ended */
let end;

/** Whether the error says that the interpreter has ended. @param {unknown} error any value: no code of it may run */
export function isEnd(error) {
  return end !== undefined && error === end;
}

/**
 * End the interpreter: an error that escapes from C leaves it in an unknown state.
 * @param {unknown} error
 * @returns {never}
 */
export function crash(error) {
  if (isEnd(error)) throw error;
  end = endOf(/** @type {any} */ (error));
  disconnect(end);
  throw end;
}

/** @param {any} error any value @returns {InstanceType<typeof Exit> | InstanceType<typeof PythonCrash>} */
function endOf(error) {
  try {
    return error?.name === "ExitStatus" ? new Exit(error) : new PythonCrash(error);
  } catch {
    return new PythonCrash("something that cannot be described was thrown");
  }
}

/** @type {WeakMap<object, number>} PythonError -> the number of the exception in core/errors.c */
const numbers = new WeakMap();

/** The number of the Python exception behind an error; undefined if JavaScript made the error. @param {unknown} error */
export function numberOf(error) {
  return numbers.get(/** @type {any} */ (error));
}

export const imports = {
  /**
   * Keep a Python exception to throw.
   * @param {number} number identifies the exception in C, which raises it again by this number
   */
  js_keep_error: (
    /** @type {number} */ typeKind, /** @type {number} */ type, /** @type {number} */ typeLength,
    /** @type {number} */ kind, /** @type {number} */ message, /** @type {number} */ length, /** @type {number} */ number,
  ) => {
    const error = new PythonError(readString(typeKind, type >>> 0, typeLength), readString(kind, message >>> 0, length));
    numbers.set(error, number);
    kept = error;
  },
};
