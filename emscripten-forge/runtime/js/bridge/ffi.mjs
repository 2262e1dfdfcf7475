// Classes for `instanceof`, by protocol: what the public object `ffi` has.

import { PyBufferView } from "./buffers/arrays.mjs";
import {
  ASYNC_GENERATOR, ASYNC_ITERABLE, ASYNC_ITERATOR, AWAITABLE, BUFFER, CALLABLE, DICT, GENERATOR, HAS_CONTAINS, HAS_GET, HAS_LENGTH,
  HAS_SET, ITERABLE, ITERATOR, MUTABLE_SEQUENCE, SEQUENCE, stateOf,
} from "./wire/protocols.mjs";
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
  PyProxyWithLength: HAS_LENGTH,
  PyProxyWithGet: HAS_GET,
  PyProxyWithSet: HAS_SET,
  PyProxyWithHas: HAS_CONTAINS,
  PyDict: DICT,
  PyCallable: CALLABLE,
  PySequence: SEQUENCE,
  PyMutableSequence: MUTABLE_SEQUENCE,
  PyIterable: ITERABLE | ITERATOR,
  PyIterator: ITERATOR,
  PyGenerator: GENERATOR,
  PyAwaitable: AWAITABLE,
  PyAsyncIterable: ASYNC_ITERABLE | ASYNC_ITERATOR,
  PyAsyncIterator: ASYNC_ITERATOR,
  PyAsyncGenerator: ASYNC_GENERATOR,
  PyBuffer: BUFFER,
};

export const classes = {
  PyProxy,
  PyBufferView,
  ...Object.fromEntries(Object.entries(PROTOCOLS).map(([name, flags]) => [name, protocolClass(name, flags)])),
};
