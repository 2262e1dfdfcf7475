/* Starting the interpreter: in a page, for runPython, and under node, as the
   command `python`. */
#include "core.h"

#include <emscripten.h>
#include <stdio.h>

static PyStatus
preinitialize(void)
{
    PyPreConfig preconfig;
    PyImport_FrozenModules = wf_frozen_modules;
    PyPreConfig_InitPythonConfig(&preconfig);
    preconfig.utf8_mode = 1;
    return Py_PreInitialize(&preconfig);
}

/* Settings that a page and the command share. Paths are UTF-8. */
static PyStatus
set_paths(PyConfig *config, const char *prefix, const char *executable)
{
    PyStatus status = PyConfig_SetBytesString(config, &config->home, prefix);
    if (!PyStatus_Exception(status)) {
        status = PyConfig_SetBytesString(config, &config->executable, executable);
    }
    return status;
}

/* Start the interpreter for wf_run. Returns 0, or -1 with an error kept. */
EMSCRIPTEN_KEEPALIVE int
wf_start(const char *prefix, const char *executable, int argc, char **argv)
{
    PyConfig config;
    PyStatus status = preinitialize();
    if (PyStatus_Exception(status)) {
        js_keep_start_error(status.err_msg);
        return -1;
    }
    PyConfig_InitPythonConfig(&config);
    config.parse_argv = 0;
    config.write_bytecode = 0;
    config.install_signal_handlers = 1;
    status = set_paths(&config, prefix, executable);
    if (!PyStatus_Exception(status)) {
        status = PyConfig_SetBytesArgv(&config, argc, argv);
    }
    if (!PyStatus_Exception(status)) {
        status = Py_InitializeFromConfig(&config);
    }
    PyConfig_Clear(&config);
    if (PyStatus_Exception(status)) {
        js_keep_start_error(status.err_msg ? status.err_msg : "exit");
        return -1;
    }
    return 0;
}

/* Be the command `python` with these arguments; returns the exit code. */
EMSCRIPTEN_KEEPALIVE int
wf_main(const char *prefix, const char *executable, int argc, char **argv)
{
    PyConfig config;
    PyStatus status = preinitialize();
    if (!PyStatus_Exception(status)) {
        PyConfig_InitPythonConfig(&config);
        status = set_paths(&config, prefix, executable);
        if (!PyStatus_Exception(status)) {
            status = PyConfig_SetBytesArgv(&config, argc, argv);
        }
        if (!PyStatus_Exception(status)) {
            status = Py_InitializeFromConfig(&config);
        }
        PyConfig_Clear(&config);
    }
    int code;
    if (PyStatus_IsExit(status)) {
        code = status.exitcode;
    }
    else if (PyStatus_Exception(status)) {
        fprintf(stderr, "python: %s: %s\n", status.func ? status.func : "start", status.err_msg);
        code = 1;
    }
    else {
        code = Py_RunMain();
    }
    fflush(NULL);
    return code;
}
