/* The builtin module _wasmforge_loop: functions for pyodide.webloop and pyodide.ffi that concern the page's event loop
   and suspension. */
#include "core.h"
#include "jsproxy.h"
#include "suspend.h"
#include "value.h"

#include <emscripten.h>

WF_IMPORT(js_loop_soon) void js_loop_soon(void);
WF_IMPORT(js_loop_later) void js_loop_later(double milliseconds);
WF_IMPORT(js_outcome) void js_outcome(int outcome, wf_value *out);
/* Change the number of programs that wait in the event loop, for signals among other things. */
WF_IMPORT(js_watch_signals) void js_watch_signals(int more);
/* Interrupt the stack that began to wait last. Return 0 if no stack waits. */
WF_IMPORT(js_pass_interrupt) int js_pass_interrupt(void);
WF_IMPORT(js_event) int js_event(void);
WF_IMPORT(js_set_event) void js_set_event(int event);

int wf_is_command = 0;

/* Called at each turn of the page's loop, if set. */
static PyObject *turn = NULL;

static void
run_turn(void *Py_UNUSED(unused))
{
    int before = wf_shield(1);
    PyObject *result = turn == NULL ? Py_NewRef(Py_None) : PyObject_CallNoArgs(turn);
    if (result == NULL) {
        PyErr_WriteUnraisable(turn);
    }
    Py_XDECREF(result);
    wf_shield(before);
}

/* suspendable: whether this was called as a promising export. No variables in memory (suspend.h). */
EMSCRIPTEN_KEEPALIVE void
wf_loop_turn(int suspendable)
{
    if (!suspendable || wf_stack_enter(run_turn, NULL) < 0) {
        run_turn(NULL);
    }
}

static PyObject *
set_turn(PyObject *Py_UNUSED(module), PyObject *callable)
{
    Py_XSETREF(turn, Py_NewRef(callable));
    Py_RETURN_NONE;
}

static PyObject *
soon(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(unused))
{
    js_loop_soon();
    Py_RETURN_NONE;
}

static PyObject *
later(PyObject *Py_UNUSED(module), PyObject *seconds)
{
    double value = PyFloat_AsDouble(seconds);
    if (PyErr_Occurred()) {
        return NULL;
    }
    js_loop_later(value * 1e3);
    Py_RETURN_NONE;
}

static PyObject *
can_run_sync(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(unused))
{
    return PyBool_FromLong(wf_can_wait());
}

static PyObject *
raise_stuck(PyObject *Py_UNUSED(module), PyObject *what)
{
    const char *text = PyUnicode_AsUTF8(what);
    if (text != NULL) {
        wf_raise_stuck(text);
    }
    return NULL;
}

/* Return the value of the settled promise behind a handle (borrowed). */
static PyObject *
wait_for(int promise)
{
    int outcome = wf_wait(promise);
    if (outcome < 0) {
        return NULL;
    }
    wf_value value;
    js_outcome(outcome, &value);
    return wf_from_wire(&value);
}

static PyObject *
wait(PyObject *Py_UNUSED(module), PyObject *promise)
{
    int handle = wf_jsproxy_handle(promise);
    if (handle == 0) {
        PyErr_Format(PyExc_TypeError, "expected a JsProxy, not %T", promise);
        return NULL;
    }
    return wait_for(handle);
}

