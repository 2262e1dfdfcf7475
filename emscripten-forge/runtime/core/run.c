/* JavaScript's request to import a module. */
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
