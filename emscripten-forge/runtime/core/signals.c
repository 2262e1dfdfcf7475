/* Signals from the page's interrupt buffer, and the code that they must not interrupt.

   Python looks into the buffer wherever Python code runs, so a handler's KeyboardInterrupt can be raised at any
   instruction. In the event loop's own code it would be lost, and the promise or task at hand with it. That code is
   shielded: a signal stays in the buffer until the loop looks for it, or until a program runs. */
#include "core.h"

#include <emscripten.h>

/* CPython's: whether to look into the buffer while Python code runs, and a look into it. */
extern int Py_EMSCRIPTEN_SIGNAL_HANDLING;
extern void _Py_CheckEmscriptenSignals(void);

static int in_use = 0; /* whether there is a buffer */
static int shielded = 0;

int
wf_shield(int on)
{
    int before = shielded;
    shielded = on;
    Py_EMSCRIPTEN_SIGNAL_HANDLING = in_use && !on;
    return before;
}

/* Begin or cease to look into the buffer. */
EMSCRIPTEN_KEEPALIVE void
wf_use_signals(int on)
{
    in_use = on;
    wf_shield(shielded);
}

int
wf_handle_signals(void)
{
    int before = wf_shield(0);
    _Py_CheckEmscriptenSignals();
    int status = PyErr_CheckSignals();
    wf_shield(before);
    return status;
}

/* Handle a signal from the interrupt buffer. Return -1 with its exception kept for JavaScript on failure. */
EMSCRIPTEN_KEEPALIVE int
wf_check_interrupt(void)
{
    int status = wf_handle_signals();
    if (status < 0) {
        wf_raise_to_js();
    }
    return status;
}
