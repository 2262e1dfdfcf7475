/* Errors that cross between Python and JavaScript. */
#include "core.h"
#include "jsproxy.h"

#include <emscripten.h>

/* Make a PythonError for throwKept to throw: the type's name, the traceback, and a number of keep(). */
WF_IMPORT(js_keep_error)
void js_keep_error(int type_kind, const void *type, Py_ssize_t type_length,
                   int kind, const void *message, Py_ssize_t length, uint32_t number);

/* The exceptions of the newest PythonErrors, by which they are raised again when Python gets them back. In effect
   these references are weak, since JavaScript forgets to let go of errors, and an exception holds all its frames'
   objects: an exception that nobody else holds is forgotten when the next one is kept, and all of them are when a
   program forgets sys.last_exc. (Few exceptions can have a weak reference proper.) */
#define KEPT 16
static struct {
    uint32_t number;
    PyObject *exception;
} kept[KEPT];
static uint32_t newest;

/* Forget the exceptions that nobody else holds. */
EMSCRIPTEN_KEEPALIVE void
wf_forget_errors(void)
{
    PyObject *last = PySys_GetObject("last_exc");
    int all = last == NULL || last == Py_None;
    for (int at = 0; at < KEPT; at++) {
        if (kept[at].exception != NULL && (all || Py_REFCNT(kept[at].exception) == 1)) {
            kept[at].number = 0;
            Py_CLEAR(kept[at].exception);
        }
    }
}

static uint32_t
keep(PyObject *exception)
{
    wf_forget_errors();
    newest++;
    kept[newest % KEPT].number = newest;
    Py_XSETREF(kept[newest % KEPT].exception, Py_NewRef(exception));
    return newest;
}

/* Whether the exception is still kept. */
EMSCRIPTEN_KEEPALIVE int
wf_has_error(uint32_t number)
{
    return kept[number % KEPT].number == number;
}

/* A str, or an empty one if value is NULL: a new reference. */
static PyObject *
text_of(PyObject *value)
{
    PyErr_Clear();
    return value != NULL ? value : PyUnicode_New(0, 0);
}

/* The arguments of js_keep_error for a str. */
#define TEXT(text) \
    (PyUnicode_IS_ASCII(text) ? WF_KIND_ASCII : (int)PyUnicode_KIND(text)), PyUnicode_DATA(text), PyUnicode_GET_LENGTH(text)

void
wf_raise_to_js(void)
{
    PyObject *error = PyErr_GetRaisedException();
    PyObject *type = text_of(PyType_GetName(Py_TYPE(error)));
    PyObject *message = wf_call_helper("format_error", PyTuple_Pack(1, error));
    if (message == NULL) {
        /* No memory or no stack for a traceback. */
        PyErr_Clear();
        message = text_of(PyObject_Str(error));
    }
    js_keep_error(TEXT(type), TEXT(message), keep(error));
    Py_DECREF(message);
    Py_DECREF(type);
    Py_DECREF(error);
}

void
wf_raise_from_js(const wf_value *error)
{
    if (error->ptr != 0) {
        PyErr_SetRaisedException(Py_NewRef(kept[error->ptr % KEPT].exception));
    }
    else {
        wf_jsexception_raise((int)error->aux, error->size);
    }
}
