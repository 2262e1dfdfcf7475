/* The C code of the main module: start-up, running code, and the bridge to JavaScript.

   Functions named wf_… are C; JavaScript calls those marked EMSCRIPTEN_KEEPALIVE. Functions named js_… are
   JavaScript, in js/bridge/ if declared with WF_IMPORT, else in js/glue/library.js. */
#ifndef WASMFORGE_CORE_H
#define WASMFORGE_CORE_H

#include "value.h"

/* Hand the current Python exception, which must be set, to JavaScript and clear it. JavaScript throws it as a
   PythonError when C has returned (throwKept of js/bridge/wire/kept.mjs). */
void wf_raise_to_js(void);

/* Raise the value that JavaScript threw: a WF_ERROR, whose handle is taken. A PythonError raises its original
   exception, an Error its JsException, and any other value a JsException that wraps it. */
void wf_raise_from_js(const wf_value *error);

/* Return a new reference to the exception with the number of a PythonError. wf_has_error must be true for it. */
PyObject *wf_kept_error(uint32_t number);

/* Call a function of py/_wasmforge.py. Steals args, which may be NULL with an exception set. Returns a new reference,
   or NULL with an exception set. */
PyObject *wf_call_helper(const char *name, PyObject *args);

/* Run the handlers of the signals that have arrived, even in shielded code. Return 0, or -1 with an exception set if
   one raises. */
int wf_handle_signals(void);

/* Shield the code that follows from signals, or expose it to them. Return the state to restore afterwards:
   int before = wf_shield(1); …; wf_shield(before); */
int wf_shield(int on);

#endif
