#include "value.h"

#include "core.h"
#include "jsproxy.h"
#include "pyproxy.h"

#include <emscripten.h>
#include <math.h>

/* Integers up to this are exact as a double: Number.MAX_SAFE_INTEGER. */
#define MAX_SAFE_INTEGER 9007199254740991LL

/* Return a new handle of the bigint for lowercase hexadecimal digits, or 0 if it is too large for the engine. */
WF_IMPORT(js_bigint) int js_bigint(int negative, const void *digits, Py_ssize_t length);

/* ---- the argument area, managed by JavaScript ---- */

static wf_value area[4096];

EMSCRIPTEN_KEEPALIVE wf_value *
wf_area(void)
{
    return area;
}

EMSCRIPTEN_KEEPALIVE int
wf_area_size(void)
{
    return sizeof(area);
}

/* ---- to JavaScript ---- */

static int
large_int_to_wire(PyObject *value, wf_value *out)
{
    int status = -1;
    PyObject *digits = PyNumber_ToBase(value, 16); /* such as "-0xff" */
    if (digits != NULL) {
        int negative = PyUnicode_READ_CHAR(digits, 0) == '-';
        int start = negative + 2;
        out->tag = WF_JSOBJECT;
        out->aux = js_bigint(negative, PyUnicode_1BYTE_DATA(digits) + start, PyUnicode_GET_LENGTH(digits) - start);
        out->size = WF_OWNED;
        Py_DECREF(digits);
        status = out->aux == 0 ? -1 : 0;
        if (status < 0) {
            PyErr_SetString(PyExc_OverflowError, "int too large to convert to a JavaScript bigint");
        }
    }
    return status;
}

static int
int_to_wire(PyObject *value, wf_value *out)
{
    int overflow;
    long long small = PyLong_AsLongLongAndOverflow(value, &overflow);
    if (overflow) {
        return large_int_to_wire(value, out);
    }
    if (Py_TYPE(value) == wf_jsbigint_type || small < -MAX_SAFE_INTEGER || small > MAX_SAFE_INTEGER) {
        out->tag = WF_BIGINT;
        out->bits = small;
    }
    else if (small == (int32_t)small) {
        out->tag = WF_INT;
        out->aux = (uint32_t)small;
    }
    else {
        out->tag = WF_NUMBER;
        out->number = (double)small;
    }
    return 0;
}

static void
str_to_wire(PyObject *value, wf_value *out)
{
    out->tag = WF_STRING;
    out->aux = PyUnicode_IS_ASCII(value) ? WF_KIND_ASCII : PyUnicode_KIND(value);
    out->ptr = (uint32_t)(uintptr_t)PyUnicode_DATA(value);
    out->size = PyUnicode_GET_LENGTH(value);
}

int
wf_immutable_to_wire(PyObject *value, wf_value *out)
{
    int handle;
    PyTypeObject *type = Py_TYPE(value);
    if (PyUnicode_Check(value)) {
        str_to_wire(value, out);
        return 1;
    }
    if (value == Py_None) {
        out->tag = WF_UNDEFINED;
        return 1;
    }
    if (type == &PyBool_Type) {
        out->tag = value == Py_True ? WF_TRUE : WF_FALSE;
        return 1;
    }
    if (PyLong_Check(value)) {
        return int_to_wire(value, out) < 0 ? -1 : 1;
    }
    if (PyFloat_Check(value)) {
        out->tag = WF_NUMBER;
        out->number = PyFloat_AS_DOUBLE(value);
        return 1;
    }
    if (value == wf_jsnull) {
        out->tag = WF_NULL;
        return 1;
    }
    if ((handle = wf_jsproxy_handle(value)) != 0) {
        out->tag = WF_JSOBJECT;
        out->aux = handle;
        out->size = WF_BORROWED;
        return 1;
    }
    return 0;
}

int
wf_to_wire(PyObject *value, wf_value *out)
{
    int converted = wf_immutable_to_wire(value, out);
    if (converted == 0) {
        out->tag = WF_PYOBJECT;
        out->aux = wf_pyproxy_flags(value);
        out->ptr = (uint32_t)(uintptr_t)Py_NewRef(value);
    }
    return converted < 0 ? -1 : 0;
}

/* The str to which JavaScript's last result refers. */
static PyObject *kept;

int
wf_return(PyObject *value, wf_value *out)
{
    if (value == NULL || wf_to_wire(value, out) < 0) {
        wf_raise_to_js();
        out->tag = WF_ERROR;
    }
    else if (out->tag == WF_STRING) {
        Py_XSETREF(kept, Py_NewRef(value));
    }
    else if (out->tag == WF_JSOBJECT && out->size == WF_BORROWED && Py_REFCNT(value) == 1) {
        out->aux = js_hold_again((int)out->aux);
        out->size = WF_OWNED;
    }
    Py_XDECREF(value);
    return out->tag;
}

