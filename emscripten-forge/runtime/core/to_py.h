/* Deep conversion of JavaScript objects to Python. */
#ifndef WASMFORGE_TO_PY_H
#define WASMFORGE_TO_PY_H

#include <Python.h>

/* Tags besides wf_tag in a row that js/bridge/convert/to-py.mjs writes. */
enum {
    WF_ROW_LIST = 32,   /* this many items follow; aux of this and the next two: the container's number */
    WF_ROW_DICT = 33,   /* this many keys, each with its value */
    WF_ROW_SET = 34,    /* this many items */
    WF_ROW_SEEN = 35,   /* the container with the number aux */
    WF_ROW_TEXT = 36,   /* this many characters follow, in whole values; aux: bytes of each */
    WF_ROW_BUFFER = 37, /* a WF_JSOBJECT follows; copy its memory */
};

/* pyodide.ffi.ConversionError. */
extern PyObject *wf_conversion_error;

/* JsProxy.to_py(*, depth, default_converter). */
PyObject *wf_jsproxy_to_py(PyObject *self, PyObject *args, PyObject *kwargs);

/* kind_of(object) of _pyodide_core: the result of kindOf of js/bridge/convert/to-py.mjs for a JsProxy, else None. */
PyObject *wf_jsproxy_kind(PyObject *module, PyObject *object);

#endif
