/* JsProxy: JavaScript objects in Python. The operations common to all: attributes, comparison, text. */
#include "core.h"
#include "jsproxy_types.h"
#include "to_py.h"

#include <emscripten.h>

/* Read, write or (if value is NULL) delete the property for an attribute's interned name. *out gets a value, WF_END if
   the property does not exist, or WF_ERROR. */
WF_IMPORT(js_getattr) void js_getattr(int handle, PyObject *name, wf_value *out);
WF_IMPORT(js_setattr) void js_setattr(int handle, PyObject *name, const wf_value *value, wf_value *out);
/* Release a handle, as js_release does. The outcome of a promise may no longer be needed. */
WF_IMPORT(js_release_promise) void js_release_promise(int handle);
WF_IMPORT(js_same) int js_same(int handle, int other);
WF_OPERATION(js_id)
WF_OPERATION(js_names)
WF_OPERATION(js_entries)
WF_OPERATION(js_keys)
WF_OPERATION(js_text)
WF_OPERATION(js_truth)
WF_OPERATION(js_typeof)
WF_OPERATION(js_values)
WF_OPERATION(js_weakref)

/* ---- making and releasing ---- */

PyObject *
wf_jsproxy_new(int handle, uint32_t flags)
{
    PyTypeObject *type = wf_jsproxy_type(flags);
    if (flags & WF_JS_ERROR && type != NULL) {
        return wf_jsexception_new(type, handle, flags);
    }
    wf_jsproxy *self = type == NULL ? NULL : PyObject_New(wf_jsproxy, type);
    if (self == NULL) {
        js_release(handle);
        return NULL;
    }
    self->js = (wf_js){.handle = handle, .flags = flags, .vectorcall = wf_jsproxy_vectorcall};
    return (PyObject *)self;
}

static void
jsproxy_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    wf_js *js = wf_js_of(self);
    if (js->flags & WF_JS_AWAITABLE) {
        js_release_promise(js->handle);
    }
    else {
        js_release(js->handle);
    }
    Py_XDECREF(js->self);
    Py_XDECREF(js->dict);
    type->tp_free(self);
    Py_DECREF(type);
}

int
wf_jsproxy_handle(PyObject *value)
{
    PyTypeObject *type = Py_TYPE(value);
    int is_jsproxy = PyType_FastSubclass(type, Py_TPFLAGS_BASE_EXC_SUBCLASS)
                         ? PyType_IsSubtype(type, wf_jsexception_root)
                         : type->tp_dealloc == jsproxy_dealloc;
    return is_jsproxy ? wf_js_of(value)->handle : 0;
}

PyObject *
wf_jsproxy_view(PyObject *jsproxy, uint32_t flags)
{
    return wf_jsproxy_new(js_hold_again(wf_js_of(jsproxy)->handle), flags);
}

/* ---- operations ---- */

wf_value *
wf_values_new(Py_ssize_t count, wf_value *small)
{
    wf_value *values = small;
    if (count > WF_SMALL) {
        values = PyMem_New(wf_value, count);
        if (values == NULL) {
            PyErr_NoMemory();
        }
    }
    return values;
}

void
wf_values_free(wf_value *values, wf_value *small)
{
    if (values != small) {
        PyMem_Free(values);
    }
}

int
wf_values_fill(wf_value *values, PyObject *const *objects, Py_ssize_t count)
{
    for (Py_ssize_t i = 0; i < count; i++) {
        if (wf_to_wire(objects[i], &values[i]) < 0) {
            wf_values_drop(values, i);
            return -1;
        }
    }
    return 0;
}

void
wf_values_drop(const wf_value *values, Py_ssize_t count)
{
    for (const wf_value *value = values; value < values + count; value++) {
        if (value->tag == WF_PYOBJECT) {
            Py_DECREF((PyObject *)(uintptr_t)value->ptr);
        }
        else if (value->tag == WF_JSOBJECT && value->size == WF_OWNED) {
            js_release((int)value->aux);
        }
    }
}

/* Call an operation and store its result in *out. Return 0, or -1 with an exception set. */
static int
operate(wf_operation *operation, PyObject *self, PyObject *const *args, int count, wf_value *out)
{
    wf_value small[WF_SMALL];
    wf_value *values = wf_values_new(count, small);
    int status = values == NULL ? -1 : wf_values_fill(values, args, count);
    if (status == 0 && Py_EnterRecursiveCall(" in JavaScript") == 0) {
        operation(wf_js_of(self)->handle, values, count, out);
        Py_LeaveRecursiveCall();
    }
    else if (status == 0) {
        wf_values_drop(values, count);
        status = -1;
    }
    wf_values_free(values, small);
    return status;
}

