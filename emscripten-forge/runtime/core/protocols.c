/* The protocols that a Python object supports. They decide the class of its PyProxy. */
#include "pyproxy.h"

/* The tp_iternext of types that define none: CPython's, from internal/pycore_object.h. */
extern PyObject *_PyObject_NextNotImplemented(PyObject *self);

/* Whether a type has methods with all these names. Never fails. */
static int
has_methods(PyTypeObject *type, const char *const *names)
{
    for (; *names != NULL; names++) {
        PyObject *name = PyUnicode_InternFromString(*names);
        int found = name != NULL && _PyType_Lookup(type, name) != NULL;
        Py_XDECREF(name);
        if (!found) {
            PyErr_Clear();
            return 0;
        }
    }
    return 1;
}

/* Whether a type is registered as a collections.abc.MutableSequence. Never fails. */
static int
is_mutable_sequence(PyTypeObject *type)
{
    int result = 0;
    PyObject *abc = PyImport_ImportModule("_collections_abc");
    PyObject *mutable_sequence = abc == NULL ? NULL : PyObject_GetAttrString(abc, "MutableSequence");
    if (mutable_sequence != NULL) {
        result = PyObject_IsSubclass((PyObject *)type, mutable_sequence) == 1;
    }
    Py_XDECREF(mutable_sequence);
    Py_XDECREF(abc);
    PyErr_Clear();
    return result;
}

static uint32_t
container_flags(PyTypeObject *type)
{
    uint32_t flags = 0;
    const PySequenceMethods *sequence = type->tp_as_sequence;
    const PyMappingMethods *mapping = type->tp_as_mapping;
    if ((sequence && sequence->sq_item) || (mapping && mapping->mp_subscript)) {
        flags |= WF_PY_HAS_GET;
    }
    if ((sequence && sequence->sq_ass_item) || (mapping && mapping->mp_ass_subscript)) {
        flags |= WF_PY_HAS_SET;
    }
    if ((sequence && sequence->sq_length) || (mapping && mapping->mp_length)) {
        flags |= WF_PY_HAS_LENGTH;
    }
    if (sequence && sequence->sq_contains) {
        flags |= WF_PY_HAS_CONTAINS;
    }
    if (type == &PyDict_Type) {
        flags |= WF_PY_DICT;
    }
    /* str, bytes and bytearray are sequences but lack the flag, since patterns do not match them. */
    int is_bytes = PyType_FastSubclass(type, Py_TPFLAGS_BYTES_SUBCLASS);
    int is_bytearray = PyType_IsSubtype(type, &PyByteArray_Type);
    if (type->tp_flags & Py_TPFLAGS_SEQUENCE || is_bytes || is_bytearray) {
        flags |= WF_PY_SEQUENCE;
        if (type == &PyList_Type || (flags & WF_PY_HAS_SET && is_mutable_sequence(type))) {
            flags |= WF_PY_MUTABLE_SEQUENCE;
        }
    }
    return flags;
}

static uint32_t
iterator_flags(PyTypeObject *type)
{
    static const char *const generator[] = {"send", "throw", "close", "__iter__", NULL};
    static const char *const async_generator[] = {"asend", "athrow", "aclose", "__aiter__", NULL};
    uint32_t flags = 0;
    const PyAsyncMethods *async = type->tp_as_async;
    if (type->tp_iter) {
        flags |= WF_PY_ITERABLE;
    }
    if (type->tp_iternext && type->tp_iternext != &_PyObject_NextNotImplemented) {
        flags |= WF_PY_ITERATOR | (has_methods(type, generator) ? WF_PY_GENERATOR : 0);
    }
    if (async && async->am_await) {
        flags |= WF_PY_AWAITABLE;
    }
    if (async && async->am_aiter) {
        flags |= WF_PY_ASYNC_ITERABLE;
    }
    if (async && async->am_anext) {
        flags |= WF_PY_ASYNC_ITERATOR | (has_methods(type, async_generator) ? WF_PY_ASYNC_GENERATOR : 0);
    }
    return flags;
}

static uint32_t
compute_flags(PyTypeObject *type)
{
    uint32_t flags = container_flags(type) | iterator_flags(type);
    if (type->tp_call) {
        flags |= WF_PY_CALLABLE;
    }
    if (type->tp_as_buffer && type->tp_as_buffer->bf_getbuffer) {
        flags |= WF_PY_BUFFER;
    }
    return flags;
}

uint32_t
wf_pyproxy_flags(PyObject *value)
{
    enum { CACHED = 256 };
    static struct {
        PyTypeObject *type;
        unsigned int version; /* changes when the type changes */
        uint32_t flags;
    } cache[CACHED];
    PyTypeObject *type = Py_TYPE(value);
    size_t slot = ((uintptr_t)type >> 4) % CACHED;
    if (cache[slot].type != type || cache[slot].version != type->tp_version_tag || type->tp_version_tag == 0) {
        PyObject *error = PyErr_GetRaisedException();
        (void)PyUnstable_Type_AssignVersionTag(type);
        cache[slot].flags = compute_flags(type);
        cache[slot].type = type;
        cache[slot].version = type->tp_version_tag;
        PyErr_SetRaisedException(error);
    }
    return cache[slot].flags;
}
