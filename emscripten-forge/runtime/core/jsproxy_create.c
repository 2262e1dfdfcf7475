/* PyProxies with a lifetime that Python controls: create_proxy, create_once_callable, destroy_proxies. */
#include "jsproxy_create.h"

#include "jsproxy_types.h"
#include "pyproxy.h"

/* Make a PyProxy that shares the lifetime of the one behind handle and passes `this` on. Returns a new handle. */
WF_IMPORT(js_capture_this) int js_capture_this(int handle);
WF_OPERATION(js_destroy)
WF_OPERATION(js_destroy_all)
WF_OPERATION(js_unwrap)
WF_OPERATION(js_once)

/* Return a new reference to a JsProxy of a new PyProxy of object. */
static PyObject *
make_proxy(PyObject *object, uint32_t options)
{
    uint32_t protocols = wf_pyproxy_flags(object);
    uint32_t flags = WF_JS_DOUBLE_PROXY | (protocols & WF_PY_CALLABLE ? WF_JS_CALLABLE : 0);
    return wf_jsproxy_new(js_pyproxy_new(Py_NewRef(object), protocols, options), flags);
}

PyObject *
wf_create_proxy(PyObject *Py_UNUSED(module), PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"", "capture_this", "roundtrip", NULL};
    PyObject *object;
    int capture_this = 0, roundtrip = 1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|$pp:create_proxy", names, &object, &capture_this, &roundtrip)) {
        return NULL;
    }
    PyObject *proxy = make_proxy(object, roundtrip ? WF_PYPROXY_ROUNDTRIP : 0);
    if (proxy != NULL && capture_this && wf_js_of(proxy)->flags & WF_JS_CALLABLE) {
        const wf_js *js = wf_js_of(proxy);
        Py_SETREF(proxy, wf_jsproxy_new(js_capture_this(js->handle), js->flags));
    }
    return proxy;
}

PyObject *
wf_create_once_callable(PyObject *Py_UNUSED(module), PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"", "_may_syncify", NULL};
    PyObject *object, *result = NULL;
    int may_syncify = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|$p:create_once_callable", names, &object, &may_syncify)) {
        return NULL;
    }
    PyObject *proxy = make_proxy(object, WF_PYPROXY_ROUNDTRIP);
    if (proxy != NULL) {
        result = wf_operate(js_once, proxy, (PyObject *[]){may_syncify ? Py_True : Py_False}, 1);
        Py_DECREF(proxy);
    }
    return result;
}

int
wf_check_array(PyObject *value, const char *what)
{
    const char *expected = wf_jsproxy_handle(value) == 0             ? "JsProxy"
                           : !(wf_js_of(value)->flags & WF_JS_ARRAY) ? "JsArray"
                                                                     : NULL;
    if (expected != NULL) {
        PyErr_Format(PyExc_TypeError, "Expected a %s for %s", expected, what);
    }
    return expected == NULL ? 0 : -1;
}

PyObject *
wf_destroy_proxies(PyObject *Py_UNUSED(module), PyObject *proxies)
{
    if (wf_check_array(proxies, "the argument") < 0) {
        return NULL;
    }
    return wf_operate(js_destroy_all, proxies, NULL, 0);
}

static PyObject *
double_proxy_destroy(PyObject *self, PyObject *Py_UNUSED(args))
{
    return wf_operate(js_destroy, self, NULL, 0);
}

static PyObject *
double_proxy_unwrap(PyObject *self, PyObject *Py_UNUSED(args))
{
    return wf_operate(js_unwrap, self, NULL, 0);
}

static PyMethodDef double_proxy_methods[] = {
    {"destroy", double_proxy_destroy, METH_NOARGS,
     "destroy($self, /)\n--\n\nRelease the Python object: JavaScript can use it no more."},
    {"unwrap", double_proxy_unwrap, METH_NOARGS, "unwrap($self, /)\n--\n\nThe Python object."},
    {0},
};
const wf_mixin wf_pyproxy_mixins[] = {
    {.all = WF_JS_DOUBLE_PROXY, .methods = double_proxy_methods},
    {0},
};