PyObject *
wf_operate(wf_operation *operation, PyObject *self, PyObject *const *args, int count)
{
    wf_value out;
    if (operate(operation, self, args, count, &out) < 0 || out.tag == WF_END) {
        return NULL;
    }
    return wf_from_wire(&out);
}

int
wf_operate_quietly(wf_operation *operation, PyObject *self, PyObject *const *args, int count)
{
    wf_value out;
    if (operate(operation, self, args, count, &out) < 0) {
        return -1;
    }
    if (out.tag == WF_END) {
        return 1;
    }
    PyObject *result = wf_from_wire(&out);
    Py_XDECREF(result);
    return result == NULL ? -1 : 0;
}

/* ---- attributes ---- */

/* Python's import system sets these on a module. Hide them from an object that serves as a module. */
static int
is_module_attribute(PyObject *name)
{
    static const char *const names[] = {"__loader__", "__name__", "__package__", "__path__", "__spec__"};
    for (size_t i = 0; i < Py_ARRAY_LENGTH(names); i++) {
        if (PyUnicode_EqualToUTF8(name, names[i])) {
            return 1;
        }
    }
    return 0;
}

static int
is_dunder(PyObject *name)
{
    return PyUnicode_GET_LENGTH(name) > 4 && PyUnicode_READ_CHAR(name, 0) == '_' && PyUnicode_READ_CHAR(name, 1) == '_';
}

/* Return a new reference to the interned str that equals name. */
static PyObject *
intern(PyObject *name)
{
    Py_INCREF(name);
    if (!PyUnicode_CHECK_INTERNED(name)) {
        PyObject *exact = PyUnicode_FromObject(name);
        Py_DECREF(name);
        if (exact != NULL) {
            PyUnicode_InternInPlace(&exact);
        }
        return exact;
    }
    return name;
}

/* Intern a name that JavaScript does not know yet. JavaScript keeps it until wf_release. */
EMSCRIPTEN_KEEPALIVE void
wf_keep_name(PyObject *name, wf_value *out)
{
    wf_to_wire(name, out); /* cannot fail for a str */
    Py_INCREF(name);
}

/* The names that `from module import *` imports if the object has no __all__: its own properties. */
static PyObject *
list_exports(PyObject *self)
{
    PyObject *keys = wf_operate(js_keys, self, NULL, 0);
    PyObject *result = keys == NULL ? NULL : PySequence_List(keys);
    Py_XDECREF(keys);
    return result;
}

/* With Array.prototype.keys, dict.update() would treat an array as a mapping. */
static int
is_hidden(const wf_js *js, PyObject *name)
{
    return js->flags & WF_JS_ARRAY && PyUnicode_EqualToUTF8(name, "keys");
}

static PyObject *
get_property(PyObject *self, PyObject *name)
{
    wf_value out = {.tag = WF_END};
    wf_js *js = wf_js_of(self);
    PyObject *result = NULL;
    PyObject *interned = intern(name);
    if (interned == NULL) {
        return NULL;
    }
    if (!is_hidden(js, interned)) {
        js_getattr(js->handle, interned, &out);
    }
    if (out.tag == WF_END && js->dict != NULL && PyUnicode_EqualToUTF8(name, "__all__")) {
        result = list_exports(self);
    }
    else if (out.tag == WF_END) {
        PyErr_SetObject(PyExc_AttributeError, name);
    }
    else {
        result = wf_from_wire(&out);
        if (out.tag == WF_JSOBJECT && out.size & WF_JS_CALLABLE && result != NULL) {
            wf_js_of(result)->self = Py_NewRef(self);
        }
    }
    Py_DECREF(interned);
    return result;
}

static PyObject *
jsproxy_getattro(PyObject *self, PyObject *name)
{
    if (_PyType_Lookup(Py_TYPE(self), name) != NULL) {
        return PyObject_GenericGetAttr(self, name);
    }
    if (is_dunder(name)) {
        wf_js *js = wf_js_of(self);
        PyObject *attribute = NULL;
        if (js->flags & WF_JS_ERROR) {
            attribute = _PyObject_GenericGetAttrWithDict(self, name, NULL, 1);
        }
        else if (js->dict != NULL && PyDict_GetItemRef(js->dict, name, &attribute) < 0) {
            return NULL;
        }
        if (attribute != NULL || PyErr_Occurred()) {
            return attribute;
        }
    }
    return get_property(self, name);
}

