/* Calls from JavaScript that may wait, and Python's awaitables as promises. */
#include "core.h"
#include "pyproxy.h"
#include "suspend.h"
#include "value.h"

#include <emscripten.h>

/* Settle a promise of JavaScript's. Takes resolver. */
WF_IMPORT(js_settle) void js_settle(int resolver, wf_value *outcome);

/* Fulfil with value, stolen, or reject with the current exception if NULL. Not inlined: has a variable in memory. */
static __attribute__((noinline)) void
settle(int resolver, PyObject *value)
{
    wf_value outcome;
    wf_return(value, &outcome);
    js_settle(resolver, &outcome);
}

/* A call that will run on its own stack. */
typedef struct {
    PyObject *callable, *names;
    Py_ssize_t count;
    int resolver;
    PyObject *values[]; /* the callee uses values[0] */
} call;

/* Take the arguments from JavaScript's memory. Return NULL with an exception set if one cannot be converted. */
static call *
new_call(PyObject *callable, const wf_value *args, Py_ssize_t count, PyObject *names, int resolver)
{
    call *self = PyMem_Malloc(sizeof(call) + (count + 1) * sizeof(PyObject *));
    if (self == NULL) {
        PyErr_NoMemory();
        wf_discard(args, count);
        return NULL;
    }
    *self = (call){Py_NewRef(callable), Py_XNewRef(names), 0, resolver};
    for (; self->count < count; self->count++) {
        PyObject *value = wf_from_wire(&args[self->count]);
        if (value == NULL) {
            wf_discard(&args[self->count + 1], count - self->count - 1);
            break;
        }
        self->values[self->count + 1] = value;
    }
    return self;
}

static void
free_call(call *self)
{
    while (self->count > 0) {
        Py_DECREF(self->values[self->count--]);
    }
    Py_DECREF(self->callable);
    Py_XDECREF(self->names);
    PyMem_Free(self);
}

/* Settle the promise when the awaitable is done. Steals the awaitable. */
static void
settle_later(int resolver, PyObject *awaitable)
{
    int before = wf_shield(1); /* or an interrupted settle() might settle it as well */
    PyObject *module = PyImport_ImportModule("pyodide.webloop");
    PyObject *done = module == NULL ? NULL : PyObject_CallMethod(module, "settle", "Oi", awaitable, resolver);
    wf_shield(before);
    Py_DECREF(awaitable);
    Py_XDECREF(module);
    if (done == NULL) {
        settle(resolver, NULL);
    }
    Py_XDECREF(done);
}

/* Make the call, settle its promise and free it. */
static void
run_call(void *argument)
{
    call *self = argument;
    PyObject *result = NULL;
    if (!PyErr_Occurred()) {
        size_t positional = self->count - (self->names == NULL ? 0 : PyTuple_GET_SIZE(self->names));
        result = PyObject_Vectorcall(self->callable, self->values + 1, positional | PY_VECTORCALL_ARGUMENTS_OFFSET,
                                     self->names);
    }
    if (result != NULL && Py_TYPE(result)->tp_as_async != NULL && Py_TYPE(result)->tp_as_async->am_await != NULL) {
        settle_later(self->resolver, result);
    }
    else {
        settle(self->resolver, result);
    }
    free_call(self);
}

/* Call an object as wf_py_call does, but for a promise: pass its result, awaited if awaitable, to js_settle.
   suspendable: whether a promising export called this function. */
EMSCRIPTEN_KEEPALIVE void
wf_py_call_promise(PyObject *callable, wf_value *args, Py_ssize_t count, PyObject *names, int resolver, int suspendable)
{
    call *self = new_call(callable, args, count, names, resolver);
    if (self == NULL) {
        settle(resolver, NULL);
    }
    else if (!suspendable || PyErr_Occurred() || wf_stack_enter(run_call, self) < 0) {
        run_call(self);
    }
}

/* Settle a promise when the awaitable is done. */
EMSCRIPTEN_KEEPALIVE void
wf_py_await(PyObject *awaitable, int resolver)
{
    settle_later(resolver, Py_NewRef(awaitable));
}

PyObject *
wf_settle(int resolver, PyObject *value, PyObject *error)
{
    if (error != NULL) {
        PyErr_SetRaisedException(Py_NewRef(error));
        value = NULL;
    }
    settle(resolver, Py_XNewRef(value));
    Py_RETURN_NONE;
}
