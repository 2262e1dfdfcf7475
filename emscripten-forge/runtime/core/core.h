/* The main module's own C side: start-up, running code, and the bridge to JavaScript.

   Functions named wf_… are C, of which JavaScript calls those marked EMSCRIPTEN_KEEPALIVE; functions named
   js_… are JavaScript, in js/bridge/ if declared with WF_IMPORT, else in js/glue/library.js. */
#ifndef WASMFORGE_CORE_H
#define WASMFORGE_CORE_H

#include "value.h"

/* Give the current Python exception, which must be set, to JavaScript, which throws it as a PythonError once
   C has returned (throwKept of js/bridge/wire/kept.mjs). Clears it. */
void wf_raise_to_js(void);

/* Raise what JavaScript has thrown: a WF_ERROR, whose handle it takes. A PythonError raises its own exception
   again, an Error its JsException, any other value a JsException that wraps it. */
void wf_raise_from_js(const wf_value *error);

/* The exception behind the number of a PythonError, for which wf_has_error is true: a new reference. */
PyObject *wf_kept_error(uint32_t number);

/* Call a function of py/_wasmforge.py. Steals args, which may be NULL with an exception set; returns a new
   reference, or NULL with an exception set. */
PyObject *wf_call_helper(const char *name, PyObject *args);

#endif
