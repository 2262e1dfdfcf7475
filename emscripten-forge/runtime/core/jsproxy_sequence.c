/* Arrays as sequences: Array as a MutableSequence, typed arrays without the methods that change the length, and objects
   like NodeList read-only. */
#include "buffer.h"
#include "jsproxy_types.h"

WF_IMPORT(js_element) void js_element(int handle, int index, wf_value *out);
WF_OPERATION(js_assign)
WF_OPERATION(js_copy)
WF_OPERATION(js_length)
WF_OPERATION(js_pop)
WF_OPERATION(js_push)
WF_OPERATION(js_remove)
WF_OPERATION(js_repeat)
WF_OPERATION(js_repeat_here)
WF_OPERATION(js_reverse)
WF_OPERATION(js_set_element)
WF_OPERATION(js_slice)
WF_OPERATION(js_splice)

Py_ssize_t
wf_jsproxy_length(PyObject *self)
{
    Py_ssize_t result = -1;
    int overflow;
    PyObject *length = wf_operate(js_length, self, NULL, 0);
    if (length == NULL) {
        if (!PyErr_Occurred()) {
            PyErr_SetString(PyExc_TypeError, "object does not have a valid length");
        }
        return -1;
    }
    PyObject *number = PyNumber_Long(length);
    long long value = number == NULL ? 0 : PyLong_AsLongLongAndOverflow(number, &overflow);
    if (number == NULL) {
        ;
    }
    else if (overflow < 0 || (overflow == 0 && value < 0)) {
        PyErr_Format(PyExc_ValueError, "length %S of object is negative", number);
    }
    else if (overflow > 0 || value > INT_MAX) {
        PyErr_Format(PyExc_OverflowError, "length %S of object is larger than INT_MAX (%d)", number, INT_MAX);
    }
    else {
        result = (Py_ssize_t)value;
    }
    Py_XDECREF(number);
    Py_DECREF(length);
    return result;
}

/* Call wf_operate with up to 3 ints. */
static PyObject *
operate_with(wf_operation *operation, PyObject *self, int count, Py_ssize_t a, Py_ssize_t b, Py_ssize_t c)
{
    Py_ssize_t numbers[] = {a, b, c};
    PyObject *args[3] = {NULL, NULL, NULL}, *result = NULL;
    int ready = 0;
    while (ready < count && (args[ready] = PyLong_FromSsize_t(numbers[ready])) != NULL) {
        ready++;
    }
    if (ready == count) {
        result = wf_operate(operation, self, args, count);
    }
    while (ready > 0) {
        Py_DECREF(args[--ready]);
    }
    return result;
}

/* ---- elements ---- */

/* Return a new reference to the element at index, counted from the end if negative. Return NULL without an exception if
   the index is out of range. */
static PyObject *
element(PyObject *self, Py_ssize_t index)
{
    wf_value out;
    js_element(wf_js_of(self)->handle, (int)index, &out);
    return out.tag == WF_END ? NULL : wf_jsproxy_inherit(self, wf_from_wire(&out));
}

/* Python has already added the length to a negative index. */
static PyObject *
sequence_item(PyObject *self, Py_ssize_t index)
{
    PyObject *result = index < 0 ? NULL : element(self, index);
    if (result == NULL && !PyErr_Occurred()) {
        PyErr_SetString(PyExc_IndexError, "list index out of range");
    }
    return result;
}

/* Return 1 and set *index if key is an index, 0 if it is a slice, or -1 with an exception set. */
static int
index_of(PyObject *key, Py_ssize_t *index)
{
    if (PySlice_Check(key)) {
        return 0;
    }
    if (!PyIndex_Check(key)) {
        PyErr_Format(PyExc_TypeError, "list indices must be integers or slices, not %.200s", Py_TYPE(key)->tp_name);
        return -1;
    }
    *index = PyNumber_AsSsize_t(key, PyExc_IndexError);
    return *index == -1 && PyErr_Occurred() ? -1 : 1;
}

