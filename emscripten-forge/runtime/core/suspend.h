/* Waiting for a promise in the middle of Python code, without blocking the page: JavaScript Promise
   Integration (JSPI), where the engine has it.

   JavaScript enters C through a promising export (js/bridge/wait/suspend.mjs), which runs on an engine stack of
   its own. When code there must wait, a suspending import leaves that stack as it is and returns to
   JavaScript; events go on, and may run other Python code, on the main stack or on stacks of their own. */
#ifndef WASMFORGE_SUSPEND_H
#define WASMFORGE_SUSPEND_H

#include "value.h"

/* What js_wait, js_sleep and js_block return besides handles: a signal came in first; this code cannot be suspended;
   the time is over. */
enum { WF_INTERRUPTED = 0, WF_STUCK = -1, WF_SLEPT = 1 };

typedef struct wf_stack wf_stack;

/* The stack that runs and may be suspended; NULL if Python was called by JavaScript that cannot wait. */
extern wf_stack *wf_stack_running;

/* Whether this is the command `python`, whose event loop ends with the program. */
extern int wf_is_command;

/* The size of the engine's stacks that can be suspended, in bytes. */
extern int wf_engine_stack_size;

/* Bracket each call of JavaScript that might call Python, since its frames in between cannot be
   suspended:  wf_stack *mine = wf_stack_fix(); …; wf_stack_running = mine; */
static inline wf_stack *
wf_stack_fix(void)
{
    wf_stack *running = wf_stack_running;
    wf_stack_running = NULL;
    return running;
}

/* Whether wf_wait would wait rather than raise. */
int wf_can_wait(void);

/* Wait until the promise behind handle (borrowed) is settled. A handle of its outcome, for
   js_outcome; or -1 with an exception set: RuntimeError if this code cannot be suspended, or what a signal
   handler raised. */
int wf_wait(int promise);

/* Raise a RuntimeError that says what failed (`what`), why this code cannot be suspended, and what to do. */
void wf_raise_stuck(const char *what);

/* Call body on a stack that can be suspended. Only of use in a promising export, whose function has no
   variables in memory. -1 if there is no memory for a stack. */
int wf_stack_enter(void (*body)(void *), void *argument);

/* Set the function that makes a task (or None) asyncio's current one and returns the previous one. It is called
   when a stack is suspended and when it resumes. */
void wf_stack_task_swap(PyObject *callable);

/* Run the handlers of signals that have come in. 0, or -1 with an exception set if one raises. */
int wf_handle_signals(void);

/* JavaScript that C called without holding the interpreter, in a system call, may call Python: take the
   interpreter. Returns whether it was not held, and wf_detach is to be called. */
int wf_attach(void);
void wf_detach(void);

/* How much of the engine's stack the running, suspendable stack has left, in bytes, or less. */
int wf_stack_left(void);

/* Give a promise of JavaScript's its outcome (promise.c): fulfilled with value, or rejected with error if that
   is not NULL. resolver is taken. Returns None. */
PyObject *wf_settle(int resolver, PyObject *value, PyObject *error);

#endif
