/* The module _pyodide_core, on which the package pyodide.ffi is built. */
#include "jsproxy_create.h"
#include "jsproxy_types.h"
#include "scalars.h"
#include "to_js.h"
#include "to_py.h"

/* The flags by their names in Pyodide's documentation. */
static const struct {
    const char *name;
    uint32_t flag;
} flag_names[] = {
    {"IS_ITERABLE", WF_JS_ITERABLE},
    {"IS_ITERATOR", WF_JS_ITERATOR},
    {"IS_GENERATOR", WF_JS_GENERATOR},
    {"IS_ASYNC_ITERABLE", WF_JS_ASYNC_ITERABLE},
    {"IS_ASYNC_ITERATOR", WF_JS_ASYNC_ITERATOR},
    {"IS_ASYNC_GENERATOR", WF_JS_ASYNC_GENERATOR},
    {"IS_AWAITABLE", WF_JS_AWAITABLE},
    {"HAS_DISPOSE", WF_JS_DISPOSABLE},
    {"HAS_ASYNC_DISPOSE", WF_JS_ASYNC_DISPOSABLE},
    {"HAS_LENGTH", WF_JS_HAS_LENGTH},
    {"HAS_GET", WF_JS_HAS_GET},
    {"HAS_SET", WF_JS_HAS_SET},
    {"HAS_HAS", WF_JS_HAS_HAS},
    {"HAS_INCLUDES", WF_JS_HAS_INCLUDES},
    {"IS_CALLABLE", WF_JS_CALLABLE},
    {"IS_ARRAY", WF_JS_ARRAY},
    {"IS_ARRAY_LIKE", WF_JS_ARRAY_LIKE},
    {"IS_TYPEDARRAY", WF_JS_TYPED_ARRAY},
    {"IS_BUFFER", WF_JS_BUFFER},
    {"IS_SEQUENCE", WF_JS_SEQUENCE},
    {"IS_MAPPING", WF_JS_MAPPING},
    {"IS_MUTABLE_MAPPING", WF_JS_MUTABLE_MAPPING},
    {"IS_ERROR", WF_JS_ERROR},
    {"IS_DOUBLE_PROXY", WF_JS_DOUBLE_PROXY},
    {"IS_OBJECT_MAP", WF_JS_OBJECT_MAP},
    {"IS_PY_JSON_DICT", WF_JS_JSON_DICT},
    {"IS_PY_JSON_SEQUENCE", WF_JS_JSON_SEQUENCE},
};

static PyObject *
make_flags(void)
{
    PyObject *flags = PyDict_New();
    for (size_t i = 0; flags != NULL && i < Py_ARRAY_LENGTH(flag_names); i++) {
        PyObject *flag = PyLong_FromUnsignedLong(flag_names[i].flag);
        if (flag == NULL || PyDict_SetItemString(flags, flag_names[i].name, flag) < 0) {
            Py_CLEAR(flags);
        }
        Py_XDECREF(flag);
    }
    return flags;
}

/* jsproxy_class(name, flags): return the class of all JsProxies with these flags. */
static PyObject *
jsproxy_class(PyObject *Py_UNUSED(module), PyObject *args)
{
    const char *name;
    unsigned int flags;
    if (!PyArg_ParseTuple(args, "sI:jsproxy_class", &name, &flags)) {
        return NULL;
    }
    return wf_jsproxy_class(name, flags);
}

/* Abort, so that tests can inspect the state after it. */
static PyObject *
trigger_fatal_error(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(args))
{
    Py_FatalError("intentionally triggered fatal error!");
}

