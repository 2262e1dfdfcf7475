/* Deep conversion of Python objects to JavaScript. A whole structure becomes one row of values, in the order in which
   js/bridge/convert/to-js.mjs reads it, so that one crossing suffices. */
#include "to_js.h"

#include "buffer.h"
#include "core.h"
#include "jsproxy_create.h"
#include "pyproxy.h"

#include <emscripten.h>

/* ---- the row ---- */

typedef struct {
    wf_value *values; /* first, for JavaScript */
    Py_ssize_t count;
    Py_ssize_t room;
    PyObject **held; /* references to the objects of values, and to the containers */
    Py_ssize_t held_count;
    Py_ssize_t held_room;
    PyObject **seen; /* the containers, in the order of their numbers */
    uint32_t seen_count;
    uint32_t *slots; /* open addressing: container -> its number + 1 */
    uint32_t slot_mask;
} Row;

/* Make room for one more item in an array. Return NULL with an exception set if memory is short. */
static void *
grow(void *array, Py_ssize_t count, Py_ssize_t *room, size_t size)
{
    if (count < *room) {
        return array;
    }
    Py_ssize_t wanted = *room == 0 ? 32 : *room * 2;
    void *grown = PyMem_Realloc(array, wanted * size);
    if (grown == NULL) {
        PyErr_NoMemory();
    }
    else {
        *room = wanted;
    }
    return grown;
}

/* Add a value. Return its index, or -1 with an exception set. */
static Py_ssize_t
add(Row *row, uint32_t tag, uint32_t aux, uint32_t size)
{
    wf_value *values = grow(row->values, row->count, &row->room, sizeof(wf_value));
    if (values == NULL) {
        return -1;
    }
    row->values = values;
    values[row->count] = (wf_value){.tag = tag, .aux = aux, .ptr = 0, .size = size};
    return row->count++;
}

/* Keep an object until the row is freed. */
static int
hold(Row *row, PyObject *object)
{
    PyObject **held = grow(row->held, row->held_count, &row->held_room, sizeof(PyObject *));
    if (held == NULL) {
        return -1;
    }
    row->held = held;
    held[row->held_count++] = Py_NewRef(object);
    return 0;
}

/* ---- containers already seen ---- */

static uint32_t *
find_slot(const Row *row, PyObject *container)
{
    uint32_t at = ((uint32_t)(uintptr_t)container >> 4) * 2654435761u;
    for (;; at++) {
        uint32_t *slot = &row->slots[at & row->slot_mask];
        if (*slot == 0 || row->seen[*slot - 1] == container) {
            return slot;
        }
    }
}

static int
grow_slots(Row *row)
{
    if (row->slots != NULL && row->seen_count * 2 < row->slot_mask) {
        return 0;
    }
    uint32_t size = row->slots == NULL ? 64 : (row->slot_mask + 1) * 4;
    uint32_t *slots = PyMem_Calloc(size, sizeof(uint32_t));
    PyObject **seen = slots == NULL ? NULL : PyMem_Realloc(row->seen, size * sizeof(PyObject *));
    if (seen == NULL) {
        PyMem_Free(slots);
        PyErr_NoMemory();
        return -1;
    }
    PyMem_Free(row->slots);
    row->slots = slots;
    row->slot_mask = size - 1;
    row->seen = seen;
    for (uint32_t number = 0; number < row->seen_count; number++) {
        *find_slot(row, seen[number]) = number + 1;
    }
    return 0;
}

/* Begin a container. Return the index of its value, whose size will be the number of items; -2 if it was seen, with a
   reference written; or -1 with an exception set. */
static Py_ssize_t
begin(Row *row, uint32_t tag, PyObject *container)
{
    if (grow_slots(row) < 0) {
        return -1;
    }
    uint32_t *slot = find_slot(row, container);
    if (*slot != 0) {
        return add(row, WF_SEEN, *slot - 1, 0) < 0 ? -1 : -2;
    }
    if (hold(row, container) < 0) {
        return -1;
    }
    row->seen[row->seen_count] = container;
    *slot = ++row->seen_count;
    Py_ssize_t at = add(row, tag, row->seen_count - 1, 0);
    if (at >= 0) {
        row->values[at].ptr = (uint32_t)(uintptr_t)container;
    }
    return at;
}

/* ---- writing ---- */

static int write_value(Row *row, PyObject *value, int depth);

