/* JavaScript's values without an equal in Python: null, and integers that are not numbers. */
#include "scalars.h"

#include "jsproxy.h"

PyObject *wf_jsnull;
/* CPython's, from recipes/python/patches: a second value, besides None, that json writes as null. */
extern PyObject *_PyJSON_Null;
PyTypeObject *wf_jsbigint_type;

/* ---- JsNull ---- */

static PyObject *
jsnull_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {NULL};
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, ":JsNull", names)) {
        return NULL;
    }
    return wf_jsnull == NULL ? type->tp_alloc(type, 0) : Py_NewRef(wf_jsnull);
}

static PyObject *
jsnull_repr(PyObject *Py_UNUSED(self))
{
    return PyUnicode_FromString("jsnull");
}

static int
jsnull_bool(PyObject *Py_UNUSED(self))
{
    return 0;
}

static PyObject *
jsnull_typeof(PyObject *Py_UNUSED(self), void *Py_UNUSED(closure))
{
    return PyUnicode_FromString("object");
}

static PyObject *
jsnull_reduce(PyObject *Py_UNUSED(self), PyObject *Py_UNUSED(args))
{
    return PyUnicode_FromString("jsnull");
}

static PyMethodDef jsnull_methods[] = {
    {"__reduce__", jsnull_reduce, METH_NOARGS, NULL},
    {0},
};
static PyGetSetDef jsnull_getters[] = {
    {"typeof", jsnull_typeof, NULL, "What JavaScript's typeof says.", NULL},
    {0},
};
static PyType_Slot jsnull_slots[] = {
    {Py_tp_doc, "JsNull()\n--\n\nThe type of jsnull, JavaScript's null; it has no other object."},
    {Py_tp_new, jsnull_new},
    {Py_tp_repr, jsnull_repr},
    {Py_nb_bool, jsnull_bool},
    {Py_tp_methods, jsnull_methods},
    {Py_tp_getset, jsnull_getters},
    {0, NULL},
};
static PyType_Spec jsnull_spec = {
    .name = "pyodide.ffi.JsNull",
    .basicsize = sizeof(PyObject),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = jsnull_slots,
};

/* ---- JsBigInt ---- */

/* Turn the result of an operation of int into a JsBigInt if the left operand was one. Steals result. */
static PyObject *
as_left(PyObject *left, PyObject *result)
{
    if (result != NULL && PyLong_CheckExact(result) && PyObject_TypeCheck(left, wf_jsbigint_type)) {
        Py_SETREF(result, PyObject_CallOneArg((PyObject *)wf_jsbigint_type, result));
    }
    return result;
}

#define UNARY(slot)                                                        \
    static PyObject *jsbigint_##slot(PyObject *value)                      \
    {                                                                      \
        return as_left(value, PyLong_Type.tp_as_number->nb_##slot(value)); \
    }
#define BINARY(slot)                                                            \
    static PyObject *jsbigint_##slot(PyObject *left, PyObject *right)           \
    {                                                                           \
        return as_left(left, PyLong_Type.tp_as_number->nb_##slot(left, right)); \
    }

UNARY(absolute)
UNARY(invert)
UNARY(negative)
UNARY(positive)
BINARY(add)
BINARY(and)
BINARY(floor_divide)
BINARY(lshift)
BINARY(multiply)
BINARY(or)
BINARY(remainder)
BINARY(rshift)
BINARY(subtract)
BINARY(xor)

static PyObject *
jsbigint_power(PyObject *base, PyObject *exponent, PyObject *modulus)
{
    return as_left(base, PyLong_Type.tp_as_number->nb_power(base, exponent, modulus));
}

static PyType_Slot jsbigint_slots[] = {
    {Py_tp_doc, "An int that is always a bigint in JavaScript. Operations with one on their left result in one."},
    {Py_nb_absolute, jsbigint_absolute},
    {Py_nb_invert, jsbigint_invert},
    {Py_nb_negative, jsbigint_negative},
    {Py_nb_positive, jsbigint_positive},
    {Py_nb_add, jsbigint_add},
    {Py_nb_and, jsbigint_and},
    {Py_nb_floor_divide, jsbigint_floor_divide},
    {Py_nb_lshift, jsbigint_lshift},
    {Py_nb_multiply, jsbigint_multiply},
    {Py_nb_or, jsbigint_or},
    {Py_nb_remainder, jsbigint_remainder},
    {Py_nb_rshift, jsbigint_rshift},
    {Py_nb_subtract, jsbigint_subtract},
    {Py_nb_xor, jsbigint_xor},
    {Py_nb_power, jsbigint_power},
    {0, NULL},
};
static PyType_Spec jsbigint_spec = {
    .name = "pyodide.ffi.JsBigInt",
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = jsbigint_slots,
};

int
wf_scalars_start(void)
{
    PyObject *jsnull_type = PyType_FromSpec(&jsnull_spec);
    wf_jsbigint_type = (PyTypeObject *)PyType_FromSpecWithBases(&jsbigint_spec, (PyObject *)&PyLong_Type);
    if (jsnull_type == NULL || wf_jsbigint_type == NULL) {
        return -1;
    }
    wf_jsnull = _PyJSON_Null = PyObject_CallNoArgs(jsnull_type);
    return wf_jsnull == NULL ? -1 : 0;
}