static PyMethodDef methods[] = {
    {"create_proxy", (PyCFunction)(void (*)(void))wf_create_proxy, METH_VARARGS | METH_KEYWORDS,
     "create_proxy($module, obj, /, *, capture_this=False, roundtrip=True)\n--\n\n"
     "A PyProxy of obj that lives until its destroy() is called: for what JavaScript keeps, such as a callback.\n\n"
     "capture_this: a call from JavaScript passes `this` as the first argument.\n"
     "roundtrip: Python gets this proxy back from JavaScript, not obj."},
    {"create_once_callable", (PyCFunction)(void (*)(void))wf_create_once_callable, METH_VARARGS | METH_KEYWORDS,
     "create_once_callable($module, obj, /, *, _may_syncify=False)\n--\n\n"
     "A JavaScript function that calls obj, can be called once, and releases obj then."},
    {"destroy_proxies", wf_destroy_proxies, METH_O,
     "destroy_proxies($module, pyproxies, /)\n--\n\nDestroy each PyProxy of a JavaScript array."},
    {"jsproxy_class", jsproxy_class, METH_VARARGS,
     "jsproxy_class($module, name, flags, /)\n--\n\nThe class of all JsProxies with these flags."},
    {"kind_of", wf_jsproxy_kind, METH_O,
     "kind_of($module, obj, /)\n--\n\nWhat to_py() makes of a JsProxy, as a word; None: nothing."},
    {"to_js", (PyCFunction)(void (*)(void))wf_to_js, METH_VARARGS | METH_KEYWORDS,
     "to_js($module, obj, /, *, depth=-1, pyproxies=None, create_pyproxies=True,\n"
     "      dict_converter=None, default_converter=None, eager_converter=None)\n--\n\n"
     "A JavaScript object with what obj contains: lists and tuples become arrays, dicts objects, sets Sets,\n"
     "buffers typed arrays; other objects PyProxies.\n\n"
     "depth: how many levels to convert; -1: all.\n"
     "pyproxies: a JavaScript array that gets all PyProxies made, for destroy_proxies.\n"
     "create_pyproxies: if false, raise ConversionError where one would be made.\n"
     "dict_converter(pairs): what a dict becomes, from an iterable of [key, value].\n"
     "default_converter(obj, convert, cache): called where a PyProxy would be made.\n"
     "eager_converter(obj, convert, cache): called first, for all but immutable values."},
    {"trigger_fatal_error", trigger_fatal_error, METH_NOARGS,
     "trigger_fatal_error($module, /)\n--\n\nEnd the interpreter, as a bug in C would."},
    {0},
};
static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_pyodide_core",
    .m_size = -1,
    .m_methods = methods,
};

/* Add the module to sys.modules. Return 0, or -1 with an exception set. */
static int
add_module(void)
{
    int status = -1;
    PyObject *flags = make_flags();
    PyObject *module = PyModule_Create(&definition);
    wf_conversion_error = PyErr_NewExceptionWithDoc(
        "pyodide.ffi.ConversionError", "An object cannot be converted between Python and JavaScript.", NULL, NULL);
    if (module != NULL && flags != NULL && wf_conversion_error != NULL &&
        PyModule_AddObjectRef(module, "ConversionError", wf_conversion_error) == 0 &&
        PyModule_AddObjectRef(module, "js_flags", flags) == 0 &&
        PyModule_AddObjectRef(module, "JsException", (PyObject *)wf_jsexception_root) == 0 &&
        PyModule_AddObjectRef(module, "JsBigInt", (PyObject *)wf_jsbigint_type) == 0 &&
        PyModule_AddObjectRef(module, "JsNull", (PyObject *)Py_TYPE(wf_jsnull)) == 0 &&
        PyModule_AddObjectRef(module, "jsnull", wf_jsnull) == 0 &&
        PyModule_AddObjectRef(module, "JsProxy", (PyObject *)wf_jsproxy_type(0)) == 0) {
        status = PyDict_SetItemString(PyImport_GetModuleDict(), "_pyodide_core", module);
    }
    Py_XDECREF(module);
    Py_XDECREF(flags);
    return status;
}

int
wf_jsproxy_start(void)
{
    return wf_scalars_start() < 0 || wf_jsproxy_types_start() < 0 || add_module() < 0 ? -1 : 0;
}
