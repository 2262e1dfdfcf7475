/* Asynchronous JavaScript objects: promises are awaitable, and asynchronous iterators, generators and disposables work
   like Python's. py/pyodide/_jsasync.py has the parts that need no speed. */
#include "core.h"
#include "jsproxy_types.h"

#include <emscripten.h>

/* Make a promise of the result of on_fulfilled for the promise's value, or of on_rejected for its error. Takes both
   references, which may be NULL. on_finally: neither gets an argument or changes the outcome. */
WF_IMPORT(js_then)
void js_then(int promise, PyObject *on_fulfilled, PyObject *on_rejected, int on_finally, wf_value *out);
/* Call wf_future_done with a reference once the promise is settled. Takes the reference. If the object is no longer a
   promise, returns 0 and takes nothing. */
WF_IMPORT(js_watch) int js_watch(int promise, PyObject *future);
/* Do the same for a step of an asynchronous iterator. value: NULL for return(). */
WF_IMPORT(js_async_step) void js_async_step(int iterator, wf_method how, const wf_value *value, PyObject *future);
WF_OPERATION(js_async_iterator)
WF_OPERATION(js_async_dispose)
WF_OPERATION(js_id)

/* Call a function of _jsasync.py. Return a new reference, or NULL with an exception set. */
static PyObject *
helper(const char *name, PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    PyObject *all[2] = {self};
    PyObject *result = NULL;
    PyObject *module = PyImport_ImportModule("pyodide._jsasync");
    PyObject *function = module == NULL ? NULL : PyObject_GetAttrString(module, name);
    if (function != NULL) {
        for (Py_ssize_t i = 0; i < count; i++) {
            all[i + 1] = args[i];
        }
        result = PyObject_Vectorcall(function, all, count + 1, NULL);
    }
    Py_XDECREF(function);
    Py_XDECREF(module);
    return result;
}

/* ---- promises ---- */

static PyObject *
jsproxy_await(PyObject *self)
{
    PyObject *result = NULL;
    PyObject *future = helper("new_future", self, NULL, 0);
    if (future == NULL) {
        return NULL;
    }
    if (js_watch(wf_js_of(self)->handle, Py_NewRef(future))) {
        result = PyObject_CallMethod(future, "__await__", NULL);
    }
    else {
        Py_DECREF(future);
        PyErr_Format(PyExc_TypeError, "object %T can't be used in 'await' expression", self);
    }
    Py_DECREF(future);
    return result;
}

/* Return the value of an outcome, or NULL with an exception set. */
static PyObject *
value_of(int kind, const wf_value *outcome)
{
    PyObject *value = wf_from_wire(outcome);
    if (value == NULL || kind == WF_MORE) {
        return value;
    }
    PyObject *type = kind == WF_LAST ? PyExc_StopAsyncIteration : PyExc_TypeError;
    PyObject *error = Py_IsNone(value) ? PyObject_CallNoArgs(type) : PyObject_CallOneArg(type, value);
    Py_DECREF(value);
    if (error != NULL) {
        PyErr_SetRaisedException(error);
    }
    return NULL;
}

/* Set a future to the outcome of a promise or step, unless the future was cancelled. Steals future. */
EMSCRIPTEN_KEEPALIVE void
wf_future_done(PyObject *future, int kind, const wf_value *outcome)
{
    int before = wf_shield(1); /* or those who wait for the future are not told */
    PyObject *done = NULL;
    PyObject *value = value_of(kind, outcome);
    if (value != NULL) {
        done = helper("set_result", future, &value, 1);
        Py_DECREF(value);
    }
    else {
        PyObject *error = PyErr_GetRaisedException();
        done = helper("set_exception", future, &error, 1);
        Py_DECREF(error);
    }
    if (done == NULL) {
        PyErr_WriteUnraisable(future);
    }
    Py_XDECREF(done);
    Py_DECREF(future);
    wf_shield(before);
}

static PyObject *
new_promise(PyObject *self, PyObject *on_fulfilled, PyObject *on_rejected, int on_finally)
{
    wf_value out;
    js_then(wf_js_of(self)->handle, Py_XNewRef(Py_IsNone(on_fulfilled) ? NULL : on_fulfilled),
            Py_XNewRef(Py_IsNone(on_rejected) ? NULL : on_rejected), on_finally, &out);
    return wf_from_wire(&out);
}

static PyObject *
jsproxy_then(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"onfulfilled", "onrejected", NULL};
    PyObject *on_fulfilled = Py_None, *on_rejected = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|OO:then", names, &on_fulfilled, &on_rejected)) {
        return NULL;
    }
    return new_promise(self, on_fulfilled, on_rejected, 0);
}

static PyObject *
jsproxy_catch(PyObject *self, PyObject *on_rejected)
{
    return new_promise(self, Py_None, on_rejected, 0);
}

static PyObject *
jsproxy_finally(PyObject *self, PyObject *on_finally)
{
    return new_promise(self, on_finally, on_finally, 1);
}

static PyObject *
jsproxy_syncify(PyObject *self, PyObject *Py_UNUSED(unused))
{
    return helper("syncify", self, NULL, 0);
}

