/* Python's exceptions as JavaScript's errors. (The other way: jsproxy_error.c.) */
#include "core.h"

#include <emscripten.h>

/* Make a PythonError for throwKept to throw: the type's name, the traceback, and a number of keep(). */
WF_IMPORT(js_keep_error)
void js_keep_error(int type_kind, const void *type, Py_ssize_t type_length, int kind, const void *message,
                   Py_ssize_t length, uint32_t number);

/* The exceptions of the newest PythonErrors, by which they are raised again when Python gets them back. In effect
   these references are weak, since JavaScript forgets to let go of errors, and an exception holds all its frames'
   objects: an exception that nobody else holds is forgotten when the next one is kept, and all of them are when a
   program forgets sys.last_exc. (Few exceptions can have a weak reference proper.) */
#define KEPT 16
static struct kept_error {
    uint32_t number;
    PyObject *exception;
    PyObject *message; /* its traceback, when it last crossed */
    int crossings;
} kept[KEPT];
static uint32_t newest;

/* Formatting a traceback at every crossing of a deep recursion would take forever; after so many, the message
   stays what it was. */
#define MOST_MESSAGES 8

static void
forget(struct kept_error *error)
{
    error->number = 0;
    Py_CLEAR(error->message);
    Py_CLEAR(error->exception);
}

/* Forget the exceptions that nobody else holds. */
EMSCRIPTEN_KEEPALIVE void
wf_forget_errors(void)
{
    PyObject *last = PySys_GetObject("last_exc");
    int all = last == NULL || last == Py_None;
    for (int at = 0; at < KEPT; at++) {
        if (kept[at].exception != NULL && (all || Py_REFCNT(kept[at].exception) == 1)) {
            forget(&kept[at]);
        }
    }
}

/* The place of an exception, a new one if it has none. */
static struct kept_error *
keep(PyObject *exception)
{
    for (int at = 0; at < KEPT; at++) {
        if (kept[at].exception == exception) {
            return &kept[at];
        }
    }
    wf_forget_errors();
    newest++;
    struct kept_error *error = &kept[newest % KEPT];
    forget(error);
    error->number = newest;
    error->exception = Py_NewRef(exception);
    error->crossings = 0;
    return error;
}

/* Whether the exception is still kept. */
EMSCRIPTEN_KEEPALIVE int
wf_has_error(uint32_t number)
{
    return kept[number % KEPT].number == number;
}

PyObject *
wf_kept_error(uint32_t number)
{
    return Py_NewRef(kept[number % KEPT].exception);
}

/* A str, or an empty one if value is NULL: a new reference. */
static PyObject *
text_of(PyObject *value)
{
    PyErr_Clear();
    return value != NULL ? value : PyUnicode_New(0, 0);
}

/* The arguments of js_keep_error for a str. */
#define TEXT(text)                                                                                \
    (PyUnicode_IS_ASCII(text) ? WF_KIND_ASCII : (int)PyUnicode_KIND(text)), PyUnicode_DATA(text), \
        PyUnicode_GET_LENGTH(text)

/* The traceback of an exception as text; without memory or stack for it, what the exception says. */
static PyObject *
format(PyObject *error)
{
    PyObject *message = wf_call_helper("format_error", PyTuple_Pack(1, error));
    if (message == NULL) {
        PyErr_Clear();
        message = text_of(PyObject_Str(error));
    }
    return message;
}

void
wf_raise_to_js(void)
{
    PyObject *exception = PyErr_GetRaisedException();
    PyObject *type = text_of(PyType_GetName(Py_TYPE(exception)));
    PyObject *message = NULL;
    if (keep(exception)->crossings < MOST_MESSAGES) {
        message = format(exception); /* which may run other Python code */
    }
    struct kept_error *error = keep(exception);
    error->crossings++;
    if (message != NULL) {
        Py_XSETREF(error->message, message);
    }
    else if (error->message == NULL) {
        error->message = text_of(NULL);
    }
    js_keep_error(TEXT(type), TEXT(error->message), error->number);
    Py_DECREF(type);
    Py_DECREF(exception);
}
