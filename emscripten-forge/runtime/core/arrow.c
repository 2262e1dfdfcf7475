/* Data frames through the Arrow C interfaces: read for JavaScript, and built from descriptions in Python. */
#include "arrow.h"

#include "buffer.h"
#include "core.h"

#include <emscripten.h>
#include <errno.h>

/* ---- from Python to JavaScript ---- */

/* A stream with all its batches; js/bridge/buffers/arrow.mjs reads it. */
typedef struct {
    struct ArrowSchema schema;
    uint32_t count;
    struct ArrowArray *batches;
} Frame;

EMSCRIPTEN_KEEPALIVE void
wf_arrow_release(Frame *frame)
{
    for (uint32_t i = 0; i < frame->count; i++) {
        if (frame->batches[i].release) {
            frame->batches[i].release(&frame->batches[i]);
        }
    }
    if (frame->schema.release) {
        frame->schema.release(&frame->schema);
    }
    PyMem_Free(frame->batches);
    PyMem_Free(frame);
}

/* Return 0, or -1 with an exception set. */
static int
check(struct ArrowArrayStream *stream, int status)
{
    if (status != 0 && !PyErr_Occurred()) {
        const char *message = stream->get_last_error(stream);
        PyErr_Format(PyExc_ValueError, "the data frame's Arrow stream failed: %s",
                     message ? message : strerror(status));
    }
    return status ? -1 : 0;
}

/* Move the stream's schema and batches to the frame. Return 0, or -1 with an exception set. */
static int
drain(struct ArrowArrayStream *stream, Frame *frame)
{
    if (check(stream, stream->get_schema(stream, &frame->schema)) < 0) {
        return -1;
    }
    for (;;) {
        struct ArrowArray batch = {0};
        if (check(stream, stream->get_next(stream, &batch)) < 0) {
            return -1;
        }
        if (batch.release == NULL) {
            return 0;
        }
        struct ArrowArray *more = frame->batches;
        PyMem_Resize(more, struct ArrowArray, frame->count + 1);
        if (more == NULL) {
            batch.release(&batch);
            PyErr_NoMemory();
            return -1;
        }
        frame->batches = more;
        frame->batches[frame->count++] = batch;
    }
}

/* Take the contents of a PyCapsule "arrow_array_stream" and leave it empty. The caller passes the frame to
   wf_arrow_release. Return NULL on failure, with the exception kept for JavaScript. */
EMSCRIPTEN_KEEPALIVE Frame *
wf_arrow_drain(PyObject *capsule)
{
    struct ArrowArrayStream *stream = PyCapsule_GetPointer(capsule, "arrow_array_stream");
    int full = stream != NULL && stream->release != NULL;
    Frame *frame = NULL;
    if (stream != NULL && !full) {
        PyErr_SetString(PyExc_ValueError, "the Arrow stream was read before; make a new one");
    }
    else if (full && (frame = PyMem_Calloc(1, sizeof(*frame))) == NULL) {
        PyErr_NoMemory();
    }
    int failed = frame == NULL || drain(stream, frame) < 0;
    if (failed) {
        /* Do this before the release functions: they may run Python code and lose the exception. */
        wf_raise_to_js();
    }
    if (failed && frame != NULL) {
        wf_arrow_release(frame);
        frame = NULL;
    }
    if (full) {
        stream->release(stream);
    }
    return frame;
}

/* ---- from descriptions in Python to the Arrow interfaces ----

   A schema is (format, name, metadata, flags, children, dictionary): str, str, bytes or None, int, tuple of
   schemas, schema or None. A batch is (length, null_count, offset, buffers, children, dictionary): ints, tuple
   of objects with the buffer protocol or None, tuple of batches, batch or None.

   A Python list owns all memory of one structure, and each of its structs holds a reference to the list: a
   consumer may move a child out of its parent and release it later. It may also call our functions without
   holding the GIL. */

/* Allocate zeroed memory that belongs to the list. Return NULL with an exception set if memory is short. */
static void *
allocate(PyObject *list, size_t size)
{
    PyObject *memory = wf_memory_new(NULL, size, 'B', 0, NULL);
    void *data = NULL;
    if (memory != NULL && PyList_Append(list, memory) == 0) {
        data = memset(wf_memory_data(memory), 0, size);
    }
    Py_XDECREF(memory);
    return data;
}

/* Release a struct's reference to the list. */
static void
release_list(void **private_data)
{
    PyGILState_STATE state = PyGILState_Ensure();
    Py_CLEAR(*private_data);
    PyGILState_Release(state);
}

static void
release_schema(struct ArrowSchema *schema)
{
    for (int64_t i = 0; i < schema->n_children; i++) {
        if (schema->children[i]->release) {
            schema->children[i]->release(schema->children[i]);
        }
    }
    if (schema->dictionary && schema->dictionary->release) {
        schema->dictionary->release(schema->dictionary);
    }
    schema->release = NULL;
    release_list(&schema->private_data);
}

static int fill_schema(struct ArrowSchema *schema, PyObject *description, PyObject *list);

