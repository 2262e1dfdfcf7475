/* Deep conversion of Python objects to JavaScript. */
#ifndef WASMFORGE_TO_JS_H
#define WASMFORGE_TO_JS_H

#include <Python.h>

/* pyodide.ffi.to_js(obj, /, *, depth, pyproxies, create_pyproxies, dict_converter, default_converter,
   eager_converter), for a module's method table: METH_VARARGS | METH_KEYWORDS. */
PyObject *wf_to_js(PyObject *module, PyObject *args, PyObject *kwargs);

#endif
