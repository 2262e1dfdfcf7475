/* JavaScript's operations on a Python object: one function for each, called by js/bridge/pyobject/operations.mjs and
   its mixins. JavaScript writes the arguments into wf_values. The function writes its result, or a WF_ERROR, into the
   first of them and returns its tag. */
#include "pyproxy.h"

#include "core.h"
#include "suspend.h"

#include <emscripten.h>

/* ---- calls ---- */

/* Up to this many arguments lie on the stack; memory for more is allocated. */
enum { FEW = 8 };

/* Read count values into objects[1…]. objects[0] is for the callee (PY_VECTORCALL_ARGUMENTS_OFFSET). Return how many
   were read: fewer than count, with an exception set, if one cannot be converted. */
static Py_ssize_t
read_arguments(const wf_value *values, Py_ssize_t count, PyObject **objects)
{
    for (Py_ssize_t at = 0; at < count; at++) {
        PyObject *object = wf_from_wire(&values[at]);
        if (object == NULL) {
            wf_discard(&values[at + 1], count - at - 1);
            return at;
        }
        objects[at + 1] = object;
    }
    return count;
}

/* Make a task of the coroutine of an async function, so that the function starts at once, as one of JavaScript's does.
   Steals the coroutine. */
static PyObject *
begin(PyObject *coroutine)
{
    PyObject *asyncio = PyImport_ImportModule("asyncio");
    PyObject *task = asyncio == NULL ? NULL : PyObject_CallMethod(asyncio, "ensure_future", "O", coroutine);
    Py_DECREF(coroutine);
    Py_XDECREF(asyncio);
    return task;
}

/* Call an object with the count values at args. names: a tuple of the last arguments' names, or NULL. */
EMSCRIPTEN_KEEPALIVE int
wf_py_call(PyObject *callable, wf_value *args, Py_ssize_t count, PyObject *names)
{
    PyObject *few[FEW + 1];
    PyObject **objects = count > FEW ? PyMem_New(PyObject *, count + 1) : few;
    PyObject *result = NULL;
    if (objects == NULL) {
        wf_discard(args, count);
        PyErr_NoMemory();
        return wf_return(NULL, args);
    }
    Py_ssize_t ready = read_arguments(args, count, objects);
    if (ready == count && Py_EnterRecursiveCall(" in a call from JavaScript") == 0) {
        size_t positional = count - (names == NULL ? 0 : PyTuple_GET_SIZE(names));
        wf_stack *suspendable = wf_stack_fix(); /* the calling JavaScript cannot be suspended */
        result = PyObject_Vectorcall(callable, objects + 1, positional | PY_VECTORCALL_ARGUMENTS_OFFSET, names);
        if (result != NULL && PyCoro_CheckExact(result)) {
            result = begin(result);
        }
        wf_stack_running = suspendable;
        Py_LeaveRecursiveCall();
    }
    while (ready > 0) {
        Py_DECREF(objects[ready--]);
    }
    if (objects != few) {
        PyMem_Free(objects);
    }
    return wf_return(result, args);
}

/* Make a tuple of the count values at args. Return a new reference, or NULL with the exception kept for JavaScript. */
EMSCRIPTEN_KEEPALIVE PyObject *
wf_py_tuple(wf_value *args, Py_ssize_t count)
{
    PyObject *tuple = PyTuple_New(count);
    for (Py_ssize_t at = 0; tuple != NULL && at < count; at++) {
        PyObject *item = wf_from_wire(&args[at]);
        if (item == NULL) {
            wf_discard(&args[at + 1], count - at - 1);
            Py_CLEAR(tuple);
        }
        else {
            PyTuple_SET_ITEM(tuple, at, item);
        }
    }
    if (tuple == NULL) {
        wf_raise_to_js();
    }
    return tuple;
}

/* ---- attributes; a name is a str that JavaScript made ---- */

/* Return a new reference to the item of a dict, or NULL, perhaps with an exception set. */
static PyObject *
dict_item(PyObject *dict, PyObject *key)
{
    PyObject *value = NULL;
    (void)PyDict_GetItemRef(dict, key, &value);
    return value;
}

/* Get the method of an object without binding it (returns 1), or another attribute (returns 0; NULL with an exception
   set if it is missing): CPython's, from internal/pycore_object.h. */
