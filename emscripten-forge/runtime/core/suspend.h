/* Waiting for a promise in the middle of Python code, without blocking the page: JavaScript Promise
   Integration (JSPI), where the engine has it.

   JavaScript enters C through a promising export (js/bridge/wait/suspend.mjs), which runs on an engine stack of
   its own. When code there must wait, a suspending import sets that stack aside and returns to
   JavaScript. Further events may run other Python code, on the main stack or on stacks of their own. */
#ifndef WASMFORGE_SUSPEND_H
#define WASMFORGE_SUSPEND_H

#include "value.h"

/* Results of js_wait, js_sleep and js_block besides handles: a signal came first; this code cannot be suspended; the
   time is over. */
enum { WF_INTERRUPTED = 0, WF_STUCK = -1, WF_SLEPT = 1 };

typedef struct wf_stack wf_stack;

/* The running stack if it can be suspended; NULL if JavaScript that cannot wait called Python. */
extern wf_stack *wf_stack_running;

/* Whether this is the command `python`: its event loop ends with the program. */
extern int wf_is_command;

/* The size in bytes of the engine's stacks that can be suspended. */
extern int wf_engine_stack_size;

/* Bracket each call of JavaScript that might call Python, since the frames of JavaScript cannot be suspended:
   wf_stack *mine = wf_stack_fix(); …; wf_stack_running = mine; */
static inline wf_stack *
wf_stack_fix(void)
{
    wf_stack *running = wf_stack_running;
    wf_stack_running = NULL;
    return running;
}

/* Whether wf_wait would wait instead of raising. */
int wf_can_wait(void);

/* Wait until the promise behind handle (borrowed) is settled. Return a handle of its outcome, for js_outcome. Return -1
   with an exception set on failure: RuntimeError if this code cannot be suspended, or the exception of a signal
   handler. */
int wf_wait(int promise);

/* Raise a RuntimeError that says what failed (`what`), why this code cannot be suspended, and what to do next. */
void wf_raise_stuck(const char *what);

/* Call body on a stack that can be suspended. Use it only in a promising export whose function has no variables in
   memory. Return -1 if there is no memory for a stack. */
int wf_stack_enter(void (*body)(void *), void *argument);

/* Let call(work, argument) run with C's first stack, the largest one. */
void wf_stack_first(void (*call)(void (*work)(void *), void *argument), void (*work)(void *), void *argument);

/* Set the function that makes a task (or None) asyncio's current one and returns the previous one. It is called when a
   stack is suspended and when it resumes. */
void wf_stack_task_swap(PyObject *callable);

/* Take the interpreter for JavaScript that may call Python, though C called it in a system call without holding the
   interpreter. Return whether it was not held: then call wf_detach afterwards. */
int wf_attach(void);
void wf_detach(void);

/* Return a lower bound of the bytes left on the engine's stack and on C's, for the running, suspendable stack. */
int wf_stack_left(void);

/* Settle a promise of JavaScript's (promise.c): reject it with error if that is not NULL, else fulfil it with value.
   Takes resolver. Returns None. */
PyObject *wf_settle(int resolver, PyObject *value, PyObject *error);

#endif