/* Set an attribute, or delete it if value is NULL. */
static int
set_property(PyObject *self, PyObject *name, PyObject *value)
{
    wf_value out, wire;
    int status = -1;
    PyObject *interned = intern(name);
    if (interned != NULL && (value == NULL || wf_to_wire(value, &wire) == 0)) {
        js_setattr(wf_js_of(self)->handle, interned, value == NULL ? NULL : &wire, &out);
        PyObject *result = wf_from_wire(&out);
        status = result == NULL ? -1 : 0;
        Py_XDECREF(result);
    }
    Py_XDECREF(interned);
    return status;
}

static int
set_module_attribute(wf_js *js, PyObject *name, PyObject *value)
{
    if (js->dict == NULL && (js->dict = PyDict_New()) == NULL) {
        return -1;
    }
    if (value != NULL) {
        return PyDict_SetItem(js->dict, name, value);
    }
    if (PyDict_Pop(js->dict, name, NULL) == 0) {
        PyErr_SetObject(PyExc_AttributeError, name);
        return -1;
    }
    return PyErr_Occurred() ? -1 : 0;
}

/* Whether value is the submodule of self with this name: `import a.b` sets a.b. */
static int
is_submodule(PyObject *self, PyObject *name, PyObject *value)
{
    int is_same = 0;
    int is_module =
        wf_js_of(self)->dict != NULL && value != NULL && wf_jsproxy_handle(value) != 0 && wf_js_of(value)->dict != NULL;
    PyObject *current = is_module ? get_property(self, name) : NULL;
    if (current != NULL && wf_jsproxy_handle(current) != 0) {
        is_same = js_same(wf_jsproxy_handle(current), wf_jsproxy_handle(value));
    }
    Py_XDECREF(current);
    PyErr_Clear();
    return is_same;
}

static int
jsproxy_setattro(PyObject *self, PyObject *name, PyObject *value)
{
    wf_js *js = wf_js_of(self);
    if (!PyUnicode_Check(name)) {
        PyErr_Format(PyExc_TypeError, "attribute name must be string, not '%.200s'", Py_TYPE(name)->tp_name);
        return -1;
    }
    if (is_dunder(name)) {
        if (js->flags & WF_JS_ERROR) {
            return PyObject_GenericSetAttr(self, name, value);
        }
        if (is_module_attribute(name)) {
            return set_module_attribute(js, name, value);
        }
    }
    return is_submodule(self, name, value) ? 0 : set_property(self, name, value);
}

/* Return the names of all attributes, Python's and JavaScript's: sorted, without duplicates. */
static PyObject *
jsproxy_dir(PyObject *self, PyObject *Py_UNUSED(args))
{
    PyObject *result = NULL, *names = NULL, *properties = NULL, *all = NULL;
    names = PyObject_CallMethod((PyObject *)&PyBaseObject_Type, "__dir__", "O", self);
    properties = names == NULL ? NULL : wf_operate(js_names, self, NULL, 0);
    all = properties == NULL ? NULL : PySet_New(names);
    if (all != NULL) {
        PyObject *iterator = PyObject_GetIter(properties), *name;
        while (iterator != NULL && (name = PyIter_Next(iterator)) != NULL) {
            if (!is_hidden(wf_js_of(self), name)) {
                PySet_Add(all, name);
            }
            Py_DECREF(name);
        }
        Py_XDECREF(iterator);
        result = PyErr_Occurred() ? NULL : PySequence_List(all);
    }
    if (result != NULL && PyList_Sort(result) < 0) {
        Py_CLEAR(result);
    }
    Py_XDECREF(all);
    Py_XDECREF(properties);
    Py_XDECREF(names);
    return result;
}

/* ---- other operations of all objects ---- */

static PyObject *
jsproxy_repr(PyObject *self)
{
    return wf_operate(js_text, self, NULL, 0);
}

static int
jsproxy_bool(PyObject *self)
{
    PyObject *truth = wf_operate(js_truth, self, NULL, 0);
    int result = truth == NULL ? -1 : truth == Py_True;
    Py_XDECREF(truth);
    return result;
}

