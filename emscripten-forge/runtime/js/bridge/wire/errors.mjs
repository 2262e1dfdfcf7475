// Errors that cross between JavaScript and Python, and the end of an interpreter.

import { disconnect, wf } from "./memory.mjs";
import { readString } from "./strings.mjs";
import { encodeJsObject, ERROR, writeBorrowed } from "./values.mjs";

/** @type {typeof import("../../errors.mjs").PythonError} */
export let PythonError;
/** @type {typeof import("../../errors.mjs").PythonCrash} */
let PythonCrash;
/** @type {typeof import("../../errors.mjs").Exit} */
let Exit;

/** The classes that the bundle's users know. @param {typeof import("../../errors.mjs")} classes */
export function useErrors(classes) {
  ({ PythonError, PythonCrash, Exit } = classes);
}

/** @type {unknown} what C has given us to throw once it has returned */
let kept;

/** Throw the exception that a function of C has reported. @returns {never} */
export function throwKept() {
  const error = kept;
  kept = undefined;
  throw error;
}

/** Whether the error says that there is no interpreter any more. @param {unknown} error */
function isEnd(error) {
  return error instanceof PythonCrash || error instanceof Exit;
}

/**
 * Whatever escapes from a call into C leaves the interpreter in an unknown state: it is not called again.
 * @param {unknown} error
 * @returns {never}
 */
export function crash(error) {
  if (isEnd(error)) throw error;
  const thrown = /** @type {any} */ (error);
  const end = thrown?.name === "ExitStatus" ? new Exit(thrown) : new PythonCrash(error);
  disconnect(end);
  throw end;
}

/** @type {WeakMap<object, number>} PythonError -> the exception's number in core/errors.c */
const numbers = new WeakMap();

/**
 * Give C what JavaScript has thrown.
 * @param {any} error
 * @param {number} at address
 * @returns {number} ERROR
 */
export function encodeError(error, at) {
  if (isEnd(error)) throw error; // through C, to whoever called it first
  const number = error instanceof PythonError ? numbers.get(error) : undefined;
  if (number !== undefined && wf.wf_has_error(number)) writeBorrowed(ERROR, number, at);
  else encodeJsObject(error, at, ERROR);
  return ERROR;
}

export const imports = {
  /**
   * A Python exception to throw.
   * @param {number} number the exception's, by which it is raised again
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
