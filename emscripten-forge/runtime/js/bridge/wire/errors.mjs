// Errors that JavaScript throws to Python.

import { ERROR } from "./constants.mjs";
import { isEnd, numberOf } from "./kept.mjs";
import { wf } from "./memory.mjs";
import { encodeJsObject, writeBorrowed } from "./values.mjs";

/**
 * Write for C what JavaScript has thrown.
 * @param {any} error
 * @param {number} at address
 * @returns {number} ERROR
 * @throws the error itself if the interpreter has ended: it passes through C to the first caller
 */
export function encodeError(error, at) {
  if (isEnd(error)) throw error;
  const number = numberOf(error);
  if (number !== undefined && wf.wf_has_error(number)) writeBorrowed(ERROR, number, at);
  else encodeJsObject(error, at, ERROR);
  return ERROR;
}
