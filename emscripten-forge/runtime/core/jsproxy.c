/* What Python does with JavaScript objects. */
#include "jsproxy.h"

#include "core.h"

typedef struct {
    PyObject_HEAD
    int handle;
} JsProxy;

PyObject *wf_jsnull;
PyTypeObject *wf_jsbigint_type;
static PyTypeObject *jsproxy_type;
static PyObject *jsexception_type;

static void
jsproxy_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    js_release(((JsProxy *)self)->handle);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyType_Slot jsproxy_slots[] = {
    {Py_tp_dealloc, jsproxy_dealloc},
    {0, NULL},
};
static PyType_Spec jsproxy_spec = {
    .name = "pyodide.ffi.JsProxy",
    .basicsize = sizeof(JsProxy),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = jsproxy_slots,
};

int
wf_jsproxy_start(void)
{
    jsproxy_type = (PyTypeObject *)PyType_FromSpec(&jsproxy_spec);
    jsexception_type = PyErr_NewException("pyodide.ffi.JsException", NULL, NULL);
    wf_jsbigint_type = (PyTypeObject *)PyObject_CallFunction((PyObject *)&PyType_Type, "s(O){}", "JsBigInt", &PyLong_Type);
    PyObject *jsnull_type = PyObject_CallFunction((PyObject *)&PyType_Type, "s(){}", "JsNull");
    wf_jsnull = jsnull_type == NULL ? NULL : PyObject_CallNoArgs(jsnull_type);
    Py_XDECREF(jsnull_type);
    return jsproxy_type && jsexception_type && wf_jsbigint_type && wf_jsnull ? 0 : -1;
}

PyObject *
wf_jsproxy_new(int handle, uint32_t flags)
{
    (void)flags;
    JsProxy *self = PyObject_New(JsProxy, jsproxy_type);
    if (self == NULL) {
        js_release(handle);
        return NULL;
    }
    self->handle = handle;
    return (PyObject *)self;
}

int
wf_jsproxy_handle(PyObject *value)
{
    return Py_TYPE(value) == jsproxy_type ? ((JsProxy *)value)->handle : 0;
}

void
wf_jsexception_raise(int handle, uint32_t flags)
{
    PyObject *error = wf_jsproxy_new(handle, flags);
    if (error != NULL) {
        PyErr_SetObject(jsexception_type, error);
        Py_DECREF(error);
    }
}
