/* The types of JsProxy objects: one for each set of flags, composed of mixins at first use. */
#include "jsproxy_types.h"

#include <stddef.h>

PyTypeObject *wf_jsproxy_root, *wf_jsexception_root;

static PyTypeObject *metaclass;
static PyObject *types; /* dict: flags -> type */

const wf_mixin *const wf_mixins[] = {
    wf_mapping_mixins, wf_sequence_mixins, wf_iterator_mixins,
    wf_async_mixins,   wf_call_mixins,     wf_pyproxy_mixins,
    wf_error_mixins,   wf_object_mixins,   NULL,
};

/* ---- isinstance and issubclass compare the flags ---- */

/* Return 1 and the flags with which cls itself was made, 0 if it was made elsewhere, or -1 with an exception set. */
static int
own_flags(PyObject *cls, uint32_t *flags)
{
    PyObject *dict = NULL, *value = NULL;
    int found = 0;
    if (PyObject_TypeCheck(cls, metaclass)) {
        dict = PyType_GetDict((PyTypeObject *)cls);
        found = dict == NULL ? -1 : PyDict_GetItemStringRef(dict, "_js_type_flags", &value);
    }
    if (found == 1) {
        *flags = (uint32_t)PyLong_AsUnsignedLongMask(value);
    }
    Py_XDECREF(value);
    Py_XDECREF(dict);
    return found;
}

/* Do as own_flags, but give a class that was derived in Python the flags of its base. */
static int
inherited_flags(PyTypeObject *type, uint32_t *flags)
{
    int found = 0;
    while (found == 0 && type != NULL) {
        found = own_flags((PyObject *)type, flags);
        type = type->tp_base;
    }
    return found;
}

static PyObject *
is_subclass(PyObject *cls, PyTypeObject *type)
{
    uint32_t asked, given;
    int found = own_flags(cls, &asked);
    if (found == 1 && !PyType_IsSubtype(type, (PyTypeObject *)cls)) {
        found = inherited_flags(type, &given);
        if (found >= 0) {
            return PyBool_FromLong(found == 1 && (given & asked) == asked);
        }
    }
    return found < 0 ? NULL : PyBool_FromLong(PyType_IsSubtype(type, (PyTypeObject *)cls));
}

static PyObject *
meta_instancecheck(PyObject *cls, PyObject *instance)
{
    return is_subclass(cls, Py_TYPE(instance));
}

static PyObject *
meta_subclasscheck(PyObject *cls, PyObject *type)
{
    if (!PyType_Check(type)) {
        PyErr_SetString(PyExc_TypeError, "issubclass() arg 1 must be a class");
        return NULL;
    }
    return is_subclass(cls, (PyTypeObject *)type);
}

static PyMethodDef meta_methods[] = {
    {"__instancecheck__", meta_instancecheck, METH_O, NULL},
    {"__subclasscheck__", meta_subclasscheck, METH_O, NULL},
    {0},
};
static PyType_Slot meta_slots[] = {
    {Py_tp_methods, meta_methods},
    {0, NULL},
};
static PyType_Spec meta_spec = {
    .name = "pyodide.ffi._JsProxyMetaClass",
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = meta_slots,
};

/* ---- composing a type ---- */

enum { MOST_SLOTS = 64, MOST_NAMES = 48 };

/* The parts of a type. The arrays of names live as long as the type, which is never freed. */
typedef struct {
    PyType_Slot slots[MOST_SLOTS];
    int slot_count, method_count, getter_count;
    PyMethodDef *methods;
    PyGetSetDef *getters;
} parts;

static int
applies(const wf_mixin *mixin, uint32_t flags)
{
    return (flags & mixin->all) == mixin->all && (mixin->any == 0 || flags & mixin->any) && !(flags & mixin->without);
}

static int
is_end(const wf_mixin *mixin)
{
    return mixin->slots == NULL && mixin->methods == NULL && mixin->getters == NULL && mixin->abc == NULL;
}

static void
add_slot(parts *its, int id, void *function)
{
    for (int i = 0; i < its->slot_count; i++) {
        if (its->slots[i].slot == id) {
            return;
        }
    }
    its->slots[its->slot_count++] = (PyType_Slot){id, function};
}

static void
add_method(parts *its, const PyMethodDef *method)
{
    for (int i = 0; i < its->method_count; i++) {
        if (strcmp(its->methods[i].ml_name, method->ml_name) == 0) {
            return;
        }
    }
    its->methods[its->method_count++] = *method;
}

static void
add_mixin(parts *its, const wf_mixin *mixin)
{
    for (const PyType_Slot *slot = mixin->slots; slot != NULL && slot->slot != 0; slot++) {
        add_slot(its, slot->slot, slot->pfunc);
    }
    for (const PyMethodDef *method = mixin->methods; method != NULL && method->ml_name != NULL; method++) {
        add_method(its, method);
    }
    for (const PyGetSetDef *getter = mixin->getters; getter != NULL && getter->name != NULL; getter++) {
        its->getters[its->getter_count++] = *getter;
    }
}

/* Register type with the ABC and copy methods from the ABC. Return 0, or -1 with an exception set. */
static int
join_abc(PyTypeObject *type, const wf_mixin *mixin)
{
    int status = -1;
    PyObject *result = NULL, *abc = NULL;
    PyObject *module = PyImport_ImportModule("_collections_abc");
    if (module != NULL && (abc = PyObject_GetAttrString(module, mixin->abc)) != NULL) {
        result = PyObject_CallMethod(abc, "register", "O", type);
    }
    if (result != NULL) {
        status = 0;
    }
    const char *const *name = mixin->abc_methods;
    for (; status == 0 && name != NULL && *name != NULL; name++) {
        PyObject *method = PyObject_GetAttrString(abc, *name);
        status =
            method == NULL ? -1 : PyType_Type.tp_setattro((PyObject *)type, PyUnicode_InternFromString(*name), method);
        Py_XDECREF(method);
    }
    Py_XDECREF(result);
    Py_XDECREF(abc);
    Py_XDECREF(module);
    return status;
}

