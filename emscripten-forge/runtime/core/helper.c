/* Calls into py/_wasmforge.py, where what can be Python is. */
#include "core.h"

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
