/* JavaScript's operations on Python objects. */
#ifndef WASMFORGE_PYPROXY_H
#define WASMFORGE_PYPROXY_H

#include "value.h"

/* The protocols of a Python object that decide the class of its PyProxy. */
enum {
    WF_PY_CALLABLE = 1 << 0,
    WF_PY_DICT = 1 << 1, /* exactly dict */
    WF_PY_HAS_GET = 1 << 2,
    WF_PY_HAS_SET = 1 << 3,
    WF_PY_HAS_CONTAINS = 1 << 4,
    WF_PY_HAS_LENGTH = 1 << 5,
    WF_PY_ITERABLE = 1 << 6,
    WF_PY_ITERATOR = 1 << 7,
    WF_PY_GENERATOR = 1 << 8,
    WF_PY_AWAITABLE = 1 << 9,
    WF_PY_ASYNC_ITERABLE = 1 << 10,
    WF_PY_ASYNC_ITERATOR = 1 << 11,
    WF_PY_ASYNC_GENERATOR = 1 << 12,
    WF_PY_SEQUENCE = 1 << 13,
    WF_PY_MUTABLE_SEQUENCE = 1 << 14,
    WF_PY_BUFFER = 1 << 15,
    WF_PY_JSON_VIEW = 1 << 16, /* only in JavaScript: the proxy was made by asJsJson */
};

/* Return the protocols that value's type supports. Never fails. */
uint32_t wf_pyproxy_flags(PyObject *value);

/* Make a PyProxy and return a new handle, which the caller owns. Steals a reference to value. flags: the result of
   wf_pyproxy_flags. options: a set of these. */
enum { WF_PYPROXY_NO_FINALIZER = 1, WF_PYPROXY_ROUNDTRIP = 2 };
WF_IMPORT(js_pyproxy_new) int js_pyproxy_new(PyObject *value, uint32_t flags, uint32_t options);

#endif
