/* Python's operations on JavaScript objects. */
#ifndef WASMFORGE_JSPROXY_H
#define WASMFORGE_JSPROXY_H

#include <Python.h>
#include <stdint.h>

/* Make the types. Called once, after Python has started. Returns -1 with an exception set on failure. */
int wf_jsproxy_start(void);

/* Make a JsProxy of the object behind handle. Takes the handle, also on failure. flags: the object's type flags, from
   typeFlags of js/bridge/wire/flags.mjs. Returns a new reference, or NULL with an exception set. */
PyObject *wf_jsproxy_new(int handle, uint32_t flags);

/* Return the handle of a JsProxy, which still owns it, or 0 if value is no JsProxy. Never fails. */
int wf_jsproxy_handle(PyObject *value);

/* JavaScript's null; and the type of a bigint, a subclass of int. Borrowed, immortal. */
extern PyObject *wf_jsnull;
extern PyTypeObject *wf_jsbigint_type;

#endif
