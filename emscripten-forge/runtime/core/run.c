/* Running code for JavaScript. What can be Python is in py/_wasmforge.py. */
#include "core.h"

#include <emscripten.h>

PyObject *
wf_call_helper(const char *name, PyObject *args)
{
    PyObject *result = NULL;
    PyObject *module = args == NULL ? NULL : PyImport_ImportModule("_wasmforge");
    PyObject *function = module == NULL ? NULL : PyObject_GetAttrString(module, name);
    if (function != NULL) {
        result = PyObject_CallObject(function, args);
    }
    Py_XDECREF(function);
    Py_XDECREF(module);
    Py_XDECREF(args);
    return result;
}

/* Import a module, whose name is *value, which becomes the module; returns its tag. */
EMSCRIPTEN_KEEPALIVE int
wf_import(wf_value *value)
{
    PyObject *result = NULL;
    PyObject *name = wf_from_wire(value);
    if (name != NULL) {
        PyObject *ignored = PyImport_Import(name);
        result = ignored == NULL ? NULL : PyImport_GetModule(name);
        Py_XDECREF(ignored);
        Py_DECREF(name);
    }
    return wf_return(result, value);
}

/* Handle a signal that waits in the interrupt buffer. Returns -1 with its exception kept for JavaScript. */
EMSCRIPTEN_KEEPALIVE int
wf_check_interrupt(void)
{
    extern void _Py_CheckEmscriptenSignals(void);
    _Py_CheckEmscriptenSignals();
    int status = PyErr_CheckSignals();
    if (status < 0) {
        wf_raise_to_js();
    }
    return status;
}
