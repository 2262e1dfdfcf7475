/* Python values as JavaScript values. */
#include "core.h"

/* Integers up to this are exact as a double: Number.MAX_SAFE_INTEGER. */
#define MAX_SAFE_INTEGER 9007199254740991LL

static JsVal
int_to_js(PyObject *value)
{
    int overflow;
    long long small = PyLong_AsLongLongAndOverflow(value, &overflow);
    if (!overflow && -MAX_SAFE_INTEGER <= small && small <= MAX_SAFE_INTEGER) {
        return js_number((double)small);
    }
    Py_ssize_t size = PyLong_AsNativeBytes(value, NULL, 0, -1);
    uint8_t *bytes = size < 0 ? NULL : PyMem_Malloc(size);
    if (bytes == NULL) {
        PyErr_NoMemory();
        return js_undefined();
    }
    PyLong_AsNativeBytes(value, bytes, size, Py_ASNATIVEBYTES_LITTLE_ENDIAN);
    JsVal result = js_bigint(bytes, size);
    PyMem_Free(bytes);
    return result;
}

static JsVal
str_to_js(PyObject *value)
{
    int length = PyUnicode_GET_LENGTH(value);
    const void *text = PyUnicode_DATA(value);
    switch (PyUnicode_KIND(value)) {
    case PyUnicode_1BYTE_KIND:
        return js_latin1(text, length);
    case PyUnicode_2BYTE_KIND:
        return js_ucs2(text, length);
    default:
        return js_ucs4(text, length);
    }
}

JsVal
wf_to_js(PyObject *value)
{
    if (PyBool_Check(value)) {
        return js_boolean(value == Py_True);
    }
    if (PyLong_Check(value)) {
        return int_to_js(value);
    }
    if (PyFloat_Check(value)) {
        return js_number(PyFloat_AS_DOUBLE(value));
    }
    if (PyUnicode_Check(value)) {
        return str_to_js(value);
    }
    return js_undefined();
}
