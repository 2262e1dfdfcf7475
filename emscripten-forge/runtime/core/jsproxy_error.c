/* JsException: JavaScript's errors as Python's exceptions. */
#include "core.h"
#include "jsproxy_types.h"

/* Describe a thrown value that is no Error by a new Error, which Python raises. Releases the handle of the thrown value
   and returns one of the Error. */
WF_IMPORT(js_wrap_thrown) int js_wrap_thrown(int handle);
WF_OPERATION(js_text)
WF_OPERATION(js_id)

/* Make an Error from values: its name, message and stack. */
WF_IMPORT(js_new_error) void js_new_error(const wf_value *values, int count, wf_value *out);

PyObject *
wf_jsexception_new(PyTypeObject *type, int handle, uint32_t flags)
{
    PyObject *empty = PyTuple_New(0);
    PyObject *self = empty == NULL ? NULL : ((PyTypeObject *)PyExc_Exception)->tp_new(type, empty, NULL);
    Py_XDECREF(empty);
    if (self == NULL) {
        js_release(handle);
        return NULL;
    }
    *wf_js_of(self) = (wf_js){.handle = handle, .flags = flags};
    return self;
}

/* Raise an Error as its JsException, and any other thrown value wrapped in one. Takes the handle. */
static void
raise_thrown(int handle, uint32_t flags)
{
    if (!(flags & WF_JS_ERROR)) {
        handle = js_wrap_thrown(handle);
        flags = WF_JS_ERROR;
    }
    PyObject *error = wf_jsproxy_new(handle, flags);
    if (error != NULL) {
        PyErr_SetObject((PyObject *)Py_TYPE(error), error);
        Py_DECREF(error);
    }
}

void
wf_raise_from_js(const wf_value *error)
{
    if (error->ptr != 0) {
        PyErr_SetRaisedException(wf_kept_error(error->ptr));
    }
    else {
        raise_thrown((int)error->aux, error->size);
    }
}

/* Make a new Error for JsException(name[, message[, stack]]), as pickle calls it. A class derived from it in Python may
   have an __init__ with other arguments. */
static PyObject *
jsexception_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    wf_value values[3], out;
    PyObject *texts[3] = {NULL, NULL, NULL}, *result = NULL;
    static char *names[] = {"name", "message", "stack", NULL};
    int count = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "U|UU:JsException", names, &texts[0], &texts[1], &texts[2])) {
        return NULL;
    }
    for (; count < 3 && texts[count] != NULL; count++) {
        wf_to_wire(texts[count], &values[count]); /* cannot fail for a str */
    }
    js_new_error(values, count, &out);
    if (out.tag == WF_JSOBJECT) {
        result = wf_jsexception_new(type, (int)out.aux, out.size);
    }
    else {
        wf_from_wire(&out); /* raises */
    }
    return result;
}

/* Exception's own __init__ would set args to the arguments of JsException(…). */
static int
jsexception_init(PyObject *Py_UNUSED(self), PyObject *Py_UNUSED(args), PyObject *Py_UNUSED(kwargs))
{
    return 0;
}

static void
jsexception_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    wf_js *js = wf_js_of(self);
    PyObject_GC_UnTrack(self);
    js_release(js->handle);
    ((PyTypeObject *)PyExc_Exception)->tp_dealloc(self);
    Py_DECREF(type);
}

static int
jsexception_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    return ((PyTypeObject *)PyExc_Exception)->tp_traverse(self, visit, arg);
}

static int
jsexception_clear(PyObject *self)
{
    return ((PyTypeObject *)PyExc_Exception)->tp_clear(self);
}

static Py_hash_t
jsexception_hash(PyObject *self)
{
    PyObject *id = wf_operate(js_id, self, NULL, 0);
    Py_hash_t result = id == NULL ? -1 : PyObject_Hash(id);
    Py_XDECREF(id);
    return result;
}

static PyObject *
jsexception_str(PyObject *self)
{
    return wf_operate(js_text, self, NULL, 0);
}

static PyObject *
jsexception_args(PyObject *self, void *Py_UNUSED(closure))
{
    PyObject *text = jsexception_str(self);
    PyObject *result = text == NULL ? NULL : PyTuple_Pack(1, text);
    Py_XDECREF(text);
    return result;
}

static PyObject *
jsexception_error(PyObject *self, void *Py_UNUSED(closure))
{
    return Py_NewRef(self);
}

/* Return an attribute for pickle if it is a str, else an empty str. */
static PyObject *
text_attribute(PyObject *self, const char *name)
{
    PyObject *value = PyObject_GetAttrString(self, name);
    if (value == NULL || !PyUnicode_Check(value)) {
        PyErr_Clear();
        Py_XSETREF(value, PyUnicode_New(0, 0));
    }
    return value;
}

static PyObject *
jsexception_reduce(PyObject *self, PyObject *Py_UNUSED(args))
{
    PyObject *name = text_attribute(self, "name"), *message = text_attribute(self, "message");
    PyObject *stack = text_attribute(self, "stack");
    if (name != NULL && message != NULL && stack != NULL) {
        return Py_BuildValue("O(NNN)", wf_jsexception_root, name, message, stack);
    }
    Py_XDECREF(name);
    Py_XDECREF(message);
    Py_XDECREF(stack);
    return NULL;
}

static PyType_Slot error_slots[] = {
    {Py_tp_new, jsexception_new},
    {Py_tp_init, jsexception_init},
    {Py_tp_dealloc, jsexception_dealloc},
    {Py_tp_traverse, jsexception_traverse},
    {Py_tp_clear, jsexception_clear},
    {Py_tp_hash, jsexception_hash},
    {Py_tp_str, jsexception_str},
    {Py_tp_doc, "An Error of JavaScript's: name, message and stack are its own."},
    {0, NULL},
};
static PyMethodDef error_methods[] = {
    {"__reduce__", jsexception_reduce, METH_NOARGS, NULL},
    {0},
};
static PyGetSetDef error_getters[] = {
    {"args", jsexception_args, NULL, "What str() of the error says.", NULL},
    {"js_error", jsexception_error, NULL, "The error itself.", NULL},
    {0},
};
const wf_mixin wf_error_mixins[] = {
    {.all = WF_JS_ERROR, .slots = error_slots, .methods = error_methods, .getters = error_getters},
    {0},
};
