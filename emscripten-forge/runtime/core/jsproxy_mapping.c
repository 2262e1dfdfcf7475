/* JavaScript's maps as mappings: objects with get(), set(), has() …, and plain objects viewed as dicts. */
#include "jsproxy_types.h"

WF_IMPORT(js_get) void js_get(int handle, const wf_value *key, wf_value *out);
WF_OPERATION(js_delete)
WF_OPERATION(js_has)
WF_OPERATION(js_includes)
WF_OPERATION(js_map_keys)
WF_OPERATION(js_own_count)
WF_OPERATION(js_own_delete)
WF_OPERATION(js_own_get)
WF_OPERATION(js_own_has)
WF_OPERATION(js_own_keys)
WF_OPERATION(js_own_set)
WF_OPERATION(js_set)

/* ---- viewing plain objects as dicts ---- */

/* Flags of objects that are not plain. */
enum {
    NO_OBJECT_MAP = WF_JS_SEQUENCE | WF_JS_BUFFER | WF_JS_ERROR | WF_JS_CALLABLE | WF_JS_ITERATOR |
        WF_JS_ASYNC_ITERATOR | WF_JS_DOUBLE_PROXY,
    NO_JSON = NO_OBJECT_MAP & ~WF_JS_SEQUENCE,
};

/* Return the flags of the object itself, without those of its view. */
static uint32_t
plain_flags(const wf_js *js)
{
    return js->flags & (WF_JS_OBJECT_MAP - 1);
}

static uint32_t
object_map_flags(const wf_js *js, int hereditary)
{
    return plain_flags(js) | WF_JS_OBJECT_MAP | WF_JS_MAPPING | WF_JS_MUTABLE_MAPPING |
           (hereditary ? WF_JS_HEREDITARY : 0);
}

static PyObject *
jsproxy_as_object_map(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"hereditary", NULL};
    int hereditary = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|$p:as_object_map", names, &hereditary)) {
        return NULL;
    }
    return wf_jsproxy_view(self, object_map_flags(wf_js_of(self), hereditary));
}

static PyObject *
jsproxy_as_py_json(PyObject *self, PyObject *Py_UNUSED(args))
{
    const wf_js *js = wf_js_of(self);
    uint32_t flags =
        js->flags & WF_JS_SEQUENCE ? plain_flags(js) | WF_JS_JSON_SEQUENCE : object_map_flags(js, 0) | WF_JS_JSON_DICT;
    return wf_jsproxy_view(self, flags);
}

PyObject *
wf_jsproxy_inherit(PyObject *container, PyObject *value)
{
    uint32_t seen = wf_js_of(container)->flags & (WF_JS_HEREDITARY | WF_JS_JSON_DICT | WF_JS_JSON_SEQUENCE);
    PyObject *result = value;
    if (seen && value != NULL && wf_jsproxy_handle(value) != 0) {
        const wf_js *js = wf_js_of(value);
        if (seen & WF_JS_HEREDITARY && !(js->flags & NO_OBJECT_MAP)) {
            result = wf_jsproxy_view(value, object_map_flags(js, 1));
        }
        else if (seen & ~WF_JS_HEREDITARY && !(js->flags & NO_JSON)) {
            result = jsproxy_as_py_json(value, NULL);
        }
        if (result != value) {
            Py_DECREF(value);
        }
    }
    return result;
}

static PyObject *
own_subscript(PyObject *self, PyObject *key)
{
    PyObject *result = wf_jsproxy_inherit(self, wf_operate(js_own_get, self, &key, 1));
    if (result == NULL && !PyErr_Occurred()) {
        PyErr_SetObject(PyExc_KeyError, key);
    }
    return result;
}

static int
own_ass_subscript(PyObject *self, PyObject *key, PyObject *value)
{
    int status;
    if (value == NULL) {
        status = wf_operate_quietly(js_own_delete, self, &key, 1);
        if (status == 1) {
            PyErr_SetObject(PyExc_KeyError, key);
        }
    }
    else if (!PyUnicode_Check(key)) {
        PyErr_Format(PyExc_TypeError, "Can only assign keys of type string to JavaScript object map, not %.200s",
                     Py_TYPE(key)->tp_name);
        return -1;
    }
    else {
        status = wf_operate_quietly(js_own_set, self, (PyObject *[]){key, value}, 2);
    }
    return status == 0 ? 0 : -1;
}

/* Whether operation(value) is true. Return -1 with an exception set on failure. */
static int
holds(wf_operation *operation, PyObject *self, PyObject *value)
{
    PyObject *answer = wf_operate(operation, self, &value, 1);
    int result = answer == NULL ? -1 : answer == Py_True;
    Py_XDECREF(answer);
    return result;
}

static int
own_contains(PyObject *self, PyObject *key)
{
    return holds(js_own_has, self, key);
}

