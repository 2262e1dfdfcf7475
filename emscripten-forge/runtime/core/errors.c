/* Python's exceptions as JavaScript's errors. jsproxy_error.c has the other direction. */
#include "core.h"

#include <emscripten.h>

/* Make the PythonError that throwKept throws, from the type's name, the traceback and a number of keep(). */
WF_IMPORT(js_keep_error)
void js_keep_error(int type_kind, const void *type, Py_ssize_t type_length, int kind, const void *message,
                   Py_ssize_t length, uint32_t number);

/* The exceptions of the newest PythonErrors. They are raised again when Python gets the errors back. The references act
   as weak ones, because JavaScript rarely releases errors and an exception holds the objects of all its frames. When an
   exception is kept, those without another owner are forgotten. When a program clears sys.last_exc, all are. (Few
   exceptions support real weak references.) */
#define KEPT 16
static struct kept_error {
    uint32_t number;
    PyObject *exception;
    PyObject *message; /* its traceback at the last crossing */
    int crossings;
} kept[KEPT];
static uint32_t newest;

/* Formatting a traceback at every crossing of a deep recursion takes too long. After this many crossings, the message
   no longer changes. */
#define MOST_MESSAGES 8

static void
forget(struct kept_error *error)
{
    error->number = 0;
    Py_CLEAR(error->message);
    Py_CLEAR(error->exception);
}

/* Forget the exceptions that have no other owner. */
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

/* Return the slot of an exception; add one if it has none. */
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

/* Return value, a str, or an empty str if it is NULL. Steals value; returns a new reference. */
static PyObject *
text_of(PyObject *value)
{
    PyErr_Clear();
    return value != NULL ? value : PyUnicode_New(0, 0);
}

/* Pass a str as arguments of js_keep_error. */
#define TEXT(text)                                                                                \
    (PyUnicode_IS_ASCII(text) ? WF_KIND_ASCII : (int)PyUnicode_KIND(text)), PyUnicode_DATA(text), \
        PyUnicode_GET_LENGTH(text)

/* Return an exception's traceback as text. If memory or stack is short, return only its message. */
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
        message = format(exception); /* may run other Python code */
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