static PyObject *
jsproxy_richcompare(PyObject *self, PyObject *other, int operator)
{
    int handle = wf_jsproxy_handle(other);
    if (handle == 0 || (operator != Py_EQ && operator != Py_NE)) {
        Py_RETURN_NOTIMPLEMENTED;
    }
    return PyBool_FromLong(js_same(wf_js_of(self)->handle, handle) == (operator == Py_EQ));
}

static PyObject *
jsproxy_id(PyObject *self, void *Py_UNUSED(closure))
{
    return wf_operate(js_id, self, NULL, 0);
}

static PyObject *
jsproxy_typeof(PyObject *self, void *Py_UNUSED(closure))
{
    return wf_operate(js_typeof, self, NULL, 0);
}

static PyObject *
jsproxy_entries(PyObject *self, PyObject *Py_UNUSED(args))
{
    return wf_operate(js_entries, self, NULL, 0);
}

static PyObject *
jsproxy_keys(PyObject *self, PyObject *Py_UNUSED(args))
{
    return wf_operate(js_keys, self, NULL, 0);
}

static PyObject *
jsproxy_values(PyObject *self, PyObject *Py_UNUSED(args))
{
    return wf_operate(js_values, self, NULL, 0);
}

static PyObject *
jsproxy_weakref(PyObject *self, PyObject *Py_UNUSED(args))
{
    return wf_operate(js_weakref, self, NULL, 0);
}

static PyType_Slot object_slots[] = {
    {Py_tp_repr, jsproxy_repr},         {Py_tp_getattro, jsproxy_getattro},
    {Py_tp_setattro, jsproxy_setattro}, {Py_tp_richcompare, jsproxy_richcompare},
    {Py_nb_bool, jsproxy_bool},         {0, NULL},
};
/* Slots that errors inherit from Exception instead. */
static PyType_Slot plain_slots[] = {
    {Py_tp_dealloc, jsproxy_dealloc},
    {Py_tp_hash, PyObject_HashNotImplemented},
    {Py_tp_new, wf_jsproxy_no_instances},
    {0, NULL},
};
static PyMethodDef object_methods[] = {
    {"__dir__", jsproxy_dir, METH_NOARGS, "__dir__($self, /)\n--\n\nThe names of the object's attributes."},
    {"object_entries", jsproxy_entries, METH_NOARGS,
     "object_entries($self, /)\n--\n\nThe object's own properties: a JavaScript array of [name, value]."},
    {"object_keys", jsproxy_keys, METH_NOARGS,
     "object_keys($self, /)\n--\n\nThe names of the object's own properties, in a JavaScript array."},
    {"object_values", jsproxy_values, METH_NOARGS,
     "object_values($self, /)\n--\n\nThe values of the object's own properties, in a JavaScript array."},
    {"to_py", (PyCFunction)(void (*)(void))wf_jsproxy_to_py, METH_VARARGS | METH_KEYWORDS,
     "to_py($self, /, *, depth=-1, default_converter=None)\n--\n\n"
     "A Python object with what this one contains: arrays become lists, maps and plain objects dicts, sets\n"
     "sets, buffers memoryviews; other objects stay as they are.\n\n"
     "depth: how many levels to convert; -1: all.\n"
     "default_converter(value, convert, cache): called for what would stay; convert(value) converts a part of\n"
     "it, cache(value, result) makes later occurrences of value the same result."},
    {"to_weakref", jsproxy_weakref, METH_NOARGS,
     "to_weakref($self, /)\n--\n\nA JavaScript WeakRef of the object: its deref() gives the object, or None once it is gone."},
    {0},
};
static PyGetSetDef object_getters[] = {
    {"js_id", jsproxy_id, NULL, "A number that is the same for two proxies if and only if they are of the same object.",
     NULL},
    {"typeof", jsproxy_typeof, NULL, "What JavaScript's typeof says.", NULL},
    {0},
};
const wf_mixin wf_object_mixins[] = {
    {.slots = object_slots, .methods = object_methods, .getters = object_getters},
    {.without = WF_JS_ERROR, .slots = plain_slots},
    {0},
};

PyObject *
wf_jsproxy_no_instances(PyTypeObject *type, PyObject *Py_UNUSED(args), PyObject *Py_UNUSED(kwargs))
{
    PyObject *name = PyType_GetName(type);
    if (name != NULL) {
        PyErr_Format(PyExc_TypeError, "%U cannot be instantiated.", name);
        Py_DECREF(name);
    }
    return NULL;
}
