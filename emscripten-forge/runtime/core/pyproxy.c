/* What every PyProxy can do: its protocols, attributes, calls. */
#include "pyproxy.h"

#include "core.h"

#include "suspend.h"

#include <emscripten.h>

uint32_t
wf_pyproxy_flags(PyObject *value)
{
    return PyCallable_Check(value) ? WF_PY_CALLABLE : 0;
}

/* Call an object with the count values at args; the last of them are named by the names, a tuple or NULL.
   Returns the tag of the result, which is args[0]. */
EMSCRIPTEN_KEEPALIVE int
wf_py_call(PyObject *callable, wf_value *args, Py_ssize_t count, PyObject *names)
{
    enum { FEW = 8 };
    PyObject *few[FEW + 1];
    PyObject **values = few;
    PyObject *result = NULL;
    Py_ssize_t ready = 0;
    wf_stack *suspendable = wf_stack_fix(); /* the JavaScript that calls us is not */
    if (count > FEW) {
        values = PyMem_New(PyObject *, count + 1);
        if (values == NULL) {
            PyErr_NoMemory();
            wf_discard(args, count);
            goto done;
        }
    }
    values[0] = NULL; /* the callee may put self there */
    for (; ready < count; ready++) {
        values[ready + 1] = wf_from_wire(&args[ready]);
        if (values[ready + 1] == NULL) {
            wf_discard(&args[ready + 1], count - ready - 1);
            goto done;
        }
    }
    if (Py_EnterRecursiveCall(" in a call from JavaScript") == 0) {
        size_t positional = count - (names == NULL ? 0 : PyTuple_GET_SIZE(names));
        result = PyObject_Vectorcall(callable, values + 1, positional | PY_VECTORCALL_ARGUMENTS_OFFSET, names);
        Py_LeaveRecursiveCall();
    }
done:
    wf_stack_running = suspendable;
    while (ready > 0) {
        Py_DECREF(values[ready--]);
    }
    if (values != few) {
        PyMem_Free(values);
    }
    return wf_return(result, args);
}

/* An attribute, whose name is a str that JavaScript holds; returns the tag of *result. */
EMSCRIPTEN_KEEPALIVE int
wf_py_getattr(PyObject *object, PyObject *name, wf_value *result)
{
    return wf_return(PyObject_GetAttr(object, name), result);
}
