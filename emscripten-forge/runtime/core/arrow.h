/* The Arrow C data interface and C stream interface, as specified by Apache Arrow. The layout is part of the
   specification; js/bridge/buffers/arrow.mjs reads it, too. */
#ifndef WASMFORGE_ARROW_H
#define WASMFORGE_ARROW_H

#include <Python.h>
#include <stdint.h>

struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};

struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};

/* Initialise the module _wasmforge_arrow, for py/pyodide/arrow/. */
PyMODINIT_FUNC PyInit__wasmforge_arrow(void);

#endif
