/* JavaScript's requests to the interpreter: import a module, handle a signal. */
#include "core.h"

#include <emscripten.h>

/* Import the module whose name is *value, replace *value by the module and return its tag. */
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

/* Handle a signal from the interrupt buffer. Return -1 with its exception kept for JavaScript on failure. */
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
