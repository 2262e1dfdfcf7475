/* Values that cross between Python and JavaScript, in wasm memory.

   Besides this file, only js/bridge/wire/values.mjs knows the layout; constants.py gives it the constants. */
#ifndef WASMFORGE_VALUE_H
#define WASMFORGE_VALUE_H

#include <Python.h>
#include <stdint.h>

/* Declares a function of the object `imports` in js/bridge/index.mjs. It never throws. */
#define WF_IMPORT(name) __attribute__((import_module("wasmforge"), import_name(#name)))

typedef enum {
    WF_UNDEFINED = 0, /* None */
    WF_NULL = 1,      /* jsnull */
    WF_FALSE = 2,
    WF_TRUE = 3,
    WF_INT = 4,       /* aux: the int, 32 bits, signed */
    WF_NUMBER = 5,    /* number; from JavaScript, a safe integer is an int, any other a float */
    WF_BIGINT = 6,    /* bits: the integer, 64 bits, signed; a larger one is WF_PYOBJECT or WF_JSOBJECT */
    WF_STRING = 7,    /* ptr: the characters, size: how many, aux: WF_KIND… of each; borrowed */
    WF_PYOBJECT = 8,  /* ptr: a PyObject *, owned as described below */
    WF_JSOBJECT = 9,  /* aux: a handle, owned as described below; size: its type flags if from JavaScript */
    WF_ERROR = 10,    /* to JavaScript: an exception is kept for it to throw (errors.c); from JavaScript, the
                         thrown value: as WF_JSOBJECT, or with ptr the number of a Python exception in errors.c */
    WF_END = 11,      /* no next item, no such key or attribute */
    WF_KNOWN = 12,    /* an attribute that JavaScript already has */
    /* In a row of values (to_js.c). aux: the container's number; ptr: the container; size: the number of items
       that follow, each of a dict as two values. */
    WF_ARRAY = 13,
    WF_DICT = 14,
    WF_SET = 15,
    WF_SEEN = 16, /* aux: the number of an earlier container */
} wf_tag;

/* Ownership:
   - a WF_STRING's characters lie in a str (to JavaScript) or in the argument area (from it). They are
     copied out before anything else runs.
   - WF_PYOBJECT to JavaScript: a new reference, which a PyProxy will own; aux: the protocol flags of its
     type (pyproxy.h).
   - WF_PYOBJECT from JavaScript: borrowed from a PyProxy if aux is WF_BORROWED; else a new reference, which
     the receiver owns.
   - WF_JSOBJECT to JavaScript: borrowed from a JsProxy if size is WF_BORROWED; else JavaScript frees it.
   - WF_JSOBJECT from JavaScript: a new handle, which the receiver owns. */
enum { WF_OWNED = 0, WF_BORROWED = 1 };

/* Bytes for each character; WF_KIND_ASCII: one byte, all below 128. */
enum { WF_KIND_ASCII = 0, WF_KIND_1 = 1, WF_KIND_2 = 2, WF_KIND_4 = 4 };

typedef struct {
    uint32_t tag;
    uint32_t aux;
    union {
        double number;
        int64_t bits;
        struct {
            uint32_t ptr;
            uint32_t size;
        };
    };
} wf_value;

/* The size of a value in bytes, for JavaScript. */
enum { WF_VALUE_SIZE = 16 };
_Static_assert(sizeof(wf_value) == WF_VALUE_SIZE, "set WF_VALUE_SIZE to the size of wf_value");

/* Write value for JavaScript. Borrows value, which must outlive *out. Returns 0, or -1 with an exception set and *out
   undefined (and nothing to release). */
int wf_to_wire(PyObject *value, wf_value *out);

/* Write value if it is converted rather than proxied. Return 1 if so, 0 if it needs a PyProxy, or -1 with an exception
   set. */
int wf_immutable_to_wire(PyObject *value, wf_value *out);

/* Write the result of a call for JavaScript. Steals value and keeps it alive until JavaScript has read *out. If value
   is NULL or cannot be converted, keeps the exception for JavaScript. Returns out->tag. */
int wf_return(PyObject *value, wf_value *out);

/* Read a value from JavaScript and take the objects it owns. Return a new reference, or NULL with an exception set
   (also for a WF_ERROR). */
PyObject *wf_from_wire(const wf_value *value);

/* Release the objects that unread values from JavaScript own. */
void wf_discard(const wf_value *values, Py_ssize_t count);

/* Free a handle. It no longer keeps its JavaScript object alive. */
WF_IMPORT(js_release) void js_release(int handle);

/* Return a new handle of the same object. */
WF_IMPORT(js_hold_again) int js_hold_again(int handle);

#endif
