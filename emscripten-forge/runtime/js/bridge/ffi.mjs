// The public object `ffi`: a class for `instanceof` for each protocol.

import {
  PY_ASYNC_GENERATOR, PY_ASYNC_ITERABLE, PY_ASYNC_ITERATOR, PY_AWAITABLE, PY_BUFFER, PY_CALLABLE, PY_DICT,
  PY_GENERATOR, PY_HAS_CONTAINS, PY_HAS_GET, PY_HAS_LENGTH, PY_HAS_SET, PY_ITERABLE, PY_ITERATOR, PY_MUTABLE_SEQUENCE,
  PY_SEQUENCE,
} from "./wire/constants.mjs";
import { PyBufferView } from "./buffers/arrays.mjs";
import { stateOf } from "./wire/pyproxy-state.mjs";
import { PyProxy } from "./pyobject/pyproxy.mjs";

/** A class whose instances are the proxies with one of these protocols. @param {string} name @param {number} flags */
function protocolClass(name, flags) {
  return {
    [name]: class {
      /** @param {any} value */
      static [Symbol.hasInstance](value) {
        if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
        return ((stateOf(value)?.shared.flags ?? 0) & flags) !== 0;
      }
    },
  }[name];
}

/**
 * Class -> the protocols of which its instances have one.
 * @type {Record<Exclude<keyof import("../types/ffi.mjs").FFI, "PyProxy" | "PyBufferView" | "PythonError">, number>}
 */
const PROTOCOLS = {
  PyProxyWithLength: PY_HAS_LENGTH,
  PyProxyWithGet: PY_HAS_GET,
  PyProxyWithSet: PY_HAS_SET,
  PyProxyWithHas: PY_HAS_CONTAINS,
  PyDict: PY_DICT,
  PyCallable: PY_CALLABLE,
  PySequence: PY_SEQUENCE,
  PyMutableSequence: PY_MUTABLE_SEQUENCE,
  PyIterable: PY_ITERABLE | PY_ITERATOR,
  PyIterator: PY_ITERATOR,
  PyGenerator: PY_GENERATOR,
  PyAwaitable: PY_AWAITABLE,
  PyAsyncIterable: PY_ASYNC_ITERABLE | PY_ASYNC_ITERATOR,
  PyAsyncIterator: PY_ASYNC_ITERATOR,
  PyAsyncGenerator: PY_ASYNC_GENERATOR,
  PyBuffer: PY_BUFFER,
};

export const classes = {
  PyProxy,
  PyBufferView,
  ...Object.fromEntries(Object.entries(PROTOCOLS).map(([name, flags]) => [name, protocolClass(name, flags)])),
};
