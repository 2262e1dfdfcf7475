/* Memory that Python and JavaScript share: Python's buffers seen from JavaScript, and JavaScript's typed
   arrays (ArrayBuffer, SharedArrayBuffer and their views) seen from Python. */
#ifndef WASMFORGE_BUFFER_H
#define WASMFORGE_BUFFER_H

#include "value.h"

/* Get the buffer of an object with its format, shape and strides, for PyProxy.getBuffer (js/bridge/buffers/arrays.mjs).
   The caller passes it to wf_buffer_release. Return NULL on failure, with the exception kept for JavaScript. */
Py_buffer *wf_buffer_get(PyObject *object);
void wf_buffer_release(Py_buffer *view);

/* Copy value's buffer into typed arrays, for toJs. Return 1 with the handle in *out, 0 if JavaScript has no type for
   its format, or -1 with an exception set. Borrows value. */
int wf_buffer_to_wire(PyObject *value, wf_value *out);

/* Results of js_array_…: why an array has no bytes to read or write. */
enum { WF_ARRAY_OK = 0, WF_ARRAY_DETACHED = -1, WF_ARRAY_TOO_LARGE = -2 };

/* Modes of js_array_file: read from a file, write to it, or return the array itself. */
enum { WF_FILE_READ = 0, WF_FILE_WRITE = 1, WF_FILE_GIVE = 2 };

/* Make a buffer object: `size` bytes at data, as one dimension of items of a native struct format. owner keeps data
   alive (takes a new reference), or is NULL. If data is NULL, allocate memory that is freed with the object. Return a
   new reference, or NULL with an exception set. */
PyObject *wf_memory_new(void *data, Py_ssize_t size, char format, int readonly, PyObject *owner);

/* Return the address of the bytes of an object of wf_memory_new. */
void *wf_memory_data(PyObject *memory);

/* The methods that a JsProxy of a typed array adds. */
extern PyMethodDef wf_jsbuffer_methods[];

/* The buffer protocol of a JsProxy of a typed array. The view owns its memory. */
int wf_jsbuffer_getbuffer(PyObject *self, Py_buffer *view, int flags);

/* Make a memoryview of a typed array: of its own memory if that lies in Python's, else of a copy. Return a new
   reference, or NULL with an exception set. */
PyObject *wf_jsbuffer_to_memoryview(PyObject *self);

#endif