extern int _PyObject_GetMethod(PyObject *object, PyObject *name, PyObject **method);

/* Return a new reference to an attribute, or NULL, perhaps with an exception set. *source, borrowed from it, identifies
   the attribute: the function of a method, because each access binds a method anew. If *source equals `known`, only set
   *source and return NULL. */
static PyObject *
find_attribute(PyObject *object, PyObject *name, PyObject *known, PyObject **source)
{
    PyObject *value = NULL;
    PyTypeObject *type = Py_TYPE(object);
    if (type == &PyDict_Type && _PyType_Lookup(type, name) == NULL) {
        value = dict_item(object, name);
    }
    else if (type->tp_getattro != PyObject_GenericGetAttr) {
        (void)PyObject_GetOptionalAttr(object, name, &value);
    }
    else if (_PyObject_GetMethod(object, name, &value)) {
        PyObject *function = value;
        value = function == known ? NULL : Py_TYPE(function)->tp_descr_get(function, object, (PyObject *)type);
        *source = function;
        Py_DECREF(function); /* the type keeps both it and the method */
        return value;
    }
    else if (value == NULL && PyErr_ExceptionMatches(PyExc_AttributeError)) {
        PyErr_Clear();
    }
    *source = value;
    if (value != NULL && value == known) {
        Py_CLEAR(value);
    }
    return value;
}

/* Get an attribute or, if a dict has none, an item. Store its *source (see above) in result[1].ptr. Return WF_KNOWN if
   that equals `known`, WF_END if the attribute does not exist. */
EMSCRIPTEN_KEEPALIVE int
wf_py_getattr(PyObject *object, PyObject *name, PyObject *known, wf_value *result)
{
    PyObject *source = NULL;
    PyObject *value = find_attribute(object, name, known, &source);
    if (value == NULL && !PyErr_Occurred()) {
        return source != NULL ? WF_KNOWN : WF_END;
    }
    result[1].ptr = (uint32_t)(uintptr_t)source;
    return wf_return(value, result);
}

/* Return the tag for an operation without a result, or with a truth value as result. A negative status means that it
   failed. */
static int
return_status(int status, wf_value *result)
{
    if (status < 0) {
        return wf_return(NULL, result);
    }
    return result->tag = status ? WF_TRUE : WF_FALSE;
}

EMSCRIPTEN_KEEPALIVE int
wf_py_hasattr(PyObject *object, PyObject *name, wf_value *result)
{
    PyObject *value = NULL;
    int found = PyObject_GetOptionalAttr(object, name, &value);
    Py_XDECREF(value);
    if (found == 0 && PyDict_CheckExact(object)) {
        found = PyDict_Contains(object, name);
    }
    return return_status(found, result);
}

/* Whether a name on a dict is an attribute rather than an item. */
static int
is_attribute(PyObject *object, PyObject *name)
{
    return !PyDict_CheckExact(object) || _PyType_Lookup(&PyDict_Type, name) != NULL;
}

EMSCRIPTEN_KEEPALIVE int
wf_py_setattr(PyObject *object, PyObject *name, wf_value *args)
{
    int status = -1;
    PyObject *value = wf_from_wire(args);
    if (value != NULL) {
        status =
            is_attribute(object, name) ? PyObject_SetAttr(object, name, value) : PyDict_SetItem(object, name, value);
        Py_DECREF(value);
    }
    return return_status(status, args);
}

EMSCRIPTEN_KEEPALIVE int
wf_py_delattr(PyObject *object, PyObject *name, wf_value *result)
{
    int status = is_attribute(object, name) ? PyObject_DelAttr(object, name) : PyDict_DelItem(object, name);
    return return_status(status, result);
}

/* Return dir(), for a dict with its keys. */
EMSCRIPTEN_KEEPALIVE int
wf_py_dir(PyObject *object, wf_value *result)
{
    PyObject *names = PyObject_Dir(object);
    if (names != NULL && PyDict_CheckExact(object)) {
        PyObject *keys = PyDict_Keys(object);
        if (keys == NULL || PyList_Extend(names, keys) < 0) {
            Py_CLEAR(names);
        }
        Py_XDECREF(keys);
    }
    return wf_return(names, result);
}

/* ---- containers ---- */

