/* Calling JavaScript functions and constructors from Python. */
#include "jsproxy_types.h"

/* Call the function behind handle, or construct an object with it. values: `this`, the positional arguments, the
   keyword arguments and their names. The keywords become an object, passed as last argument. PyProxies among the
   arguments are destroyed after the call. *out gets the result or WF_ERROR. */
WF_IMPORT(js_call) void js_call(int handle, const wf_value *values, int positional, int keywords, wf_value *out);
WF_IMPORT(js_construct)
void js_construct(int handle, const wf_value *values, int positional, int keywords, wf_value *out);
WF_OPERATION(js_dispose)

/* Make a whole call. self: `this`, or NULL; names: a tuple of the last arguments' names, or NULL. */
static PyObject *
call(PyObject *callable, int is_new, PyObject *self, PyObject *const *args, Py_ssize_t positional, PyObject *names)
{
    wf_value small[WF_SMALL], out;
    PyObject *result = NULL;
    Py_ssize_t keywords = names == NULL ? 0 : PyTuple_GET_SIZE(names);
    Py_ssize_t given = 1 + positional + keywords;
    wf_value *values = wf_values_new(given + keywords, small);
    if (values == NULL) {
        return NULL;
    }
    values[0].tag = WF_NULL;
    if (self != NULL && wf_to_wire(self, values) < 0) {
        goto done;
    }
    if (wf_values_fill(values + 1, args, given - 1) < 0) {
        wf_values_drop(values, 1);
        goto done;
    }
    for (Py_ssize_t i = 0; i < keywords; i++) {
        wf_to_wire(PyTuple_GET_ITEM(names, i), &values[given + i]); /* cannot fail for a str */
    }
    if (Py_EnterRecursiveCall(" in a call of a JavaScript function") < 0) {
        wf_values_drop(values, given);
        goto done;
    }
    if (is_new) {
        js_construct(wf_js_of(callable)->handle, values, positional, keywords, &out);
    }
    else {
        js_call(wf_js_of(callable)->handle, values, positional, keywords, &out);
    }
    Py_LeaveRecursiveCall();
    result = wf_from_wire(&out);
done:
    wf_values_free(values, small);
    return result;
}

PyObject *
wf_jsproxy_vectorcall(PyObject *callable, PyObject *const *args, size_t nargsf, PyObject *names)
{
    return call(callable, 0, wf_js_of(callable)->self, args, PyVectorcall_NARGS(nargsf), names);
}

static PyObject *
jsproxy_construct(PyObject *self, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    return call(self, 1, NULL, args, count, names);
}

/* A function in a Python class is a method: `this` is the instance. */
static PyObject *
jsproxy_descr_get(PyObject *self, PyObject *instance, PyObject *Py_UNUSED(type))
{
    if (instance == NULL || instance == Py_None) {
        return Py_NewRef(self);
    }
    PyObject *bound = wf_jsproxy_view(self, wf_js_of(self)->flags);
    if (bound != NULL) {
        wf_js_of(bound)->self = Py_NewRef(instance);
    }
    return bound;
}

static PyObject *
jsproxy_enter(PyObject *self, PyObject *Py_UNUSED(args))
{
    return Py_NewRef(self);
}

static PyObject *
jsproxy_exit(PyObject *self, PyObject *const *Py_UNUSED(args), Py_ssize_t Py_UNUSED(count))
{
    return wf_operate(js_dispose, self, NULL, 0);
}

static PyType_Slot callable_slots[] = {
    {Py_tp_call, PyVectorcall_Call},
    {Py_tp_descr_get, jsproxy_descr_get},
    {0, NULL},
};
static PyMethodDef callable_methods[] = {
    {"new", (PyCFunction)(void (*)(void))jsproxy_construct, METH_FASTCALL | METH_KEYWORDS,
     "new($self, /, *args, **kwargs)\n--\n\nConstruct an object, as JavaScript's operator new does."},
    {0},
};
static PyMethodDef disposable_methods[] = {
    {"__enter__", jsproxy_enter, METH_NOARGS, "__enter__($self, /)\n--\n\nThe object itself."},
    {"__exit__", (PyCFunction)(void (*)(void))jsproxy_exit, METH_FASTCALL,
     "__exit__($self, /, *args)\n--\n\nDispose of the object: calls its [Symbol.dispose]()."},
    {0},
};
const wf_mixin wf_call_mixins[] = {
    {.all = WF_JS_CALLABLE, .without = WF_JS_ERROR, .slots = callable_slots, .methods = callable_methods},
    {.all = WF_JS_DISPOSABLE, .methods = disposable_methods},
    {0},
};