/* A member of every type: the offset of the instance's vectorcall function. */
static PyMemberDef members[] = {
    {"__vectorcalloffset__", Py_T_PYSSIZET, offsetof(wf_jsproxy, js.vectorcall), Py_READONLY, NULL},
    {0},
};

/* Make the type for flags, derived from base. Return a new reference, or NULL with an exception set. */
static PyTypeObject *
make_type(const char *name, uint32_t flags, PyTypeObject *base)
{
    int is_error = flags & WF_JS_ERROR;
    PyObject *type = NULL, *number = NULL;
    parts its = {.slot_count = 0};
    its.methods = PyMem_Calloc(MOST_NAMES, sizeof(PyMethodDef));
    its.getters = PyMem_Calloc(MOST_NAMES, sizeof(PyGetSetDef));
    PyType_Spec spec = {
        .name = name,
        .basicsize = is_error ? sizeof(wf_jsexception) : sizeof(wf_jsproxy),
        .flags = Py_TPFLAGS_DEFAULT | (is_error ? Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC : Py_TPFLAGS_BASETYPE),
        .slots = its.slots,
    };
    if (its.methods == NULL || its.getters == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    for (const wf_mixin *const *group = wf_mixins; *group != NULL; group++) {
        for (const wf_mixin *mixin = *group; !is_end(mixin); mixin++) {
            if (applies(mixin, flags)) {
                add_mixin(&its, mixin);
            }
        }
    }
    spec.flags |= flags & WF_JS_MAPPING ? Py_TPFLAGS_MAPPING : flags & WF_JS_SEQUENCE ? Py_TPFLAGS_SEQUENCE : 0;
    if (flags & WF_JS_CALLABLE && !is_error) {
        spec.flags |= Py_TPFLAGS_HAVE_VECTORCALL;
        add_slot(&its, Py_tp_members, members);
    }
    add_slot(&its, Py_tp_methods, its.methods);
    add_slot(&its, Py_tp_getset, its.getters);
    its.slots[its.slot_count] = (PyType_Slot){0, NULL};
    type = PyType_FromMetaclass(metaclass, NULL, &spec, (PyObject *)base);
    number = PyLong_FromUnsignedLong(flags);
    if (type == NULL || number == NULL ||
        PyType_Type.tp_setattro(type, PyUnicode_InternFromString("_js_type_flags"), number) < 0) {
        Py_CLEAR(type);
        goto done;
    }
    for (const wf_mixin *const *group = wf_mixins; type != NULL && *group != NULL; group++) {
        for (const wf_mixin *mixin = *group; type != NULL && !is_end(mixin); mixin++) {
            if (mixin->abc != NULL && applies(mixin, flags) && join_abc((PyTypeObject *)type, mixin) < 0) {
                Py_CLEAR(type);
            }
        }
    }
done:
    Py_XDECREF(number);
    return (PyTypeObject *)type;
}

/* ---- the existing types ---- */

/* The types that were used last, by their flags. */
enum { RECENT = 16 };
static struct {
    uint32_t flags;
    PyTypeObject *type;
} recent[RECENT];

static PyTypeObject *
find_type(uint32_t flags)
{
    PyObject *key = PyLong_FromUnsignedLong(flags);
    PyTypeObject *type = key == NULL ? NULL : (PyTypeObject *)PyDict_GetItemWithError(types, key);
    if (type == NULL && key != NULL && !PyErr_Occurred()) {
        int is_error = flags & WF_JS_ERROR;
        type = make_type(is_error ? "pyodide.ffi.JsException" : "pyodide.ffi.JsProxy", flags,
                         is_error ? wf_jsexception_root : wf_jsproxy_root);
        if (type != NULL && PyDict_SetItem(types, key, (PyObject *)type) < 0) {
            Py_CLEAR(type);
        }
        Py_XDECREF(type); /* types holds it */
    }
    Py_XDECREF(key);
    return type;
}

PyTypeObject *
wf_jsproxy_type(uint32_t flags)
{
    int slot = (flags ^ flags >> 8 ^ flags >> 15) % RECENT;
    if (recent[slot].type == NULL || recent[slot].flags != flags) {
        PyTypeObject *type = find_type(flags);
        if (type == NULL) {
            return NULL;
        }
        recent[slot].flags = flags;
        recent[slot].type = type;
    }
    return recent[slot].type;
}

PyObject *
wf_jsproxy_class(const char *name, uint32_t flags)
{
    return (PyObject *)make_type(name, flags, wf_jsproxy_root);
}

int
wf_jsproxy_types_start(void)
{
    int status = -1;
    PyObject *number = PyLong_FromUnsignedLong(WF_JS_ERROR);
    types = PyDict_New();
    metaclass = (PyTypeObject *)PyType_FromSpecWithBases(&meta_spec, (PyObject *)&PyType_Type);
    if (metaclass == NULL || types == NULL || number == NULL) {
        goto done;
    }
    wf_jsproxy_root = make_type("pyodide.ffi.JsProxy", WF_JS_ROOT, &PyBaseObject_Type);
    wf_jsexception_root = make_type("pyodide.ffi.JsException", WF_JS_ERROR, (PyTypeObject *)PyExc_Exception);
    if (wf_jsproxy_root != NULL && wf_jsexception_root != NULL) {
        status = PyDict_SetItem(types, number, (PyObject *)wf_jsexception_root);
    }
done:
    Py_XDECREF(number);
    return status;
}