/* Fill a nested schema. Return NULL with an exception set on failure. */
static struct ArrowSchema *
add_schema(PyObject *description, PyObject *list)
{
    struct ArrowSchema *schema = allocate(list, sizeof(*schema));
    return schema && fill_schema(schema, description, list) == 0 ? schema : NULL;
}

/* Return 0, or -1 with an exception set. Release the schema in both cases, unless its release is NULL. */
static int
fill_schema(struct ArrowSchema *schema, PyObject *description, PyObject *list)
{
    PyObject *metadata, *children, *dictionary;
    if (!PyArg_ParseTuple(description, "ssOLO!O;a schema", &schema->format, &schema->name, &metadata, &schema->flags,
                          &PyTuple_Type, &children, &dictionary)) {
        return -1;
    }
    schema->metadata = metadata == Py_None ? NULL : PyBytes_AsString(metadata);
    schema->private_data = Py_NewRef(list);
    schema->release = release_schema;
    Py_ssize_t count = PyTuple_GET_SIZE(children);
    schema->children = allocate(list, (count + 1) * sizeof(*schema->children));
    if (PyErr_Occurred() || PyList_Append(list, description) < 0) {
        return -1;
    }
    for (; schema->n_children < count; schema->n_children++) {
        struct ArrowSchema *child = add_schema(PyTuple_GET_ITEM(children, schema->n_children), list);
        if (child == NULL) {
            return -1;
        }
        schema->children[schema->n_children] = child;
    }
    return dictionary == Py_None || (schema->dictionary = add_schema(dictionary, list)) ? 0 : -1;
}

static void
release_array(struct ArrowArray *array)
{
    for (int64_t i = 0; i < array->n_children; i++) {
        if (array->children[i]->release) {
            array->children[i]->release(array->children[i]);
        }
    }
    if (array->dictionary && array->dictionary->release) {
        array->dictionary->release(array->dictionary);
    }
    array->release = NULL;
    release_list(&array->private_data);
}

static int fill_array(struct ArrowArray *array, PyObject *description, PyObject *list);

static struct ArrowArray *
add_array(PyObject *description, PyObject *list)
{
    struct ArrowArray *array = allocate(list, sizeof(*array));
    return array && fill_array(array, description, list) == 0 ? array : NULL;
}

/* Point to the memory of the buffers. Return 0, or -1 with an exception set. */
static int
fill_buffers(struct ArrowArray *array, PyObject *buffers, PyObject *list)
{
    Py_ssize_t count = PyTuple_GET_SIZE(buffers);
    array->buffers = allocate(list, (count + 1) * sizeof(*array->buffers));
    if (array->buffers == NULL) {
        return -1;
    }
    for (; array->n_buffers < count; array->n_buffers++) {
        PyObject *buffer = PyTuple_GET_ITEM(buffers, array->n_buffers);
        if (buffer != Py_None) {
            PyObject *view = PyMemoryView_GetContiguous(buffer, PyBUF_READ, 'C');
            int failed = view == NULL || PyList_Append(list, view) < 0;
            array->buffers[array->n_buffers] = failed ? NULL : PyMemoryView_GET_BUFFER(view)->buf;
            Py_XDECREF(view);
            if (failed) {
                return -1;
            }
        }
    }
    return 0;
}

/* Fill a batch; results as for fill_schema. */
static int
fill_array(struct ArrowArray *array, PyObject *description, PyObject *list)
{
    PyObject *buffers, *children, *dictionary;
    if (!PyArg_ParseTuple(description, "LLLO!O!O;a batch", &array->length, &array->null_count, &array->offset,
                          &PyTuple_Type, &buffers, &PyTuple_Type, &children, &dictionary)) {
        return -1;
    }
    array->private_data = Py_NewRef(list);
    array->release = release_array;
    Py_ssize_t count = PyTuple_GET_SIZE(children);
    array->children = allocate(list, (count + 1) * sizeof(*array->children));
    if (array->children == NULL || fill_buffers(array, buffers, list) < 0) {
        return -1;
    }
    for (; array->n_children < count; array->n_children++) {
        struct ArrowArray *child = add_array(PyTuple_GET_ITEM(children, array->n_children), list);
        if (child == NULL) {
            return -1;
        }
        array->children[array->n_children] = child;
    }
    return dictionary == Py_None || (array->dictionary = add_array(dictionary, list)) ? 0 : -1;
}

/* ---- the stream ---- */

typedef struct {
    PyObject *schema, *batches; /* a schema, a tuple of batches */
    Py_ssize_t next;
    PyObject *error; /* message of the last failure, or NULL */
} Source;

/* Return the result of get_schema or get_next: 0, or an errno with the message kept. Clear any exception. */
static int
status_of(struct ArrowArrayStream *stream, int failed)
{
    Source *source = stream->private_data;
    Py_CLEAR(source->error);
    if (failed) {
        PyObject *exception = PyErr_GetRaisedException();
        source->error = exception ? PyObject_Str(exception) : NULL;
        Py_XDECREF(exception);
        PyErr_Clear();
    }
    return failed ? EINVAL : 0;
}

