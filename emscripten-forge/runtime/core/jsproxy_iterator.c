/* JavaScript's iterators and generators as Python's. */
#include "core.h"
#include "jsproxy_types.h"

/* Write the next value, or the value of a generator's step, to *out. Return its kind. */
WF_IMPORT(js_next) int js_next(int handle, wf_value *out);
/* Make a step of a generator with one of its methods. value is NULL for return(). */
WF_IMPORT(js_step) int js_step(int handle, wf_method how, const wf_value *value, wf_value *out);
WF_OPERATION(js_iterator)

/* Raise StopIteration with the value in out. */
static void
stop(const wf_value *out)
{
    PyObject *value = wf_from_wire(out);
    if (value != NULL) {
        PyObject *error = PyObject_CallOneArg(PyExc_StopIteration, value);
        if (error != NULL) {
            PyErr_SetObject(PyExc_StopIteration, error);
            Py_DECREF(error);
        }
        Py_DECREF(value);
    }
}

static PyObject *
finish(int kind, const wf_value *out)
{
    PyObject *text;
    switch (kind) {
    case WF_MORE:
        return wf_from_wire(out);
    case WF_LAST:
        if (out->tag != WF_UNDEFINED) {
            stop(out);
        }
        return NULL;
    default:
        text = wf_from_wire(out);
        if (text != NULL) {
            PyErr_SetObject(PyExc_TypeError, text);
            Py_DECREF(text);
        }
        return NULL;
    }
}

static PyObject *
jsproxy_iter(PyObject *self)
{
    return wf_operate(js_iterator, self, NULL, 0);
}

static PyObject *
jsproxy_iternext(PyObject *self)
{
    wf_value out;
    if (Py_EnterRecursiveCall(" in a JavaScript iterator") < 0) {
        return NULL;
    }
    int kind = js_next(wf_js_of(self)->handle, &out);
    Py_LeaveRecursiveCall();
    return finish(kind, &out);
}

/* Write the value for a step. An exception to throw becomes the error that JavaScript would get from Python. */
static int
value_to_wire(PyObject *value, wf_method how, wf_value *wire)
{
    if (how == WF_THROW && wf_jsproxy_handle(value) == 0) {
        PyErr_SetRaisedException(Py_NewRef(value));
        wf_raise_to_js();
        wire->tag = WF_ERROR;
        return 0;
    }
    return wf_to_wire(value, wire);
}

/* Make a step of a generator. *kind gets the kind of its result, WF_MORE if the step failed. */
static PyObject *
step(PyObject *self, wf_method how, PyObject *value, int *kind)
{
    wf_value wire, out;
    *kind = WF_MORE;
    if (value != NULL && value_to_wire(value, how, &wire) < 0) {
        return NULL;
    }
    if (Py_EnterRecursiveCall(" in a JavaScript generator") < 0) {
        wf_values_drop(&wire, value != NULL);
        return NULL;
    }
    *kind = js_step(wf_js_of(self)->handle, how, value == NULL ? NULL : &wire, &out);
    Py_LeaveRecursiveCall();
    return finish(*kind, &out);
}

/* Make a step for a method: as step, but raise StopIteration at the end. */
static PyObject *
step_or_stop(PyObject *self, wf_method how, PyObject *value)
{
    int kind;
    PyObject *result = step(self, how, value, &kind);
    if (result == NULL && kind == WF_LAST && !PyErr_Occurred()) {
        PyErr_SetNone(PyExc_StopIteration);
    }
    return result;
}

static PyObject *
jsproxy_send(PyObject *self, PyObject *value)
{
    return step_or_stop(self, WF_NEXT, value);
}

PyObject *
wf_exception_to_throw(PyObject *const *args, Py_ssize_t count)
{
    PyObject *type = args[0], *value = count > 1 ? args[1] : Py_None, *traceback = count > 2 ? args[2] : Py_None;
    PyObject *error = NULL;
    if (PyExceptionInstance_Check(type) && value == Py_None) {
        error = Py_NewRef(type);
    }
    else if (PyExceptionClass_Check(type) && PyObject_TypeCheck(value, (PyTypeObject *)type)) {
        error = Py_NewRef(value);
    }
    else if (PyExceptionClass_Check(type)) {
        error = value == Py_None       ? PyObject_CallNoArgs(type)
                : PyTuple_Check(value) ? PyObject_CallObject(type, value)
                                       : PyObject_CallOneArg(type, value);
    }
    else if (PyExceptionInstance_Check(type)) {
        PyErr_SetString(PyExc_TypeError, "instance exception may not have a separate value");
    }
    else {
        PyErr_Format(PyExc_TypeError, "exceptions must be classes or instances deriving from BaseException, not %s",
                     Py_TYPE(type)->tp_name);
    }
    if (error != NULL && traceback != Py_None && PyException_SetTraceback(error, traceback) < 0) {
        Py_CLEAR(error);
    }
    return error;
}

static PyObject *
jsproxy_throw(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    if (count < 1 || count > 3) {
        PyErr_Format(PyExc_TypeError, "throw expected 1 to 3 arguments, got %zd", count);
        return NULL;
    }
    PyObject *error = wf_exception_to_throw(args, count);
    PyObject *result = error == NULL ? NULL : step_or_stop(self, WF_THROW, error);
    Py_XDECREF(error);
    return result;
}

static PyObject *
jsproxy_close(PyObject *self, PyObject *Py_UNUSED(args))
{
    int kind;
    PyObject *value = step(self, WF_RETURN, NULL, &kind);
    if (kind == WF_MORE && value != NULL) {
        Py_DECREF(value);
        PyErr_SetString(PyExc_RuntimeError, "JavaScript generator ignored return");
        return NULL;
    }
    if (PyErr_Occurred() && !(kind == WF_LAST && PyErr_ExceptionMatches(PyExc_StopIteration))) {
        return NULL;
    }
    PyErr_Clear();
    Py_RETURN_NONE;
}

static PyType_Slot iterable_slots[] = {
    {Py_tp_iter, jsproxy_iter},
    {0, NULL},
};
static PyType_Slot iterator_slots[] = {
    {Py_tp_iter, PyObject_SelfIter},
    {Py_tp_iternext, jsproxy_iternext},
    {0, NULL},
};
static PyMethodDef iterator_methods[] = {
    {"send", jsproxy_send, METH_O,
     "send($self, value, /)\n--\n\nGo on with value as the result of yield; the next value. Raises StopIteration at the end."},
    {0},
};
static PyMethodDef generator_methods[] = {
    {"throw", (PyCFunction)(void (*)(void))jsproxy_throw, METH_FASTCALL,
     "throw($self, /, *args)\n--\n\nRaise an exception where the generator waits; the next value."},
    {"close", jsproxy_close, METH_NOARGS, "close($self, /)\n--\n\nEnd the generator: calls its return()."},
    {0},
};
const wf_mixin wf_iterator_mixins[] = {
    {.all = WF_JS_GENERATOR, .methods = generator_methods},
    {.all = WF_JS_ITERATOR, .slots = iterator_slots, .methods = iterator_methods},
    {.all = WF_JS_ITERABLE, .slots = iterable_slots},
    {0},
};