static int
write_list(Row *row, PyObject *list, int depth)
{
    Py_ssize_t at = begin(row, WF_ARRAY, list);
    Py_ssize_t count = 0;
    /* The list may change while its items are converted. */
    for (; at >= 0 && count < PySequence_Fast_GET_SIZE(list); count++) {
        PyObject *item = Py_NewRef(PySequence_Fast_GET_ITEM(list, count));
        int status = write_value(row, item, depth - 1);
        Py_DECREF(item);
        if (status < 0) {
            return -1;
        }
    }
    if (at >= 0) {
        row->values[at].size = count;
    }
    return at == -1 ? -1 : 0;
}

/* Convert any other sequence, or a set, through a list. */
static int
write_iterable(Row *row, PyObject *iterable, uint32_t tag, int depth)
{
    Py_ssize_t at = begin(row, tag, iterable);
    PyObject *items = at < 0 ? NULL : PySequence_List(iterable);
    int status = at == -2 ? 0 : -1;
    if (items != NULL) {
        Py_ssize_t count = PyList_GET_SIZE(items);
        row->values[at].size = count;
        status = hold(row, items);
        for (Py_ssize_t index = 0; status == 0 && index < count; index++) {
            /* Do not convert the items of a set: the copies would not be equal. */
            status = write_value(row, PyList_GET_ITEM(items, index), tag == WF_SET ? 0 : depth - 1);
        }
        Py_DECREF(items);
    }
    return status;
}

static int
write_entry(Row *row, PyObject *key, PyObject *value, int depth)
{
    return write_value(row, key, 0) < 0 || write_value(row, value, depth - 1) < 0 ? -1 : 0;
}

static int
write_dict(Row *row, PyObject *dict, int depth)
{
    Py_ssize_t at = begin(row, WF_DICT, dict);
    Py_ssize_t position = 0;
    Py_ssize_t count = 0;
    PyObject *key, *value;
    for (; at >= 0 && PyDict_Next(dict, &position, &key, &value); count++) {
        Py_INCREF(key);
        Py_INCREF(value);
        int status = write_entry(row, key, value, depth);
        Py_DECREF(key);
        Py_DECREF(value);
        if (status < 0) {
            return -1;
        }
    }
    if (at >= 0) {
        row->values[at].size = count;
    }
    return at == -1 ? -1 : 0;
}

/* Convert a dict of another type, which may store its items elsewhere or order them differently. */
static int
write_dict_subtype(Row *row, PyObject *dict, int depth)
{
    Py_ssize_t at = begin(row, WF_DICT, dict);
    PyObject *items = at < 0 ? NULL : PyMapping_Items(dict);
    int status = at == -2 ? 0 : -1;
    if (items != NULL) {
        Py_ssize_t count = PyList_GET_SIZE(items);
        row->values[at].size = count;
        status = 0;
        for (Py_ssize_t index = 0; status == 0 && index < count; index++) {
            PyObject *item = PyList_GET_ITEM(items, index);
            if (PyTuple_Check(item) && PyTuple_GET_SIZE(item) == 2) {
                status = write_entry(row, PyTuple_GET_ITEM(item, 0), PyTuple_GET_ITEM(item, 1), depth);
            }
            else {
                PyErr_Format(PyExc_TypeError, "items() of a %T must give pairs", dict);
                status = -1;
            }
        }
        Py_DECREF(items);
    }
    return status;
}

/* Whether a sequence fits an array: C cannot count the length of range(2**31). Return -1 on an exception. */
static int
is_countable(PyObject *sequence)
{
    if (PySequence_Size(sequence) >= 0) {
        return 1;
    }
    if (!PyErr_ExceptionMatches(PyExc_OverflowError)) {
        return -1;
    }
    PyErr_Clear();
    return 0;
}

static int
write_container(Row *row, PyObject *value, int depth)
{
    uint32_t flags = wf_pyproxy_flags(value);
    if (PyList_Check(value) || PyTuple_Check(value)) {
        return write_list(row, value, depth);
    }
    if (PyDict_Check(value)) {
        return PyDict_CheckExact(value) ? write_dict(row, value, depth) : write_dict_subtype(row, value, depth);
    }
    if (PyAnySet_Check(value)) {
        return write_iterable(row, value, WF_SET, depth);
    }
    if (flags & WF_PY_BUFFER) {
        wf_value buffer;
        int converted = wf_buffer_to_wire(value, &buffer);
        Py_ssize_t at = converted == 1 ? add(row, 0, 0, 0) : -1;
        if (at >= 0) {
            row->values[at] = buffer;
        }
        if (converted != 0) {
            return at < 0 ? -1 : 0;
        }
    }
    else if (flags & WF_PY_SEQUENCE) {
        int countable = is_countable(value);
        if (countable != 0) {
            return countable < 0 ? -1 : write_iterable(row, value, WF_ARRAY, depth);
        }
    }
    Py_ssize_t at = add(row, WF_PYOBJECT, flags, 0);
    if (at >= 0) {
        row->values[at].ptr = (uint32_t)(uintptr_t)Py_NewRef(value);
    }
    return at < 0 ? -1 : 0;
}

