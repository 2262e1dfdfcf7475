/* Deep conversion of JavaScript objects to Python. */
#ifndef WASMFORGE_TO_PY_H
#define WASMFORGE_TO_PY_H

#include <Python.h>

/* pyodide.ffi.ConversionError. */
extern PyObject *wf_conversion_error;

/* JsProxy.to_py(*, depth, default_converter). */
PyObject *wf_jsproxy_to_py(PyObject *self, PyObject *args, PyObject *kwargs);

/* kind_of(object) of _pyodide_core: what kindOf of js/bridge/to_py.mjs says of a JsProxy, else None. */
PyObject *wf_jsproxy_kind(PyObject *module, PyObject *object);

#endif