static PyObject *
check_signals(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(unused))
{
    if (wf_handle_signals() < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *
call(int shield, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    if (count == 0) {
        PyErr_SetString(PyExc_TypeError, "expected a callable");
        return NULL;
    }
    int before = wf_shield(shield);
    PyObject *result = PyObject_Vectorcall(args[0], args + 1, (size_t)count - 1, names);
    wf_shield(before);
    return result;
}

static PyObject *
call_shielded(PyObject *Py_UNUSED(module), PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    return call(1, args, count, names);
}

static PyObject *
call_exposed(PyObject *Py_UNUSED(module), PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    return call(0, args, count, names);
}

static PyObject *
pass_interrupt(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(unused))
{
    return PyBool_FromLong(js_pass_interrupt());
}

static PyObject *
watch_signals(PyObject *Py_UNUSED(module), PyObject *more)
{
    int change = PyLong_AsInt(more);
    if (PyErr_Occurred()) {
        return NULL;
    }
    js_watch_signals(change);
    Py_RETURN_NONE;
}

static PyObject *
new_event(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(unused))
{
    return PyLong_FromLong(js_event());
}

static PyObject *
set_event(PyObject *Py_UNUSED(module), PyObject *event)
{
    int handle = PyLong_AsInt(event);
    if (PyErr_Occurred()) {
        return NULL;
    }
    js_set_event(handle);
    Py_RETURN_NONE;
}

static PyObject *
wait_event(PyObject *Py_UNUSED(module), PyObject *event)
{
    int handle = PyLong_AsInt(event);
    return PyErr_Occurred() ? NULL : wait_for(handle);
}

static PyObject *
free_event(PyObject *Py_UNUSED(module), PyObject *event)
{
    int handle = PyLong_AsInt(event);
    if (PyErr_Occurred()) {
        return NULL;
    }
    js_release(handle);
    Py_RETURN_NONE;
}

/* settle(resolver, value, error) */
static PyObject *
settle(PyObject *Py_UNUSED(module), PyObject *const *args, Py_ssize_t count)
{
    int resolver = count == 3 ? PyLong_AsInt(args[0]) : -1;
    if (PyErr_Occurred()) {
        return NULL;
    }
    return wf_settle(resolver, args[1], args[2] == Py_None ? NULL : args[2]);
}

static PyObject *
set_task_swap(PyObject *Py_UNUSED(module), PyObject *callable)
{
    wf_stack_task_swap(callable);
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"set_turn", set_turn, METH_O, PyDoc_STR("Call callable at each turn that was asked for.")},
    {"soon", soon, METH_NOARGS, PyDoc_STR("Ask for a turn as soon as the page can.")},
    {"later", later, METH_O, PyDoc_STR("Ask for a turn in this many seconds instead of the turn asked for before.")},
    {"can_run_sync", can_run_sync, METH_NOARGS,
     PyDoc_STR("Whether run_sync can wait here: the engine has JSPI and Python was called in a way that can wait.")},
    {"raise_stuck", raise_stuck, METH_O,
     PyDoc_STR("Raise RuntimeError: what cannot be done, since this cannot wait, and why.")},
    {"wait", wait, METH_O, PyDoc_STR("The value of a promise, once it has one: without asyncio.")},
    {"check_signals", check_signals, METH_NOARGS, PyDoc_STR("Run the handlers of signals that have come in.")},
    {"shielded", _PyCFunction_CAST(call_shielded), METH_FASTCALL | METH_KEYWORDS,
     PyDoc_STR("shielded(function, *args, **kwargs): call it; signals wait until it has returned.")},
    {"exposed", _PyCFunction_CAST(call_exposed), METH_FASTCALL | METH_KEYWORDS,
     PyDoc_STR(
         "exposed(function, *args, **kwargs): call it; signals may interrupt it, though its caller is shielded.")},
    {"pass_interrupt", pass_interrupt, METH_NOARGS,
     PyDoc_STR("Interrupt the stack that began to wait last. False if none waits.")},
    {"watch_signals", watch_signals, METH_O,
     PyDoc_STR("So many more programs wait in the event loop: give it a turn when a signal comes in.")},
    {"new_event", new_event, METH_NOARGS, PyDoc_STR("An event that can be waited for: an int.")},
    {"set_event", set_event, METH_O, PyDoc_STR("Wake the stacks that wait for the event.")},
    {"wait_event", wait_event, METH_O, PyDoc_STR("Wait for the event.")},
    {"free_event", free_event, METH_O, PyDoc_STR("Forget the event.")},
    {"settle", _PyCFunction_CAST(settle), METH_FASTCALL,
     PyDoc_STR("settle(resolver, value, error): end a promise of JavaScript's; with value if error is None.")},
    {"set_task_swap", set_task_swap, METH_O,
     PyDoc_STR("Call callable(task) to make task (or None) asyncio's current one; it returns the one before.")},
    {0},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_wasmforge_loop",
    .m_methods = methods,
};

PyMODINIT_FUNC
PyInit__wasmforge_loop(void)
{
    PyObject *module = PyModule_Create(&definition);
    if (module != NULL && PyModule_Add(module, "is_command", PyBool_FromLong(wf_is_command)) < 0) {
        Py_CLEAR(module);
    }
    return module;
}
