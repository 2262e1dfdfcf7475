/* The main module's own C side: start-up, running code, values for JavaScript.

   Functions named wf_… are called from js/interpreter.mjs and js/node.mjs;
   functions named js_… are JavaScript, in js/library.js. */
#ifndef WASMFORGE_CORE_H
#define WASMFORGE_CORE_H

#include <Python.h>
#include <stdint.h>

/* A JavaScript value. It cannot be stored in memory, only passed and returned. */
typedef __externref_t JsVal;

JsVal js_undefined(void);
JsVal js_boolean(int value);
JsVal js_number(double value);
JsVal js_bigint(const uint8_t *bytes, int size);
JsVal js_latin1(const void *text, int length);
JsVal js_ucs2(const void *text, int length);
JsVal js_ucs4(const void *text, int length);

/* Keep an error for the JavaScript caller to throw once C has returned. */
void js_keep_python_error(JsVal type, JsVal message);
void js_keep_start_error(const char *message);

/* The JavaScript value of None, bool, int, float or str; undefined for any
   other type, and with a Python exception set if that failed. Borrows value. */
JsVal wf_to_js(PyObject *value);

/* Give the current Python exception, which must be set, to JavaScript. */
void wf_raise_to_js(void);

/* The table of frozen modules, generated from py/ by py/freeze.py. */
extern const struct _frozen wf_frozen_modules[];

#endif