/* Resolve slice. Return the number of its elements, or -1 with an exception set. */
static Py_ssize_t
unpack(PyObject *self, PyObject *slice, Py_ssize_t *start, Py_ssize_t *stop, Py_ssize_t *step)
{
    if (PySlice_Unpack(slice, start, stop, step) < 0) {
        return -1;
    }
    Py_ssize_t length = wf_jsproxy_length(self);
    return length < 0 ? -1 : PySlice_AdjustIndices(length, start, stop, *step);
}

static PyObject *
sequence_subscript(PyObject *self, PyObject *key)
{
    Py_ssize_t index, start, stop, step;
    PyObject *result;
    switch (index_of(key, &index)) {
    case 1:
        if (index < 0 && wf_jsproxy_length(self) < 0) {
            return NULL;
        }
        result = element(self, index);
        if (result == NULL && !PyErr_Occurred()) {
            PyErr_SetObject(PyExc_IndexError, key);
        }
        return result;
    case 0:
        if (wf_js_of(self)->flags & WF_JS_TYPED_ARRAY) {
            PyErr_SetString(
                PyExc_NotImplementedError,
                "Slice subscripting isn't implemented for typed arrays: use subarray(), slice() or to_py()");
            return NULL;
        }
        index = unpack(self, key, &start, &stop, &step);
        return index < 0 ? NULL : wf_jsproxy_inherit(self, operate_with(js_slice, self, 3, start, step, index));
    default:
        return NULL;
    }
}

static int
set_element(PyObject *self, Py_ssize_t index, PyObject *value)
{
    int status = -1;
    PyObject *number = PyLong_FromSsize_t(index);
    if (number != NULL) {
        status = wf_operate_quietly(js_set_element, self, (PyObject *[]){number, value}, 2);
        Py_DECREF(number);
    }
    if (status == 1) {
        PyErr_SetString(PyExc_IndexError, "list assignment index out of range");
    }
    return status == 0 ? 0 : -1;
}

static int
delete_element(PyObject *self, Py_ssize_t index)
{
    PyObject *removed = operate_with(js_pop, self, 1, index, 0, 0);
    if (removed == NULL && !PyErr_Occurred()) {
        PyErr_SetString(PyExc_IndexError, "list assignment index out of range");
    }
    Py_XDECREF(removed);
    return removed == NULL ? -1 : 0;
}

/* Call an operation that takes two ints and the elements of a list. */
static int
operate_with_list(wf_operation *operation, PyObject *self, Py_ssize_t a, Py_ssize_t b, PyObject *list)
{
    int status = -1;
    PyObject *first = PyLong_FromSsize_t(a), *second = PyLong_FromSsize_t(b), *args = NULL;
    if (first != NULL && second != NULL && (args = PyList_New(0)) != NULL && PyList_Append(args, first) == 0 &&
        PyList_Append(args, second) == 0 && PyList_Extend(args, list) == 0) {
        status = wf_operate_quietly(operation, self, PySequence_Fast_ITEMS(args), (int)PyList_GET_SIZE(args));
    }
    Py_XDECREF(args);
    Py_XDECREF(second);
    Py_XDECREF(first);
    return status;
}

static int
set_slice(PyObject *self, PyObject *slice, PyObject *values)
{
    Py_ssize_t start, stop, step;
    int status = -1;
    PyObject *list = NULL;
    Py_ssize_t count = unpack(self, slice, &start, &stop, &step);
    if (count < 0) {
        return -1;
    }
    if (!Py_TYPE(values)->tp_iter && !PySequence_Check(values)) {
        PyErr_SetString(PyExc_TypeError, "must assign iterable to extended slice"); /* as in list, any iterable */
        return -1;
    }
    list = PySequence_List(values);
    if (list == NULL) {
        return -1;
    }
    if (step == 1) {
        status = operate_with_list(js_splice, self, start, count, list);
    }
    else if (PyList_GET_SIZE(list) != count) {
        PyErr_Format(PyExc_ValueError, "attempt to assign sequence of size %zd to extended slice of size %zd",
                     PyList_GET_SIZE(list), count);
    }
    else {
        status = operate_with_list(js_assign, self, start, step, list);
    }
    Py_DECREF(list);
    return status;
}

