/* Calls into py/_wasmforge.py, which has the parts that can be written in Python. */
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
