/* Functions of the module _pyodide_core that make and destroy PyProxies. */
#ifndef WASMFORGE_JSPROXY_CREATE_H
#define WASMFORGE_JSPROXY_CREATE_H

#include <Python.h>

PyObject *wf_create_proxy(PyObject *module, PyObject *args, PyObject *kwargs);
PyObject *wf_create_once_callable(PyObject *module, PyObject *args, PyObject *kwargs);
PyObject *wf_destroy_proxies(PyObject *module, PyObject *proxies);

/* Return 0 if value is a JsProxy of an array, else -1 with a TypeError set that names the argument. */
int wf_check_array(PyObject *value, const char *what);

#endif