/* asyncio.gather uses its arguments as keys of a dict. */
static Py_hash_t
awaitable_hash(PyObject *self)
{
    PyObject *id = wf_operate(js_id, self, NULL, 0);
    Py_hash_t result = id == NULL ? -1 : PyObject_Hash(id);
    Py_XDECREF(id);
    return result;
}

static const PyType_Slot awaitable_slots[] = {
    {Py_tp_hash, awaitable_hash},
    {Py_am_await, jsproxy_await},
    {0, NULL},
};
static const PyMethodDef awaitable_methods[] = {
    {"then", _PyCFunction_CAST(jsproxy_then), METH_VARARGS | METH_KEYWORDS,
     PyDoc_STR("then(onfulfilled, onrejected): a promise of the result of the function that is called.")},
    {"catch", jsproxy_catch, METH_O, PyDoc_STR("catch(onrejected): as then(None, onrejected).")},
    {"finally_", jsproxy_finally, METH_O, PyDoc_STR("finally_(onfinally): the same outcome, after onfinally().")},
    {"syncify", jsproxy_syncify, METH_NOARGS, PyDoc_STR("The value, without await: pyodide.ffi.run_sync.")},
    {0},
};

/* ---- asynchronous iterators and generators ---- */

static PyObject *
jsproxy_aiter(PyObject *self)
{
    return wf_operate(js_async_iterator, self, NULL, 0);
}

/* Start a step and return a future of its result. value: NULL for return(). */
static PyObject *
async_step(PyObject *self, wf_method how, PyObject *value)
{
    wf_value wire;
    PyObject *future = helper("new_future", self, NULL, 0);
    if (future == NULL) {
        return NULL;
    }
    if (value != NULL && wf_to_wire(value, &wire) < 0) {
        Py_DECREF(future);
        return NULL;
    }
    js_async_step(wf_js_of(self)->handle, how, value == NULL ? NULL : &wire, Py_NewRef(future));
    return future;
}

static PyObject *
jsproxy_anext(PyObject *self)
{
    return async_step(self, WF_NEXT, Py_None);
}

static PyObject *
jsproxy_asend(PyObject *self, PyObject *value)
{
    return async_step(self, WF_NEXT, value);
}

static PyObject *
jsproxy_athrow(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    if (count < 1 || count > 3) {
        PyErr_Format(PyExc_TypeError, "athrow() takes 1 to 3 arguments (%zd given)", count);
        return NULL;
    }
    PyObject *error = wf_exception_to_throw(args, count);
    PyObject *future = error == NULL ? NULL : async_step(self, WF_THROW, error);
    Py_XDECREF(error);
    return future;
}

static PyObject *
jsproxy_aclose(PyObject *self, PyObject *Py_UNUSED(unused))
{
    PyObject *future = async_step(self, WF_RETURN, NULL);
    PyObject *result = future == NULL ? NULL : helper("aclose", self, &future, 1);
    Py_XDECREF(future);
    return result;
}

static const PyType_Slot aiterable_slots[] = {
    {Py_am_aiter, jsproxy_aiter},
    {0, NULL},
};
static const PyType_Slot aiterator_slots[] = {
    {Py_am_aiter, PyObject_SelfIter},
    {Py_am_anext, jsproxy_anext},
    {0, NULL},
};
static const PyMethodDef aiterator_methods[] = {
    {"asend", jsproxy_asend, METH_O, PyDoc_STR("asend(value): the next value, with this one for the iterator.")},
    {0},
};
static const PyMethodDef agenerator_methods[] = {
    {"athrow", _PyCFunction_CAST(jsproxy_athrow), METH_FASTCALL,
     PyDoc_STR("athrow(error): raise it in the generator.")},
    {"aclose", jsproxy_aclose, METH_NOARGS, PyDoc_STR("aclose(): end the generator.")},
    {0},
};

/* ---- asynchronous context managers ---- */

static PyObject *
jsproxy_aenter(PyObject *self, PyObject *Py_UNUSED(unused))
{
    return helper("aenter", self, NULL, 0);
}

/* Await the promise of the disposal. */
static PyObject *
jsproxy_aexit(PyObject *self, PyObject *Py_UNUSED(exception))
{
    return wf_operate(js_async_dispose, self, NULL, 0);
}

static const PyMethodDef disposable_methods[] = {
    {"__aenter__", jsproxy_aenter, METH_NOARGS, NULL},
    {"__aexit__", jsproxy_aexit, METH_VARARGS, NULL},
    {0},
};

const wf_mixin wf_async_mixins[] = {
    {.all = WF_JS_AWAITABLE, .slots = awaitable_slots, .methods = awaitable_methods},
    {.all = WF_JS_ASYNC_ITERABLE, .slots = aiterable_slots},
    {.all = WF_JS_ASYNC_ITERATOR, .slots = aiterator_slots, .methods = aiterator_methods},
    {.all = WF_JS_ASYNC_GENERATOR, .methods = agenerator_methods},
    {.all = WF_JS_ASYNC_DISPOSABLE, .methods = disposable_methods},
    {0},
};