/* Add a value, with containers converted down to a depth. Any other object becomes a PyProxy. */
static int
write_value(Row *row, PyObject *value, int depth)
{
    int status = -1;
    Py_ssize_t at = add(row, WF_UNDEFINED, 0, 0);
    int converted = at < 0 ? -1 : wf_immutable_to_wire(value, &row->values[at]);
    if (converted > 0) {
        uint32_t tag = row->values[at].tag;
        status = tag == WF_STRING || tag == WF_JSOBJECT ? hold(row, value) : 0;
    }
    else if (converted == 0 && depth == 0) {
        row->values[at].tag = WF_PYOBJECT;
        row->values[at].aux = wf_pyproxy_flags(value);
        row->values[at].ptr = (uint32_t)(uintptr_t)Py_NewRef(value);
        row->values[at].size = 1; /* not tried */
        status = 0;
    }
    else if (converted == 0 && Py_EnterRecursiveCall(" in a conversion to JavaScript") == 0) {
        row->count = at;
        status = write_container(row, value, depth);
        Py_LeaveRecursiveCall();
    }
    return status;
}

/* ---- for JavaScript ---- */

/* Free a row. Release the objects that its values own unless JavaScript has taken them. */
EMSCRIPTEN_KEEPALIVE void
wf_row_free(Row *row, int taken)
{
    for (Py_ssize_t at = 0; !taken && at < row->count; at++) {
        const wf_value *value = &row->values[at];
        if (value->tag == WF_PYOBJECT) {
            Py_DECREF((PyObject *)(uintptr_t)value->ptr);
        }
        else if (value->tag == WF_JSOBJECT && value->size == WF_OWNED) {
            js_release((int)value->aux);
        }
    }
    for (Py_ssize_t at = 0; at < row->held_count; at++) {
        Py_DECREF(row->held[at]);
    }
    PyMem_Free(row->values);
    PyMem_Free(row->held);
    PyMem_Free(row->seen);
    PyMem_Free(row->slots);
    PyMem_Free(row);
}

/* Convert a value, with contents down to a depth (negative: all). Return NULL with the exception kept on failure. */
EMSCRIPTEN_KEEPALIVE Row *
wf_row_of(PyObject *value, int depth)
{
    Row *row = PyMem_Calloc(1, sizeof(Row));
    if (row == NULL) {
        PyErr_NoMemory();
    }
    else if (write_value(row, value, depth) < 0) {
        PyObject *error = PyErr_GetRaisedException();
        wf_row_free(row, 0);
        row = NULL;
        PyErr_SetRaisedException(error);
    }
    if (row == NULL) {
        wf_raise_to_js();
    }
    return row;
}

/* ---- for Python ---- */

/* Calls toJs of to-js.mjs with value and the options' values. Writes the result as wf_from_wire reads it. */
WF_IMPORT(js_to_js)
void js_to_js(PyObject *value, int depth, int create_pyproxies, const wf_value *options, wf_value *result);

PyObject *
wf_to_js(PyObject *module, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {
        "", "depth", "pyproxies", "create_pyproxies", "dict_converter", "default_converter", "eager_converter", NULL};
    enum { OPTIONS = 4 };
    PyObject *value;
    PyObject *options[OPTIONS] = {Py_None, Py_None, Py_None, Py_None};
    wf_value wire[OPTIONS];
    wf_value result;
    int depth = -1;
    int create_pyproxies = 1;
    (void)module;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|$iOpOOO:to_js", names, &value, &depth, &options[0],
                                     &create_pyproxies, &options[1], &options[2], &options[3])) {
        return NULL;
    }
    if (options[0] != Py_None && wf_check_array(options[0], "pyproxies") < 0) {
        return NULL;
    }
    if (wf_immutable_to_wire(value, &result) == 1 && result.tag != WF_JSOBJECT) {
        return Py_NewRef(value);
    }
    for (int at = 0; at < OPTIONS; at++) {
        if (wf_to_wire(options[at], &wire[at]) < 0) {
            return NULL;
        }
    }
    js_to_js(value, depth, create_pyproxies, wire, &result);
    return wf_from_wire(&result);
}