static int
get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
    Source *source = stream->private_data;
    PyGILState_STATE state = PyGILState_Ensure();
    memset(out, 0, sizeof(*out));
    PyObject *list = PyList_New(0);
    int failed = list == NULL || fill_schema(out, source->schema, list) < 0;
    if (failed && out->release) {
        out->release(out);
    }
    Py_XDECREF(list);
    int status = status_of(stream, failed);
    PyGILState_Release(state);
    return status;
}

static int
get_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
    Source *source = stream->private_data;
    PyGILState_STATE state = PyGILState_Ensure();
    int failed = 0;
    memset(out, 0, sizeof(*out));
    if (source->next < PyTuple_GET_SIZE(source->batches)) {
        PyObject *list = PyList_New(0);
        failed = list == NULL || fill_array(out, PyTuple_GET_ITEM(source->batches, source->next), list) < 0;
        if (failed && out->release) {
            out->release(out);
        }
        Py_XDECREF(list);
        source->next++;
    }
    int status = status_of(stream, failed);
    PyGILState_Release(state);
    return status;
}

static const char *
get_last_error(struct ArrowArrayStream *stream)
{
    Source *source = stream->private_data;
    PyGILState_STATE state = PyGILState_Ensure();
    const char *message = source->error ? PyUnicode_AsUTF8(source->error) : NULL;
    PyErr_Clear();
    PyGILState_Release(state);
    return message;
}

static void
release_stream(struct ArrowArrayStream *stream)
{
    Source *source = stream->private_data;
    PyGILState_STATE state = PyGILState_Ensure();
    Py_DECREF(source->schema);
    Py_DECREF(source->batches);
    Py_XDECREF(source->error);
    PyMem_Free(source);
    stream->release = NULL;
    PyGILState_Release(state);
}

/* A consumer that has moved the stream out of the capsule has set its release to NULL. */
static void
release_capsule(PyObject *capsule)
{
    struct ArrowArrayStream *stream = PyCapsule_GetPointer(capsule, "arrow_array_stream");
    if (stream->release) {
        stream->release(stream);
    }
    PyMem_Free(stream);
}

static PyObject *
stream(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *schema, *batches, *capsule = NULL;
    if (!PyArg_ParseTuple(args, "O!O!:stream", &PyTuple_Type, &schema, &PyTuple_Type, &batches)) {
        return NULL;
    }
    struct ArrowArrayStream *made = PyMem_Calloc(1, sizeof(*made));
    Source *source = PyMem_Calloc(1, sizeof(*source));
    if (made == NULL || source == NULL) {
        PyErr_NoMemory();
    }
    else {
        capsule = PyCapsule_New(made, "arrow_array_stream", release_capsule);
    }
    if (capsule == NULL) {
        PyMem_Free(made);
        PyMem_Free(source);
    }
    else {
        *source = (Source){.schema = Py_NewRef(schema), .batches = Py_NewRef(batches)};
        *made = (struct ArrowArrayStream){get_schema, get_next, get_last_error, release_stream, source};
    }
    return capsule;
}

static void
free_schema_capsule(PyObject *capsule)
{
    struct ArrowSchema *schema = PyCapsule_GetPointer(capsule, "arrow_schema");
    if (schema->release) {
        schema->release(schema);
    }
    PyMem_Free(schema);
}

static PyObject *
schema(PyObject *Py_UNUSED(module), PyObject *description)
{
    PyObject *list = PyList_New(0), *capsule = NULL;
    struct ArrowSchema *made = PyMem_Calloc(1, sizeof(*made));
    if (made == NULL) {
        PyErr_NoMemory();
    }
    else if (list != NULL && fill_schema(made, description, list) == 0) {
        capsule = PyCapsule_New(made, "arrow_schema", free_schema_capsule);
    }
    if (capsule == NULL) {
        if (made != NULL && made->release) {
            made->release(made);
        }
        PyMem_Free(made);
    }
    Py_XDECREF(list);
    return capsule;
}

static PyObject *
memory(PyObject *Py_UNUSED(module), PyObject *args)
{
    Py_ssize_t address, size;
    PyObject *owner;
    if (!PyArg_ParseTuple(args, "nnO:memory", &address, &size, &owner)) {
        return NULL;
    }
    /* Nobody reads through the pointer of an empty buffer, so it may be NULL. */
    return wf_memory_new(address && size ? (void *)address : "", size, 'B', 1, owner);
}

static PyMethodDef functions[] = {
    {"stream", stream, METH_VARARGS,
     "stream(schema, batches): a PyCapsule \"arrow_array_stream\" of descriptions (see arrow.c)."},
    {"schema", schema, METH_O, "schema(schema): a PyCapsule \"arrow_schema\"."},
    {"memory", memory, METH_VARARGS,
     "memory(address, size, owner): size bytes at an address as a read-only buffer that keeps its owner."},
    {0},
};

static PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_wasmforge_arrow",
    .m_doc = "The Arrow C interfaces, for pyodide.arrow.",
    .m_methods = functions,
};

PyMODINIT_FUNC
PyInit__wasmforge_arrow(void)
{
    return PyModule_Create(&module);
}
