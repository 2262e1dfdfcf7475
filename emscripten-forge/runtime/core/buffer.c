/* Python's buffers for JavaScript, and Python memory for JavaScript's bytes. */
#include "buffer.h"

#include "core.h"

#include <emscripten.h>

/* Copy a buffer into typed arrays. Return their handle, 0 if JavaScript has no type for the format, or -1 if memory is
   short. */
WF_IMPORT(js_buffer_copy) int js_buffer_copy(const Py_buffer *view);

EMSCRIPTEN_KEEPALIVE Py_buffer *
wf_buffer_get(PyObject *object)
{
    Py_buffer *view = PyMem_Calloc(1, sizeof(*view));
    if (view == NULL) {
        PyErr_NoMemory();
    }
    else if (PyObject_GetBuffer(object, view, PyBUF_RECORDS_RO) < 0) {
        PyMem_Free(view);
        view = NULL;
    }
    if (view == NULL) {
        wf_raise_to_js();
    }
    return view;
}

EMSCRIPTEN_KEEPALIVE void
wf_buffer_release(Py_buffer *view)
{
    PyBuffer_Release(view);
    PyMem_Free(view);
}

int
wf_buffer_to_wire(PyObject *value, wf_value *out)
{
    Py_buffer view;
    if (PyObject_GetBuffer(value, &view, PyBUF_RECORDS_RO) < 0) {
        /* Some types claim the buffer protocol and still export no buffer, such as NumPy's datetime64. */
        if (!PyErr_ExceptionMatches(PyExc_BufferError) && !PyErr_ExceptionMatches(PyExc_ValueError)) {
            return -1;
        }
        PyErr_Clear();
        return 0;
    }
    int handle = js_buffer_copy(&view);
    PyBuffer_Release(&view);
    if (handle < 0) {
        PyErr_NoMemory();
        return -1;
    }
    out->tag = WF_JSOBJECT;
    out->aux = handle;
    out->size = WF_OWNED;
    return handle != 0;
}

typedef struct {
    PyObject_HEAD
    char *data;
    Py_ssize_t size, items, itemsize;
    char format[2];
    int readonly;
    int allocated;   /* freed with the object */
    PyObject *owner; /* or NULL */
} Memory;

static int
memory_getbuffer(PyObject *object, Py_buffer *view, int flags)
{
    Memory *self = (Memory *)object;
    if (PyBuffer_FillInfo(view, object, self->data, self->size, self->readonly, flags) < 0) {
        return -1;
    }
    view->itemsize = self->itemsize;
    if (flags & PyBUF_FORMAT) {
        view->format = self->format;
    }
    if (flags & PyBUF_ND) {
        view->shape = &self->items;
    }
    if ((flags & PyBUF_STRIDES) == PyBUF_STRIDES) {
        view->strides = &self->itemsize;
    }
    return 0;
}

static void
memory_dealloc(PyObject *object)
{
    Memory *self = (Memory *)object;
    if (self->allocated) {
        PyMem_RawFree(self->data);
    }
    Py_XDECREF(self->owner);
    Py_TYPE(object)->tp_free(object);
}

static PyBufferProcs memory_buffer = {.bf_getbuffer = memory_getbuffer};

static PyTypeObject memory_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "pyodide.ffi.Memory",
    .tp_doc = "Memory that a JavaScript array was copied to, or lies in.",
    .tp_basicsize = sizeof(Memory),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_dealloc = memory_dealloc,
    .tp_as_buffer = &memory_buffer,
};

static Py_ssize_t
format_size(char format)
{
    switch (format) {
    case 'h':
    case 'H':
    case 'e':
        return 2;
    case 'i':
    case 'I':
    case 'f':
        return 4;
    case 'q':
    case 'Q':
    case 'd':
        return 8;
    default:
        return 1;
    }
}

PyObject *
wf_memory_new(void *data, Py_ssize_t size, char format, int readonly, PyObject *owner)
{
    if (PyType_Ready(&memory_type) < 0) {
        return NULL;
    }
    Memory *self = PyObject_New(Memory, &memory_type);
    if (self == NULL) {
        return NULL;
    }
    self->allocated = data == NULL;
    /* Raw memory comes from malloc, so it is aligned for any item. */
    self->data = self->allocated ? PyMem_RawMalloc(size) : data;
    self->size = size;
    self->itemsize = format_size(format);
    self->items = size / self->itemsize;
    self->format[0] = format;
    self->format[1] = 0;
    self->readonly = readonly;
    self->owner = Py_XNewRef(owner);
    if (self->data == NULL) {
        Py_CLEAR(self);
        PyErr_NoMemory();
    }
    return (PyObject *)self;
}

void *
wf_memory_data(PyObject *memory)
{
    return ((Memory *)memory)->data;
}