static int
delete_slice(PyObject *self, PyObject *slice)
{
    Py_ssize_t start, stop, step;
    Py_ssize_t count = unpack(self, slice, &start, &stop, &step);
    PyObject *result = count < 0 ? NULL : operate_with(js_remove, self, 3, start, step, count);
    Py_XDECREF(result);
    return result == NULL ? -1 : 0;
}

static int
array_ass_subscript(PyObject *self, PyObject *key, PyObject *value)
{
    Py_ssize_t index;
    switch (index_of(key, &index)) {
    case 1:
        return value == NULL ? delete_element(self, index) : set_element(self, index, value);
    case 0:
        return value == NULL ? delete_slice(self, key) : set_slice(self, key, value);
    default:
        return -1;
    }
}

static int
array_ass_item(PyObject *self, Py_ssize_t index, PyObject *value)
{
    return value == NULL ? delete_element(self, index) : set_element(self, index, value);
}

static int
typed_array_ass_item(PyObject *self, Py_ssize_t index, PyObject *value)
{
    if (value == NULL) {
        PyErr_Format(PyExc_TypeError, "'%s' object doesn't support item deletion", Py_TYPE(self)->tp_name);
        return -1;
    }
    return set_element(self, index, value);
}

static int
typed_array_ass_subscript(PyObject *self, PyObject *key, PyObject *value)
{
    Py_ssize_t index = 0;
    int kind = value == NULL ? 1 : index_of(key, &index);
    if (kind == 0) {
        PyErr_SetString(PyExc_NotImplementedError,
                        "Slice assignment isn't implemented for typed arrays: use set(), assign() or subarray()");
        return -1;
    }
    return kind < 0 ? -1 : typed_array_ass_item(self, index, value);
}

/* ---- searching, by Python's equality ---- */

/* Return the first index in start..stop of an element that equals value, -1 if none does, or -2 with an exception
   set. */
static Py_ssize_t
find(PyObject *self, PyObject *value, Py_ssize_t start, Py_ssize_t stop)
{
    for (Py_ssize_t index = start; index < stop; index++) {
        PyObject *item = element(self, index);
        if (item == NULL && PyErr_Occurred()) {
            /* A destroyed PyProxy equals nothing. */
            if (!PyErr_ExceptionMatches((PyObject *)wf_jsexception_root)) {
                return -2;
            }
            PyErr_Clear();
        }
        int equal = item == NULL ? 0 : PyObject_RichCompareBool(item, value, Py_EQ);
        Py_XDECREF(item);
        if (equal != 0) {
            return equal < 0 ? -2 : index;
        }
    }
    return -1;
}

static int
sequence_contains(PyObject *self, PyObject *value)
{
    Py_ssize_t length = wf_jsproxy_length(self);
    Py_ssize_t index = length < 0 ? -2 : find(self, value, 0, length);
    return index == -2 ? -1 : index >= 0;
}

static int
not_in_list(PyObject *value)
{
    PyErr_Format(PyExc_ValueError, "%R is not in list", value);
    return -1;
}

static PyObject *
sequence_index(PyObject *self, PyObject *args)
{
    PyObject *value;
    Py_ssize_t start = 0, stop = PY_SSIZE_T_MAX;
    if (!PyArg_ParseTuple(args, "O|nn:index", &value, &start, &stop)) {
        return NULL;
    }
    Py_ssize_t length = wf_jsproxy_length(self);
    if (length < 0) {
        return NULL;
    }
    PySlice_AdjustIndices(length, &start, &stop, 1);
    Py_ssize_t index = find(self, value, start, stop);
    if (index == -1) {
        not_in_list(value);
    }
    return index < 0 ? NULL : PyLong_FromSsize_t(index);
}

static PyObject *
sequence_count(PyObject *self, PyObject *value)
{
    Py_ssize_t count = 0, index = -1;
    Py_ssize_t length = wf_jsproxy_length(self);
    if (length < 0) {
        return NULL;
    }
    while ((index = find(self, value, index + 1, length)) >= 0) {
        count++;
    }
    return index == -2 ? NULL : PyLong_FromSsize_t(count);
}

