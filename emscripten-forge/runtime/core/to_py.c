/* Deep conversion of JavaScript objects to Python: reads the row of values that js/bridge/convert/to-py.mjs writes. */
#include "to_py.h"

#include "buffer.h"
#include "core.h"
#include "jsproxy_types.h"

#include <emscripten.h>

/* Convert an object. Return a new reference. On failure return NULL, with an error, the text of a ConversionError, or
   WF_END (an exception is set) in *out. */
WF_IMPORT(js_to_py) PyObject *js_to_py(int handle, int depth, wf_value *out);
WF_OPERATION(js_kind);

PyObject *wf_conversion_error;

/* ---- reading a row ---- */

typedef struct {
    const wf_value *next;
    const wf_value *end;
    PyObject **seen; /* the containers by number: borrowed from the result */
    uint32_t seen_room;
} row;

static PyObject *read_value(row *its);

/* Store a container under its number. Return 0, or -1 with an exception set. */
static int
remember(row *its, uint32_t number, PyObject *container)
{
    if (number >= its->seen_room) {
        uint32_t room = 2 * (number + 16);
        PyObject **seen = PyMem_Resize(its->seen, PyObject *, room);
        if (seen == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        its->seen = seen;
        its->seen_room = room;
    }
    its->seen[number] = container;
    return 0;
}

static PyObject *
read_list(row *its, const wf_value *head)
{
    PyObject *list = PyList_New(head->size);
    int status = list == NULL ? -1 : remember(its, head->aux, list);
    for (uint32_t index = 0; status == 0 && index < head->size; index++) {
        PyObject *item = read_value(its);
        if (item == NULL) {
            status = -1;
        }
        else {
            PyList_SET_ITEM(list, index, item);
        }
    }
    if (status < 0) {
        Py_CLEAR(list);
    }
    return list;
}

static PyObject *
read_dict(row *its, const wf_value *head)
{
    PyObject *dict = PyDict_New();
    int status = dict == NULL ? -1 : remember(its, head->aux, dict);
    for (uint32_t index = 0; status == 0 && index < head->size; index++) {
        PyObject *key = read_value(its);
        PyObject *value = key == NULL ? NULL : read_value(its);
        status = value == NULL ? -1 : PyDict_SetItem(dict, key, value);
        Py_XDECREF(value);
        Py_XDECREF(key);
    }
    if (status < 0) {
        Py_CLEAR(dict);
    }
    return dict;
}

static PyObject *
read_set(row *its, const wf_value *head)
{
    PyObject *set = PySet_New(NULL);
    int status = set == NULL ? -1 : remember(its, head->aux, set);
    for (uint32_t index = 0; status == 0 && index < head->size; index++) {
        PyObject *item = read_value(its);
        status = item == NULL ? -1 : PySet_Add(set, item);
        Py_XDECREF(item);
    }
    if (status < 0) {
        Py_CLEAR(set);
    }
    return set;
}

/* Return how many values the characters after head take. */
static uint32_t
text_places(const wf_value *head)
{
    return (head->size * head->aux + sizeof(wf_value) - 1) / sizeof(wf_value);
}

static PyObject *
read_text(row *its, const wf_value *head)
{
    const char *text = (const char *)its->next;
    its->next += text_places(head);
    if (head->aux == 1) {
        return PyUnicode_FromKindAndData(PyUnicode_1BYTE_KIND, text, head->size);
    }
    int order = -1; /* little endian */
    return PyUnicode_DecodeUTF16(text, 2 * head->size, "surrogatepass", &order);
}

static PyObject *
read_buffer(row *its)
{
    PyObject *memory = NULL;
    PyObject *buffer = read_value(its);
    if (buffer != NULL) {
        memory = wf_jsbuffer_to_memoryview(buffer);
        Py_DECREF(buffer);
    }
    return memory;
}

static PyObject *
read_container(row *its, const wf_value *head)
{
    PyObject *result = NULL;
    if (Py_EnterRecursiveCall(" in to_py()") == 0) {
        result = head->tag == WF_ROW_LIST   ? read_list(its, head)
                 : head->tag == WF_ROW_DICT ? read_dict(its, head)
                                            : read_set(its, head);
        Py_LeaveRecursiveCall();
    }
    return result;
}

static PyObject *
read_value(row *its)
{
    const wf_value *head = its->next++;
    switch (head->tag) {
    case WF_ROW_LIST:
    case WF_ROW_DICT:
    case WF_ROW_SET:
        return read_container(its, head);
    case WF_ROW_SEEN:
        return Py_NewRef(its->seen[head->aux]);
    case WF_ROW_TEXT:
        return read_text(its, head);
    case WF_ROW_BUFFER:
        return read_buffer(its);
    default:
        return wf_from_wire(head);
    }
}

/* Release the unread values of a row. */
EMSCRIPTEN_KEEPALIVE void
wf_row_discard(const wf_value *next, const wf_value *end)
{
    while (next < end) {
        const wf_value *head = next++;
        if (head->tag == WF_ROW_TEXT) {
            next += text_places(head);
        }
        else {
            wf_discard(head, 1);
        }
    }
}

EMSCRIPTEN_KEEPALIVE PyObject *
wf_row_read(const wf_value *start, const wf_value *end)
{
    row its = {.next = start, .end = end};
    PyObject *result = read_value(&its);
    wf_row_discard(its.next, end);
    PyMem_Free(its.seen);
    return result;
}

/* Call wf_row_read for JavaScript. Return the tag of *out. */
EMSCRIPTEN_KEEPALIVE int
wf_row_to_js(const wf_value *start, const wf_value *end, wf_value *out)
{
    return wf_return(wf_row_read(start, end), out);
}

/* Intern text: steals it and keeps it for ever. */
EMSCRIPTEN_KEEPALIVE PyObject *
wf_intern(PyObject *text)
{
    PyUnicode_InternInPlace(&text);
    return text;
}

/* ---- the methods ---- */

/* With a converter of the caller, Python does the work, object by object. */
static PyObject *
convert_with(PyObject *object, PyObject *depth, PyObject *converter)
{
    PyObject *result = NULL;
    PyObject *module = PyImport_ImportModule("pyodide.ffi._to_py");
    if (module != NULL) {
        result = PyObject_CallMethod(module, "to_py", "OOO", object, depth, converter);
        Py_DECREF(module);
    }
    return result;
}

static PyObject *
convert(PyObject *self, int depth)
{
    wf_value out;
    PyObject *result = js_to_py(wf_js_of(self)->handle, depth, &out);
    if (result == NULL && out.tag != WF_END) {
        PyObject *text = wf_from_wire(&out); /* raises if it is an error */
        if (text != NULL) {
            PyErr_SetObject(wf_conversion_error, text);
            Py_DECREF(text);
        }
    }
    return result;
}

PyObject *
wf_jsproxy_to_py(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"depth", "default_converter", NULL};
    PyObject *converter = Py_None, *depth, *result = NULL;
    int levels = -1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|$iO:to_py", names, &levels, &converter)) {
        return NULL;
    }
    if (converter == Py_None) {
        return convert(self, levels);
    }
    depth = PyLong_FromLong(levels);
    if (depth != NULL) {
        result = convert_with(self, depth, converter);
        Py_DECREF(depth);
    }
    return result;
}

/* Convert args[0] to the depth args[1] with the converter args[2], for JavaScript. Return the tag of *out. */
EMSCRIPTEN_KEEPALIVE int
wf_to_py_with(const wf_value *args, wf_value *out)
{
    PyObject *values[3] = {NULL, NULL, NULL}, *result = NULL;
    int ready = 0;
    while (ready < 3 && (values[ready] = wf_from_wire(&args[ready])) != NULL) {
        ready++;
    }
    if (ready == 3) {
        result = convert_with(values[0], values[1], values[2]);
    }
    while (ready > 0) {
        Py_DECREF(values[--ready]);
    }
    return wf_return(result, out);
}

PyObject *
wf_jsproxy_kind(PyObject *Py_UNUSED(module), PyObject *object)
{
    if (wf_jsproxy_handle(object) == 0) {
        Py_RETURN_NONE;
    }
    return wf_operate(js_kind, object, NULL, 0);
}
