/* Python's operations on JavaScript's typed arrays, ArrayBuffers and DataViews. */
#include "buffer.h"
#include "jsproxy.h"

/* A typed array. address: its place in wasm memory, or 0. format: of the struct module, or 0 for untyped bytes
   (ArrayBuffer, DataView). owner: the buffer to which address belongs, or NULL. */
typedef struct {
    uint32_t address, size, format;
    const Py_buffer *owner;
} js_array;

_Static_assert(sizeof(js_array) == 16, "js/bridge/jsproxy/jsbuffer.mjs writes four words");

WF_IMPORT(js_array_describe) int js_array_describe(int handle, js_array *out);
/* Copy the array's bytes. Return WF_ARRAY_OK, or WF_ARRAY_DETACHED if the array has fewer bytes (now). */
WF_IMPORT(js_array_read) int js_array_read(int handle, void *to, uint32_t size);
WF_IMPORT(js_array_write) int js_array_write(int handle, const void *from, uint32_t size);
/* Both write a value or an error to *out. */
WF_IMPORT(js_array_decode) void js_array_decode(int handle, const wf_value *encoding, wf_value *out);
WF_IMPORT(js_array_file) void js_array_file(int handle, int fd, double position, int operation, wf_value *out);

/* Return 0, or -1 with an exception set. */
static int
describe(PyObject *self, js_array *array)
{
    switch (js_array_describe(wf_jsproxy_handle(self), array)) {
    case WF_ARRAY_OK:
        return 0;
    case WF_ARRAY_DETACHED:
        PyErr_SetString(PyExc_ValueError,
                        "the ArrayBuffer is detached: its contents were transferred to somewhere else, or it was "
                        "a view of Python's memory, which has grown since (take .data from the buffer view again)");
        return -1;
    default:
        PyErr_SetString(PyExc_MemoryError, "the array is larger than the memory that Python can have");
        return -1;
    }
}

/* Copy the array's bytes to or from Python's memory, by an earlier description. Allocating since then may have grown
   the memory, or run code that resized the array. Return 0, or -1 with an exception set. */
static int
copy(PyObject *self, const js_array *array, void *memory, int to_js)
{
    void *here = (void *)array->address;
    int status = WF_ARRAY_OK;
    if (here != NULL) {
        memmove(to_js ? here : memory, to_js ? memory : here, array->size);
    }
    else if (to_js) {
        status = js_array_write(wf_jsproxy_handle(self), memory, array->size);
    }
    else {
        status = js_array_read(wf_jsproxy_handle(self), memory, array->size);
    }
    if (status != WF_ARRAY_OK) {
        PyErr_SetString(PyExc_ValueError, "the array was detached or resized while it was copied");
    }
    return status == WF_ARRAY_OK ? 0 : -1;
}

/* Return the array's memory as an object with the buffer protocol: its own if it lies in Python's memory, else a copy,
   which is read-only if `readonly` is true. */
static PyObject *
memory_of(PyObject *self, int readonly)
{
    js_array array;
    if (describe(self, &array) < 0) {
        return NULL;
    }
    char format = array.format ? array.format : 'B';
    PyObject *memory = NULL, *owner = NULL;
    if (array.address == 0) {
        memory = wf_memory_new(NULL, array.size, format, readonly, NULL);
        if (memory != NULL && copy(self, &array, wf_memory_data(memory), 0) < 0) {
            Py_CLEAR(memory);
        }
    }
    else if (array.owner == NULL) {
        memory = wf_memory_new((void *)array.address, array.size, format, 0, self);
    }
    else {
        /* Make a memoryview, so that the exporter does not move the memory. */
        owner = PyMemoryView_FromObject(array.owner->obj);
        if (owner != NULL) {
            memory = wf_memory_new((void *)array.address, array.size, format, array.owner->readonly, owner);
        }
    }
    Py_XDECREF(owner);
    return memory;
}

