/* What Python does with JavaScript objects. */
#ifndef WASMFORGE_JSPROXY_H
#define WASMFORGE_JSPROXY_H

#include <Python.h>
#include <stdint.h>

/* Make the types. Called once, when Python has started; -1 with an exception set if that fails. */
int wf_jsproxy_start(void);

/* A JsProxy of the object behind handle, which it takes, also when it fails. flags: the object's type
   flags, from typeFlags of js/bridge/wire/flags.mjs. A new reference, or NULL with an exception set. */
PyObject *wf_jsproxy_new(int handle, uint32_t flags);

/* The handle of a JsProxy, which keeps it; 0 if value is no JsProxy. Never fails. */
int wf_jsproxy_handle(PyObject *value);

/* JavaScript's null; and the type of a bigint, a subclass of int. Borrowed, immortal. */
extern PyObject *wf_jsnull;
extern PyTypeObject *wf_jsbigint_type;

#endif