static PyObject *
array_remove(PyObject *self, PyObject *value)
{
    Py_ssize_t length = wf_jsproxy_length(self);
    Py_ssize_t index = length < 0 ? -2 : find(self, value, 0, length);
    if (index == -1) {
        not_in_list(value);
    }
    if (index < 0 || delete_element(self, index) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

/* ---- changing the length ---- */

static PyObject *
array_append(PyObject *self, PyObject *value)
{
    return wf_operate(js_push, self, &value, 1);
}

/* Push the values of an iterable, several at a time. Return 0, or -1 with an exception set. */
static int
extend(PyObject *self, PyObject *iterable)
{
    enum { AT_ONCE = 64 };
    int status = -1;
    PyObject *list = PySequence_List(iterable);
    if (list != NULL) {
        status = 0;
        for (Py_ssize_t start = 0; status == 0 && start < PyList_GET_SIZE(list); start += AT_ONCE) {
            Py_ssize_t count = Py_MIN(AT_ONCE, PyList_GET_SIZE(list) - start);
            status = wf_operate_quietly(js_push, self, PySequence_Fast_ITEMS(list) + start, (int)count);
        }
        Py_DECREF(list);
    }
    return status;
}

static PyObject *
array_extend(PyObject *self, PyObject *iterable)
{
    if (extend(self, iterable) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *
array_insert(PyObject *self, PyObject *args)
{
    PyObject *value, *values;
    Py_ssize_t index;
    int status = -1;
    if (!PyArg_ParseTuple(args, "nO:insert", &index, &value)) {
        return NULL;
    }
    values = PyList_New(1);
    if (values != NULL) {
        PyList_SET_ITEM(values, 0, Py_NewRef(value));
        status = operate_with_list(js_splice, self, index, 0, values);
        Py_DECREF(values);
    }
    if (status < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *
array_pop(PyObject *self, PyObject *args)
{
    Py_ssize_t index = -1;
    if (!PyArg_ParseTuple(args, "|n:pop", &index)) {
        return NULL;
    }
    PyObject *result = wf_jsproxy_inherit(self, operate_with(js_pop, self, 1, index, 0, 0));
    if (result == NULL && !PyErr_Occurred()) {
        Py_ssize_t length = wf_jsproxy_length(self);
        if (length >= 0) {
            PyErr_SetString(PyExc_IndexError, length == 0 ? "pop from empty list" : "pop index out of range");
        }
    }
    return result;
}

static PyObject *
sequence_reverse(PyObject *self, PyObject *Py_UNUSED(args))
{
    return wf_operate(js_reverse, self, NULL, 0);
}

static PyObject *
array_clear(PyObject *self, PyObject *Py_UNUSED(args))
{
    return operate_with(js_repeat_here, self, 1, 0, 0, 0);
}

/* ---- operators ---- */

static PyObject *
sequence_concat(PyObject *self, PyObject *other)
{
    PyObject *result = wf_operate(js_copy, self, NULL, 0);
    if (result != NULL && extend(result, other) < 0) {
        Py_CLEAR(result);
    }
    return result;
}

static PyObject *
sequence_repeat(PyObject *self, Py_ssize_t count)
{
    return operate_with(js_repeat, self, 1, Py_MAX(count, 0), 0, 0);
}

static PyObject *
array_inplace_concat(PyObject *self, PyObject *other)
{
    return extend(self, other) < 0 ? NULL : Py_NewRef(self);
}

static PyObject *
array_inplace_repeat(PyObject *self, Py_ssize_t count)
{
    PyObject *result = operate_with(js_repeat_here, self, 1, Py_MAX(count, 0), 0, 0);
    Py_XDECREF(result);
    return result == NULL ? NULL : Py_NewRef(self);
}

static PyType_Slot length_slots[] = {
    {Py_sq_length, wf_jsproxy_length},
    {Py_mp_length, wf_jsproxy_length},
    {0, NULL},
};
static PyType_Slot array_slots[] = {
    {Py_sq_ass_item, array_ass_item},
    {Py_mp_ass_subscript, array_ass_subscript},
    {Py_sq_inplace_concat, array_inplace_concat},
    {Py_sq_inplace_repeat, array_inplace_repeat},
    {0, NULL},
};
static PyType_Slot typed_array_slots[] = {
    {Py_sq_ass_item, typed_array_ass_item},
    {Py_mp_ass_subscript, typed_array_ass_subscript},
    {0, NULL},
};
static PyType_Slot operator_slots[] = {
    {Py_sq_concat, sequence_concat},
    {Py_sq_repeat, sequence_repeat},
    {0, NULL},
};
static PyType_Slot sequence_slots[] = {
    {Py_sq_length, wf_jsproxy_length},
    {Py_mp_length, wf_jsproxy_length},
    {Py_sq_item, sequence_item},
    {Py_mp_subscript, sequence_subscript},
    {0, NULL},
};
/* Python searches other sequences by iteration. */
static PyType_Slot contains_slots[] = {
    {Py_sq_contains, sequence_contains},
    {0, NULL},
};
static PyType_Slot buffer_slots[] = {
    {Py_bf_getbuffer, wf_jsbuffer_getbuffer},
    {0, NULL},
};
/* Convert the contents of a JSON sequence element by element, also in iteration. */
static PyType_Slot json_slots[] = {
    {Py_tp_iter, PySeqIter_New},
    {0, NULL},
};
static PyMethodDef sequence_methods[] = {
    {"index", sequence_index, METH_VARARGS,
     "index($self, value, start=0, stop=sys.maxsize, /)\n--\n\nThe first index of an element that equals value. Raises ValueError if there is none."},
    {"count", sequence_count, METH_O, "count($self, value, /)\n--\n\nHow many elements equal value."},
    {0},
};
static PyMethodDef reversible_methods[] = {
    {"reverse", sequence_reverse, METH_NOARGS, "reverse($self, /)\n--\n\nReverse the order of the elements in place."},
    {0},
};
static PyMethodDef array_methods[] = {
    {"append", array_append, METH_O, "append($self, value, /)\n--\n\nAdd value at the end."},
    {"extend", array_extend, METH_O, "extend($self, iterable, /)\n--\n\nAdd all that iterable gives at the end."},
    {"insert", array_insert, METH_VARARGS, "insert($self, index, value, /)\n--\n\nInsert value before index."},
    {"pop", array_pop, METH_VARARGS,
     "pop($self, index=-1, /)\n--\n\nRemove the element at index and return it. Raises IndexError if there is none."},
    {"remove", array_remove, METH_O,
     "remove($self, value, /)\n--\n\nRemove the first element that equals value. Raises ValueError if there is none."},
    {"clear", array_clear, METH_NOARGS, "clear($self, /)\n--\n\nRemove all elements."},
    {0},
};
static const char *const abc_methods[] = {"__reversed__", NULL};
const wf_mixin wf_sequence_mixins[] = {
    {.all = WF_JS_JSON_SEQUENCE, .slots = json_slots},
    {.all = WF_JS_ARRAY, .slots = array_slots, .methods = array_methods},
    {.all = WF_JS_TYPED_ARRAY, .slots = typed_array_slots},
    {.any = WF_JS_ARRAY | WF_JS_TYPED_ARRAY,
     .slots = contains_slots,
     .methods = reversible_methods,
     .abc = "MutableSequence",
     .abc_methods = abc_methods},
    {.any = WF_JS_ARRAY | WF_JS_ARRAY_LIKE, .slots = operator_slots},
    {.all = WF_JS_SEQUENCE,
     .slots = sequence_slots,
     .methods = sequence_methods,
     .abc = "Sequence",
     .abc_methods = abc_methods},
    {.all = WF_JS_BUFFER, .slots = buffer_slots, .methods = wf_jsbuffer_methods},
    {.all = WF_JS_HAS_LENGTH, .slots = length_slots},
    {0},
};
