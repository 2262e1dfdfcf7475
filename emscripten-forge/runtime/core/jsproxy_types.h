/* The layout of JsProxy objects, and the parts of their types. Private to core/jsproxy*.c and to files that add a
   mixin. */
#ifndef WASMFORGE_JSPROXY_TYPES_H
#define WASMFORGE_JSPROXY_TYPES_H

#include "jsproxy.h"
#include "value.h"

/* Features of a JavaScript object, from js/bridge/wire/flags.mjs … */
enum {
    WF_JS_ITERABLE = 1 << 0,
    WF_JS_ITERATOR = 1 << 1,
    WF_JS_GENERATOR = 1 << 2,
    WF_JS_ASYNC_ITERABLE = 1 << 3,
    WF_JS_ASYNC_ITERATOR = 1 << 4,
    WF_JS_ASYNC_GENERATOR = 1 << 5,
    WF_JS_AWAITABLE = 1 << 6,
    WF_JS_DISPOSABLE = 1 << 7,
    WF_JS_ASYNC_DISPOSABLE = 1 << 8,
    WF_JS_HAS_LENGTH = 1 << 9,
    WF_JS_HAS_GET = 1 << 10,
    WF_JS_HAS_SET = 1 << 11,
    WF_JS_HAS_HAS = 1 << 12,
    WF_JS_HAS_INCLUDES = 1 << 13,
    WF_JS_CALLABLE = 1 << 14,
    WF_JS_ARRAY = 1 << 15,
    WF_JS_ARRAY_LIKE = 1 << 16,
    WF_JS_TYPED_ARRAY = 1 << 17,
    WF_JS_BUFFER = 1 << 18,
    WF_JS_SEQUENCE = 1 << 19, /* any of the three kinds of array */
    WF_JS_MAPPING = 1 << 20,
    WF_JS_MUTABLE_MAPPING = 1 << 21,
    WF_JS_ERROR = 1 << 22,
    WF_JS_DOUBLE_PROXY = 1 << 23, /* a PyProxy that Python holds */
    /* … and the view that Python asked for. */
    WF_JS_OBJECT_MAP = 1 << 24, /* the object's own properties are the items of a mapping */
    WF_JS_HEREDITARY = 1 << 25, /* the contents are viewed as object maps, too */
    WF_JS_JSON_DICT = 1 << 26,  /* as json.loads would return it, and its contents, too */
    WF_JS_JSON_SEQUENCE = 1 << 27,
    WF_JS_ROOT = 1 << 28, /* of no object: the base of all types except errors */
};

/* A JsProxy's own fields. */
typedef struct {
    int handle;     /* the object's handle, owned */
    uint32_t flags;
    PyObject *self; /* the object from which a function was read, its `this`; or NULL */
    PyObject *dict; /* attributes that Python's import system sets on a module; or NULL */
    vectorcallfunc vectorcall;
} wf_js;

typedef struct {
    PyObject_HEAD
    wf_js js;
} wf_jsproxy;

typedef struct {
    PyBaseExceptionObject base;
    wf_js js;
} wf_jsexception;

static inline wf_js *
wf_js_of(PyObject *jsproxy)
{
    int is_exception = PyType_FastSubclass(Py_TYPE(jsproxy), Py_TPFLAGS_BASE_EXC_SUBCLASS);
    return is_exception ? &((wf_jsexception *)jsproxy)->js : &((wf_jsproxy *)jsproxy)->js;
}

/* A protocol: additions to the types whose flags include all of `all`, at least one of `any` (if that is not
   0) and none of `without`. The first mixin that fills a slot or defines a name wins. Any pointer may be
   NULL. */
typedef struct {
    uint32_t all, any, without;
    const PyType_Slot *slots; /* ends with {0} */
    const PyMethodDef *methods;
    const PyGetSetDef *getters;
    const char *abc;                 /* a class of collections.abc with which the type is registered … */
    const char *const *abc_methods;  /* … and the methods to copy from it; ends with NULL */
} wf_mixin;