/* ---- from JavaScript ---- */

static PyObject *
number_from_wire(double number)
{
    if (number == trunc(number) && fabs(number) <= (double)MAX_SAFE_INTEGER) {
        return PyLong_FromLongLong((long long)number);
    }
    return PyFloat_FromDouble(number);
}

static PyObject *
str_from_wire(const wf_value *value)
{
    const char *text = (const char *)(uintptr_t)value->ptr;
    Py_ssize_t length = value->size;
    if (value->aux != WF_KIND_2) {
        return PyUnicode_FromKindAndData(PyUnicode_1BYTE_KIND, text, length);
    }
    int order = -1;
    return PyUnicode_DecodeUTF16(text, 2 * length, "surrogatepass", &order);
}

static PyObject *
bigint_from_wire(int64_t bits)
{
    PyObject *result = NULL;
    PyObject *number = PyLong_FromLongLong(bits);
    if (number != NULL) {
        result = PyObject_CallOneArg((PyObject *)wf_jsbigint_type, number);
        Py_DECREF(number);
    }
    return result;
}

PyObject *
wf_from_wire(const wf_value *value)
{
    PyObject *object = (PyObject *)(uintptr_t)value->ptr;
    switch (value->tag) {
    case WF_UNDEFINED:
        return Py_NewRef(Py_None);
    case WF_NULL:
        return Py_NewRef(wf_jsnull);
    case WF_FALSE:
        return Py_NewRef(Py_False);
    case WF_TRUE:
        return Py_NewRef(Py_True);
    case WF_INT:
        return PyLong_FromLong((int32_t)value->aux);
    case WF_NUMBER:
        return number_from_wire(value->number);
    case WF_BIGINT:
        return bigint_from_wire(value->bits);
    case WF_STRING:
        return str_from_wire(value);
    case WF_PYOBJECT:
        return value->aux == WF_BORROWED ? Py_NewRef(object) : object;
    case WF_JSOBJECT:
        return wf_jsproxy_new((int)value->aux, value->size);
    default:
        wf_raise_from_js(value);
        return NULL;
    }
}

EMSCRIPTEN_KEEPALIVE void
wf_discard(const wf_value *values, Py_ssize_t count)
{
    for (const wf_value *value = values; value < values + count; value++) {
        if (value->tag == WF_PYOBJECT && value->aux == WF_OWNED) {
            Py_DECREF((PyObject *)(uintptr_t)value->ptr);
        }
        else if (value->tag == WF_JSOBJECT) {
            js_release((int)value->aux);
        }
    }
}

/* ---- objects that JavaScript makes in advance because they do not fit in a wf_value ---- */

/* Make a str for this many ASCII characters, which JavaScript writes at wf_ascii_data. Return a new reference, or NULL
   if memory is short. */
EMSCRIPTEN_KEEPALIVE PyObject *
wf_new_ascii(Py_ssize_t length)
{
    PyObject *text = PyUnicode_New(length, 127);
    PyErr_Clear();
    return text;
}

EMSCRIPTEN_KEEPALIVE void *
wf_ascii_data(PyObject *text)
{
    return PyUnicode_DATA(text);
}

/* Return a new reference to a str, or NULL with the exception kept for JavaScript. */
EMSCRIPTEN_KEEPALIVE PyObject *
wf_new_utf16(const char *units, Py_ssize_t length)
{
    int order = -1;
    PyObject *text = PyUnicode_DecodeUTF16(units, 2 * length, "surrogatepass", &order);
    if (text == NULL) {
        wf_raise_to_js();
    }
    return text;
}

/* Make an int from a bigint's hexadecimal digits. Releases digits, a str. Returns a new reference, or NULL with the
   exception kept for JavaScript. */
EMSCRIPTEN_KEEPALIVE PyObject *
wf_new_bigint(PyObject *digits)
{
    PyObject *result = NULL;
    PyObject *number = PyLong_FromUnicodeObject(digits, 16);
    if (number != NULL) {
        result = PyObject_CallOneArg((PyObject *)wf_jsbigint_type, number);
        Py_DECREF(number);
    }
    if (result == NULL) {
        wf_raise_to_js();
    }
    Py_DECREF(digits);
    return result;
}

EMSCRIPTEN_KEEPALIVE void
wf_release(PyObject *value)
{
    Py_DECREF(value);
}

EMSCRIPTEN_KEEPALIVE void
wf_hold(PyObject *value)
{
    Py_INCREF(value);
}