int
wf_jsbuffer_getbuffer(PyObject *self, Py_buffer *view, int flags)
{
    PyObject *memory = memory_of(self, 1);
    if (memory == NULL) {
        view->obj = NULL;
        return -1;
    }
    int status = PyObject_GetBuffer(memory, view, flags);
    if (status < 0 && (flags & PyBUF_WRITABLE)) {
        PyErr_SetString(PyExc_BufferError,
                        "Python cannot write to this array: it lies in JavaScript's memory (use its assign() or "
                        "from_file()) or is read-only");
    }
    Py_DECREF(memory);
    return status;
}

PyObject *
wf_jsbuffer_to_memoryview(PyObject *self)
{
    PyObject *memory = memory_of(self, 0);
    PyObject *view = memory ? PyMemoryView_FromObject(memory) : NULL;
    Py_XDECREF(memory);
    return view;
}

static PyObject *
to_memoryview(PyObject *self, PyObject *Py_UNUSED(none))
{
    return wf_jsbuffer_to_memoryview(self);
}

static PyObject *
to_bytes(PyObject *self, PyObject *Py_UNUSED(none))
{
    js_array array;
    if (describe(self, &array) < 0) {
        return NULL;
    }
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, array.size);
    if (bytes != NULL && copy(self, &array, PyBytes_AS_STRING(bytes), 0) < 0) {
        Py_CLEAR(bytes);
    }
    return bytes;
}

/* Whether items may be copied: kind (b, i, f or c) and size must agree. A long is an int on this platform. */
static int
same_type(char js, const Py_buffer *view)
{
    if (js == 0) {
        return 1;
    }
    const char *format = view->format ? view->format : "B";
    format += strchr("@=<", *format) != NULL;
    static const char *const kinds[] = {"bhilqn", "BHILQNPc?sp", "efd"};
    if (*format == 0 || format[1] != 0) {
        return 0;
    }
    for (size_t i = 0; i < Py_ARRAY_LENGTH(kinds); i++) {
        if (strchr(kinds[i], js)) {
            static const char *const widths[] = {"bB", "hHe", "iIf", "", "qQd"};
            Py_ssize_t size = view->itemsize;
            return strchr(kinds[i], *format) && size <= 8 && size > 0 && strchr(widths[size / 2], js);
        }
    }
    return 0;
}

/* Copy between the array and a Python object of the same type and size. Return None, or NULL with an exception set. */
static PyObject *
exchange(PyObject *self, PyObject *object, int to_js)
{
    js_array array;
    Py_buffer view;
    int status = -1;
    int flags = PyBUF_C_CONTIGUOUS | PyBUF_FORMAT | (to_js ? 0 : PyBUF_WRITABLE);
    if (describe(self, &array) < 0 || PyObject_GetBuffer(object, &view, flags) < 0) {
        return NULL;
    }
    if (view.len != (Py_ssize_t)array.size) {
        PyErr_Format(PyExc_ValueError, "cannot assign %s TypedArray: it has %u bytes, the Python buffer has %zd",
                     to_js ? "to" : "from", (unsigned)array.size, view.len);
    }
    else if (!same_type(array.format, &view)) {
        PyErr_Format(PyExc_ValueError, "incompatible formats: the TypedArray has '%c', the Python buffer has '%s'",
                     (int)array.format, view.format ? view.format : "B");
    }
    else {
        status = copy(self, &array, view.buf, to_js);
    }
    PyBuffer_Release(&view);
    return status < 0 ? NULL : Py_NewRef(Py_None);
}

static PyObject *
assign(PyObject *self, PyObject *from)
{
    return exchange(self, from, 1);
}

static PyObject *
assign_to(PyObject *self, PyObject *to)
{
    return exchange(self, to, 0);
}

