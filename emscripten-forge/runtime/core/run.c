/* What JavaScript asks of the interpreter: importing a module, handling a signal. */
#include "core.h"

#include <emscripten.h>

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