/* All mixins, by priority. Each array ends with an empty mixin. */
extern const wf_mixin *const wf_mixins[];
extern const wf_mixin wf_object_mixins[];   /* jsproxy.c */
extern const wf_mixin wf_sequence_mixins[]; /* jsproxy_sequence.c */
extern const wf_mixin wf_mapping_mixins[];  /* jsproxy_mapping.c */
extern const wf_mixin wf_iterator_mixins[]; /* jsproxy_iterator.c */
extern const wf_mixin wf_async_mixins[];    /* jsproxy_async.c */
extern const wf_mixin wf_call_mixins[];     /* jsproxy_call.c */
extern const wf_mixin wf_error_mixins[];    /* jsproxy_error.c */
extern const wf_mixin wf_pyproxy_mixins[];  /* jsproxy_create.c */

/* Return the type of JsProxies with these flags, made at first use: borrowed, or NULL with an exception set. */
PyTypeObject *wf_jsproxy_type(uint32_t flags);

/* Make a class for isinstance(x, …), which is true if the type of x has these flags. Keeps name. Returns a new
   reference, or NULL with an exception set. */
PyObject *wf_jsproxy_class(const char *name, uint32_t flags);

/* Make JsProxy, JsException and the metaclass. Return 0, or -1 with an exception set. */
int wf_jsproxy_types_start(void);

/* The roots of all types. */
extern PyTypeObject *wf_jsproxy_root, *wf_jsexception_root;

/* ---- operations on JavaScript objects ---- */

/* Imports an operation of js/bridge/jsproxy/operations.mjs: from `count` values to a value, WF_END or WF_ERROR. */
typedef void wf_operation(int handle, const wf_value *args, int count, wf_value *out);
/* Defines a function that calls the import, because C cannot point to an import. */
#define WF_OPERATION(name)                                                       \
    WF_IMPORT(name) void name##_import(int, const wf_value *, int, wf_value *);  \
    static void name(int handle, const wf_value *args, int count, wf_value *out) \
    {                                                                            \
        name##_import(handle, args, count, out);                                 \
    }

/* Call an operation. Return a new reference, NULL with an exception set, or NULL without one for WF_END. */
PyObject *wf_operate(wf_operation *operation, PyObject *self, PyObject *const *args, int count);

/* Call an operation without a result. Return 0, 1 for WF_END, or -1 with an exception set. */
int wf_operate_quietly(wf_operation *operation, PyObject *self, PyObject *const *args, int count);

/* Allocate values for JavaScript, or use `small` if they fit. Return NULL with an exception set on failure. */
#define WF_SMALL 8
wf_value *wf_values_new(Py_ssize_t count, wf_value *small);
void wf_values_free(wf_value *values, wf_value *small);

/* Write values for JavaScript. Return 0, or -1 with an exception set and nothing to release. */
int wf_values_fill(wf_value *values, PyObject *const *objects, Py_ssize_t count);

/* Release the contents of values that JavaScript will not read. */
void wf_values_drop(const wf_value *values, Py_ssize_t count);

/* ---- iterators and generators, also asynchronous ones ---- */

/* The method that makes a step … */
typedef enum { WF_NEXT = 0, WF_THROW = 1, WF_RETURN = 2 } wf_method;
/* … and the kind of its result. */
enum { WF_MORE = 0, WF_LAST = 1, WF_INVALID = 2 /* not an iterator's result: a text says why */ };

/* Return the exception for the arguments of throw(type[, value[, traceback]]) or throw(exception): a new reference, or
   NULL with an exception set. */
PyObject *wf_exception_to_throw(PyObject *const *args, Py_ssize_t count);

/* ---- views ---- */

/* Return the view of a value in an object map or JSON. Steals value, which may be NULL. */
PyObject *wf_jsproxy_inherit(PyObject *container, PyObject *value);

/* Return a new reference to a JsProxy of the same object with other flags. */
PyObject *wf_jsproxy_view(PyObject *jsproxy, uint32_t flags);

/* The tp_new of classes that only JavaScript can instantiate. */
PyObject *wf_jsproxy_no_instances(PyTypeObject *type, PyObject *args, PyObject *kwargs);

/* Make a JsException of this type. Takes the handle. Returns a new reference, or NULL with an exception set. */
PyObject *wf_jsexception_new(PyTypeObject *type, int handle, uint32_t flags);

/* The vectorcall function of a JsProxy (jsproxy_call.c). */
PyObject *wf_jsproxy_vectorcall(PyObject *callable, PyObject *const *args, size_t nargsf, PyObject *kwnames);

#endif