static Py_ssize_t
own_length(PyObject *self)
{
    PyObject *count = wf_operate(js_own_count, self, NULL, 0);
    Py_ssize_t result = count == NULL ? -1 : PyLong_AsSsize_t(count);
    Py_XDECREF(count);
    return result;
}

static PyObject *
own_iter(PyObject *self)
{
    return wf_operate(js_own_keys, self, NULL, 0);
}

/* ---- objects with get, set, has … ---- */

static PyObject *
map_subscript(PyObject *self, PyObject *key)
{
    wf_value wire, out;
    if (wf_to_wire(key, &wire) < 0) {
        return NULL;
    }
    if (Py_EnterRecursiveCall(" in get()") < 0) {
        wf_values_drop(&wire, 1);
        return NULL;
    }
    js_get(wf_js_of(self)->handle, &wire, &out);
    Py_LeaveRecursiveCall();
    if (out.tag == WF_END) {
        PyErr_SetObject(PyExc_KeyError, key);
        return NULL;
    }
    return wf_from_wire(&out);
}

static int
map_ass_subscript(PyObject *self, PyObject *key, PyObject *value)
{
    int status = value != NULL ? wf_operate_quietly(js_set, self, (PyObject *[]){key, value}, 2)
                               : wf_operate_quietly(js_delete, self, &key, 1);
    if (status == 1) {
        PyErr_SetObject(PyExc_KeyError, key);
    }
    return status == 0 ? 0 : -1;
}

static int
map_contains(PyObject *self, PyObject *key)
{
    return holds(js_has, self, key);
}

static int
includes_contains(PyObject *self, PyObject *value)
{
    return holds(js_includes, self, value);
}

/* Iterating over a mapping gives its keys, not JavaScript's [key, value]. */
static PyObject *
mapping_iter(PyObject *self)
{
    return wf_operate(js_map_keys, self, NULL, 0);
}

static PyType_Slot own_slots[] = {
    {Py_mp_subscript, own_subscript}, {Py_mp_ass_subscript, own_ass_subscript},
    {Py_mp_length, own_length},       {Py_sq_contains, own_contains},
    {Py_tp_iter, own_iter},           {0, NULL},
};
static PyType_Slot mapping_slots[] = {
    {Py_tp_iter, mapping_iter},
    {0, NULL},
};
static PyType_Slot get_slots[] = {
    {Py_mp_subscript, map_subscript},
    {0, NULL},
};
static PyType_Slot set_slots[] = {
    {Py_mp_ass_subscript, map_ass_subscript},
    {0, NULL},
};
static PyType_Slot has_slots[] = {
    {Py_sq_contains, map_contains},
    {0, NULL},
};
static PyType_Slot includes_slots[] = {
    {Py_sq_contains, includes_contains},
    {0, NULL},
};
static PyMethodDef object_map_methods[] = {
    {"as_object_map", (PyCFunction)(void (*)(void))jsproxy_as_object_map, METH_VARARGS | METH_KEYWORDS,
     "as_object_map($self, /, *, hereditary=False)\n--\n\n"
     "The same object as a mapping of its own properties. hereditary: so are the objects it contains."},
    {0},
};
static PyMethodDef json_methods[] = {
    {"as_py_json", jsproxy_as_py_json, METH_NOARGS,
     "as_py_json($self, /)\n--\n\n"
     "The same object, to be used like what json.loads gives: objects as dicts, arrays as lists, at any depth."},
    {0},
};
static const char *const mapping_names[] = {"keys", "items", "values", "get", NULL};
/* The last one is the default of pop(), which reads it from the instance. */
static const char *const mutable_names[] = {
    "pop", "popitem", "clear", "update", "setdefault", "_MutableMapping__marker", NULL};
const wf_mixin wf_mapping_mixins[] = {
    {.all = WF_JS_OBJECT_MAP, .slots = own_slots},
    {.all = WF_JS_MUTABLE_MAPPING, .abc = "MutableMapping", .abc_methods = mutable_names},
    {.all = WF_JS_MAPPING, .slots = mapping_slots, .abc = "Mapping", .abc_methods = mapping_names},
    {.all = WF_JS_HAS_GET, .without = WF_JS_ARRAY | WF_JS_TYPED_ARRAY, .slots = get_slots},
    {.all = WF_JS_HAS_SET, .without = WF_JS_ARRAY | WF_JS_TYPED_ARRAY, .slots = set_slots},
    {.all = WF_JS_HAS_HAS, .slots = has_slots},
    {.all = WF_JS_HAS_INCLUDES, .without = WF_JS_ARRAY | WF_JS_TYPED_ARRAY, .slots = includes_slots},
    {.without = NO_OBJECT_MAP | WF_JS_ROOT, .methods = object_map_methods},
    {.without = NO_JSON | WF_JS_ROOT, .methods = json_methods},
    {0},
};