/* Get an item; return WF_END if it does not exist. */
EMSCRIPTEN_KEEPALIVE int
wf_py_getitem(PyObject *object, wf_value *args)
{
    PyObject *value = NULL;
    PyObject *key = wf_from_wire(args);
    if (key != NULL) {
        value = PyDict_CheckExact(object) ? dict_item(object, key) : PyObject_GetItem(object, key);
        Py_DECREF(key);
        if (value == NULL && (!PyErr_Occurred() || PyErr_ExceptionMatches(PyExc_LookupError))) {
            PyErr_Clear();
            return WF_END;
        }
    }
    return wf_return(value, args);
}

/* object[args[0]] = args[1] */
EMSCRIPTEN_KEEPALIVE int
wf_py_setitem(PyObject *object, wf_value *args)
{
    int status = -1;
    PyObject *objects[3];
    Py_ssize_t ready = read_arguments(args, 2, objects);
    if (ready == 2) {
        status = PyObject_SetItem(object, objects[1], objects[2]);
    }
    while (ready > 0) {
        Py_DECREF(objects[ready--]);
    }
    return return_status(status, args);
}

/* Operate on the object with the value in *args. Return the status through return_status(). */
static int
with_value(int (*operation)(PyObject *, PyObject *), PyObject *object, wf_value *args)
{
    int status = -1;
    PyObject *value = wf_from_wire(args);
    if (value != NULL) {
        status = operation(object, value);
        Py_DECREF(value);
    }
    return return_status(status, args);
}

EMSCRIPTEN_KEEPALIVE int
wf_py_delitem(PyObject *object, wf_value *args)
{
    return with_value(PyObject_DelItem, object, args);
}

EMSCRIPTEN_KEEPALIVE int
wf_py_contains(PyObject *object, wf_value *args)
{
    return with_value(PySequence_Contains, object, args);
}

/* Return the length, or -1 with the exception kept for JavaScript. */
EMSCRIPTEN_KEEPALIVE Py_ssize_t
wf_py_length(PyObject *object)
{
    Py_ssize_t length = PyObject_Size(object);
    if (length < 0) {
        wf_raise_to_js();
    }
    return length;
}

/* ---- iteration ---- */

/* Return a new reference to an iterator, or NULL with the exception kept for JavaScript. */
EMSCRIPTEN_KEEPALIVE PyObject *
wf_py_iter(PyObject *object)
{
    PyObject *iterator = PyObject_GetIter(object);
    if (iterator == NULL) {
        wf_raise_to_js();
    }
    return iterator;
}

/* Get the next item; return WF_END at the end. */
EMSCRIPTEN_KEEPALIVE int
wf_py_next(PyObject *iterator, wf_value *result)
{
    PyObject *item = Py_TYPE(iterator)->tp_iternext(iterator);
    if (item == NULL && PyErr_Occurred() && PyErr_ExceptionMatches(PyExc_StopIteration)) {
        PyErr_Clear();
    }
    if (item == NULL && !PyErr_Occurred()) {
        return WF_END;
    }
    return wf_return(item, result);
}

/* Send args[0] to an iterator and get the result. args[1].tag becomes WF_END if the iterator has ended with it. */
EMSCRIPTEN_KEEPALIVE int
wf_py_send(PyObject *iterator, wf_value *args)
{
    PyObject *result = NULL;
    PyObject *value = wf_from_wire(args);
    if (value != NULL) {
        PySendResult how = PyIter_Send(iterator, value, &result);
        args[1].tag = how == PYGEN_RETURN ? WF_END : WF_UNDEFINED;
        Py_DECREF(value);
    }
    return wf_return(result, args);
}

/* ---- type and text ---- */

EMSCRIPTEN_KEEPALIVE int
wf_py_str(PyObject *object, wf_value *result)
{
    return wf_return(PyObject_Str(object), result);
}

EMSCRIPTEN_KEEPALIVE int
wf_py_repr(PyObject *object, wf_value *result)
{
    return wf_return(PyObject_Repr(object), result);
}

/* Get the name of its type. */
EMSCRIPTEN_KEEPALIVE int
wf_py_type_name(PyObject *object, wf_value *result)
{
    return wf_return(PyType_GetName(Py_TYPE(object)), result);
}
