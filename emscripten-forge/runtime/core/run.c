/* Running code for JavaScript. What can be Python is in py/_wasmforge.py. */
#include "core.h"

#include <emscripten.h>

/* Call a function of py/_wasmforge.py. Steals args, which may be NULL with an
   exception set; returns a new reference, or NULL with an exception set. */
static PyObject *
call_helper(const char *name, PyObject *args)
{
    PyObject *result = NULL;
    PyObject *module = args == NULL ? NULL : PyImport_ImportModule("_wasmforge");
    PyObject *function = module == NULL ? NULL : PyObject_GetAttrString(module, name);
    if (function != NULL) {
        result = PyObject_CallObject(function, args);
    }
    Py_XDECREF(function);
    Py_XDECREF(module);
    Py_XDECREF(args);
    return result;
}

/* A str as JavaScript; undefined if value is NULL, without an exception. */
static JsVal
text_or_undefined(PyObject *value)
{
    JsVal result = value == NULL ? js_undefined() : wf_to_js(value);
    PyErr_Clear();
    return result;
}

void
wf_raise_to_js(void)
{
    PyObject *error = PyErr_GetRaisedException();
    PyObject *type = PyType_GetName(Py_TYPE(error));
    PyErr_Clear();
    PyObject *message = call_helper("format_error", PyTuple_Pack(1, error));
    if (message == NULL) {
        /* No memory or no stack for a traceback. */
        PyErr_Clear();
        message = PyObject_Str(error);
        PyErr_Clear();
    }
    js_keep_python_error(text_or_undefined(type), text_or_undefined(message));
    Py_XDECREF(message);
    Py_XDECREF(type);
    Py_DECREF(error);
}

/* The value of a helper's result, which it releases, or its exception. */
static JsVal
finish(PyObject *result)
{
    JsVal value = result == NULL ? js_undefined() : wf_to_js(result);
    Py_XDECREF(result);
    if (PyErr_Occurred()) {
        wf_raise_to_js();
    }
    return value;
}

/* Run source, UTF-8, in __main__; return its last expression's value. */
EMSCRIPTEN_KEEPALIVE JsVal
wf_run(const char *source, Py_ssize_t size, const char *filename)
{
    PyObject *code = PyUnicode_DecodeUTF8(source, size, "surrogatepass");
    PyObject *args = code == NULL ? NULL : Py_BuildValue("(Ns)", code, filename);
    return finish(call_helper("run", args));
}

/* The top-level names that source imports, separated by spaces. */
EMSCRIPTEN_KEEPALIVE JsVal
wf_find_imports(const char *source, Py_ssize_t size)
{
    PyObject *code = PyUnicode_DecodeUTF8(source, size, "surrogatepass");
    PyObject *args = code == NULL ? NULL : Py_BuildValue("(N)", code);
    return finish(call_helper("find_imports", args));
}

/* Forget what importlib knows of folders that have got new files. */
EMSCRIPTEN_KEEPALIVE void
wf_packages_changed(void)
{
    (void)finish(call_helper("packages_changed", PyTuple_New(0)));
}

/* Handle a signal that waits in the interrupt buffer; its exception, if any. */
EMSCRIPTEN_KEEPALIVE void
wf_check_interrupt(void)
{
    extern void _Py_CheckEmscriptenSignals(void);
    _Py_CheckEmscriptenSignals();
    if (PyErr_CheckSignals() < 0) {
        wf_raise_to_js();
    }
}
