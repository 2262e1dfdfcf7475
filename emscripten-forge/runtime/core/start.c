/* Start-up of the interpreter: in a page, for runPython, and under node, as the command
   `python`. */
#include "arrow.h"
#include "core.h"
#include "frozen.h"
#include "jsproxy.h"
#include "suspend.h"

#include <emscripten.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

PyMODINIT_FUNC PyInit__wasmforge_loop(void);
PyMODINIT_FUNC PyInit__wasmforge_scrypt(void);

void js_keep_start_error(const char *message);

static PyStatus
preinitialize(void)
{
    PyPreConfig preconfig;
    PyImport_AppendInittab("_wasmforge_arrow", PyInit__wasmforge_arrow);
    PyImport_AppendInittab("_wasmforge_loop", PyInit__wasmforge_loop);
    PyImport_AppendInittab("_wasmforge_scrypt", PyInit__wasmforge_scrypt);
    PyPreConfig_InitPythonConfig(&preconfig);
    preconfig.utf8_mode = 1;
    return Py_PreInitialize(&preconfig);
}

/* Start Python with the arguments of the command `python`, starting with its name. Paths are UTF-8. */
static PyStatus
start(const char *prefix, const char *executable, int argc, char **argv)
{
    PyConfig config;
    PyStatus status = wf_frozen_read(prefix);
    if (!PyStatus_Exception(status)) {
        status = preinitialize();
    }
    if (PyStatus_Exception(status)) {
        return status;
    }
    PyConfig_InitPythonConfig(&config);
    config.parse_argv = 1;
    if (!wf_is_command) {
        config.write_bytecode = 0;
    }
    status = PyConfig_SetBytesString(&config, &config.home, prefix);
    if (!PyStatus_Exception(status)) {
        status = PyConfig_SetBytesString(&config, &config.executable, executable);
    }
    if (!PyStatus_Exception(status)) {
        status = PyConfig_SetBytesArgv(&config, argc, argv);
    }
    if (!PyStatus_Exception(status)) {
        status = Py_InitializeFromConfig(&config);
    }
    PyConfig_Clear(&config);
    if (!PyStatus_Exception(status) && wf_jsproxy_start() < 0) {
        PyErr_Print();
        status = PyStatus_Error("the bridge to JavaScript could not be made");
    }
    if (!PyStatus_Exception(status)) {
        PyObject *changes = PyImport_ImportModule("_wasmforge_changes");
        if (changes == NULL) {
            PyErr_Print();
            status = PyStatus_Error("the changes to the standard library could not be prepared");
        }
        Py_XDECREF(changes);
    }
    return status;
}

/* Start the interpreter for a page. Return 0, or -1 with an error kept. */
EMSCRIPTEN_KEEPALIVE int
wf_start(const char *prefix, const char *executable, int argc, char **argv)
{
    PyStatus status = start(prefix, executable, argc, argv);
    if (PyStatus_Exception(status)) {
        js_keep_start_error(status.err_msg ? status.err_msg : "exit");
        return -1;
    }
    return 0;
}

/* Start the interpreter as the command `python`. Return -1, or the exit code if the command is already done. */
EMSCRIPTEN_KEEPALIVE int
wf_start_command(const char *prefix, const char *executable, int argc, char **argv)
{
    wf_is_command = 1;
    PyStatus status = start(prefix, executable, argc, argv);
    if (PyStatus_IsExit(status)) {
        return status.exitcode;
    }
    if (PyStatus_Exception(status)) {
        fprintf(stderr, "python: %s: %s\n", status.func ? status.func : "start", status.err_msg);
        return 1;
    }
    return -1;
}

/* Throw the exit code instead of returning, since the thread state no longer exists. */
static void
run_main(void *Py_UNUSED(unused))
{
    exit(Py_RunMain());
}

/* Run the command with its arguments and throw its exit code. engine_stack: the size in bytes of the stack of a
   promising export, 0 on any other stack. */
EMSCRIPTEN_KEEPALIVE void
wf_run_command(int engine_stack)
{
    if (engine_stack != 0) {
        wf_engine_stack_size = engine_stack;
        wf_stack_enter(run_main, NULL);
    }
    run_main(NULL); /* also if there is no memory for a stack */
}
