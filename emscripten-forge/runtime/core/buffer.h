/* Memory that Python and JavaScript share: Python's buffers seen from JavaScript, and JavaScript's typed
   arrays (ArrayBuffer, SharedArrayBuffer and their views) seen from Python. */
#ifndef WASMFORGE_BUFFER_H
#define WASMFORGE_BUFFER_H

#include "value.h"

/* For PyProxy.getBuffer (js/bridge/buffers/arrays.mjs): the buffer of an object with its format, shape and strides.
   The caller gives it to wf_buffer_release. NULL with the exception kept for JavaScript if there is none. */
Py_buffer *wf_buffer_get(PyObject *object);
void wf_buffer_release(Py_buffer *view);

/* For toJs: a copy of value's buffer as typed arrays. 1 with the handle in *out; 0 if JavaScript has nothing
   for its format; -1 with an exception set. Borrows value. */
int wf_buffer_to_wire(PyObject *value, wf_value *out);

/* What js_array_… return: why an array has no bytes to read or write. */
enum { WF_ARRAY_OK = 0, WF_ARRAY_DETACHED = -1, WF_ARRAY_TOO_LARGE = -2 };

/* What js_array_file does: read from a file, write to it, or give it the array itself. */
enum { WF_FILE_READ = 0, WF_FILE_WRITE = 1, WF_FILE_GIVE = 2 };

/* A buffer object: `size` bytes at data as one dimension of items of a native struct format. owner: what
   keeps data alive (a new reference is taken), or NULL. data NULL: new memory, freed with the object.
   A new reference, or NULL with an exception set. */
PyObject *wf_memory_new(void *data, Py_ssize_t size, char format, int readonly, PyObject *owner);

/* Where the bytes of an object of wf_memory_new are. */
void *wf_memory_data(PyObject *memory);

/* What a JsProxy of a typed array can do besides what any JsProxy can. */
extern PyMethodDef wf_jsbuffer_methods[];

/* The buffer protocol of a JsProxy of a typed array; the view's memory keeps itself. */
int wf_jsbuffer_getbuffer(PyObject *self, Py_buffer *view, int flags);

/* A memoryview of a typed array: of its own memory if that is Python's, else of a copy. A new reference, or
   NULL with an exception set. */
PyObject *wf_jsbuffer_to_memoryview(PyObject *self);

#endif