static PyObject *
to_string(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"encoding", NULL};
    PyObject *encoding = Py_None;
    js_array array;
    wf_value label, text;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O:to_string", names, &encoding) || describe(self, &array) < 0 ||
        wf_to_wire(encoding, &label) < 0) {
        return NULL;
    }
    js_array_decode(wf_jsproxy_handle(self), &label, &text);
    if (text.tag == WF_UNDEFINED) {
        if (encoding == Py_None) {
            PyErr_SetString(PyExc_ValueError, "Failed to decode Javascript TypedArray as utf8");
        }
        else {
            PyErr_Format(PyExc_ValueError, "Failed to decode Javascript TypedArray as %S", encoding);
        }
        return NULL;
    }
    return wf_from_wire(&text);
}

/* Move bytes between the array and a Python file, at the file's position. Bypass the file's own buffers, so that the
   bytes are copied once. Return None, or NULL with an exception set. */
static PyObject *
transfer(PyObject *self, PyObject *file, int operation)
{
    PyObject *binary = NULL, *result = NULL;
    js_array array;
    wf_value count;
    /* Return a text file's buffer, else the file itself. */
    if (describe(self, &array) < 0 || PyObject_GetOptionalAttrString(file, "buffer", &binary) < 0) {
        return NULL;
    }
    if (binary == NULL) {
        binary = Py_NewRef(file);
    }
    PyObject *flushed = PyObject_CallMethod(file, "flush", NULL);
    PyObject *position = flushed ? PyObject_CallMethod(binary, "tell", NULL) : NULL;
    double at = position ? PyFloat_AsDouble(position) : -1;
    int fd = position ? PyObject_AsFileDescriptor(binary) : -1;
    if (fd >= 0) {
        js_array_file(wf_jsproxy_handle(self), fd, at, operation, &count);
        PyObject *moved = NULL;
        if (count.tag == WF_INT && (int32_t)count.aux < 0) {
            errno = -(int32_t)count.aux;
            PyErr_SetFromErrno(PyExc_OSError);
        }
        else {
            moved = wf_from_wire(&count);
        }
        PyObject *end = moved ? PyNumber_Add(position, moved) : NULL;
        PyObject *there = end ? PyObject_CallMethod(binary, "seek", "O", end) : NULL;
        result = there ? Py_NewRef(Py_None) : NULL;
        Py_XDECREF(moved);
        Py_XDECREF(end);
        Py_XDECREF(there);
    }
    Py_DECREF(binary);
    Py_XDECREF(flushed);
    Py_XDECREF(position);
    return result;
}

static PyObject *
to_file(PyObject *self, PyObject *file)
{
    return transfer(self, file, WF_FILE_WRITE);
}

static PyObject *
from_file(PyObject *self, PyObject *file)
{
    return transfer(self, file, WF_FILE_READ);
}

static PyObject *
into_file(PyObject *self, PyObject *file)
{
    return transfer(self, file, WF_FILE_GIVE);
}

PyDoc_STRVAR(into_file_doc, "Make the array the contents of a file, without a copy where the file system keeps "
                            "files in memory. The array must not be used again.");

PyMethodDef wf_jsbuffer_methods[] = {
    {"assign", assign, METH_O, "Copy a Python buffer of the same type and size into the array."},
    {"assign_to", assign_to, METH_O, "Copy the array into a Python buffer of the same type and size."},
    {"to_memoryview", to_memoryview, METH_NOARGS,
     "A memoryview of a copy; of the array itself if that lies in Python's memory."},
    {"to_bytes", to_bytes, METH_NOARGS, "The array's bytes, copied."},
    {"to_string", (PyCFunction)(void (*)(void))to_string, METH_VARARGS | METH_KEYWORDS,
     "The array's bytes decoded by JavaScript's TextDecoder; UTF-8 unless another encoding is named."},
    {"to_file", to_file, METH_O, "Write the array to a file, at its position."},
    {"from_file", from_file, METH_O, "Fill the array from a file, at its position; at the file's end, in part."},
    {"into_file", into_file, METH_O, into_file_doc},
    {"_into_file", into_file, METH_O, into_file_doc},
    {0},
};
