/* Stacks that can be suspended: swap the state that belongs to a stack of calls when another one runs. */
#define Py_BUILD_CORE
#include "core.h"
#include "suspend.h"

#include <emscripten.h>
#include <emscripten/stack.h>
#include <errno.h>
#include <internal/pycore_context.h>
#include <internal/pycore_frame.h>
#include <internal/pycore_obmalloc.h>
#include <internal/pycore_pystate.h>
#include <stdlib.h>
#include <time.h>
#include <wasi/api.h>

/* C's own stack of a suspendable stack of calls. */
#define C_STACK_SIZE (1 << 20)
/* Nothing can tell how much of the engine's stack is left: WebAssembly cannot catch an overflow, and
   JavaScript runs on another stack. So assume the most that a level of recursion takes in the engine's
   baseline tier. */
#define BYTES_PER_LEVEL 2500
#define SPARE_STACKS 4

/* The suspending imports, which return WF_INTERRUPTED when a signal comes first. js_wait returns a handle of the
   promise's outcome. */
WF_IMPORT(js_wait) int js_wait(int promise);
WF_IMPORT(js_sleep) int js_sleep(double milliseconds);
/* Sleep without suspending. Return WF_INTERRUPTED when a signal waits, else WF_SLEPT. */
WF_IMPORT(js_block) int js_block(double milliseconds);
/* Get a held promise of input after a read has failed with EAGAIN, or 0; report that Python cannot wait for it. */
WF_IMPORT(js_promised_input) int js_promised_input(void);
WF_IMPORT(js_refuse_input) void js_refuse_input(void);
/* Whether the engine can suspend stacks. */
WF_IMPORT(js_can_suspend) int js_can_suspend(void);

/* The C++ exceptions that are being handled. */
struct cxx_exceptions {
    void *caught;
    unsigned int uncaught;
};
extern struct cxx_exceptions *__cxa_get_globals(void);

/* emscripten's: sets C's stack pointer. */
extern void _emscripten_stack_restore(uintptr_t pointer);

/* CPython's, from recipes/python/patches: the nesting depth of deallocators. */
extern int _PyTrash_depth;

/* The fields of the thread state, and other variables, that belong to a stack of calls. */
typedef struct {
    wf_stack *running;
    uintptr_t c_stack_pointer, c_stack_base, c_stack_end;
    struct _PyInterpreterFrame *frame;
    int py_recursion_remaining, c_recursion_remaining, recursion_headroom;
    PyObject *raised, *handled; /* exceptions */
    _PyErr_StackItem *exc_info;
    PyObject *context;
    _PyStackChunk *chunk;
    PyObject **chunk_top, **chunk_limit;
    PyObject *delete_later;
    int trash_depth;
    int shielded;
    struct cxx_exceptions cxx;
} calls;

struct wf_stack {
    calls outside; /* the stack that ran when this one was entered or resumed */
    calls inside;  /* while it is suspended */
    int has_waited;
    _PyStackChunk *first_chunk; /* kept for the next use */
    wf_stack *next_spare;
};

wf_stack *wf_stack_running = NULL;

/* C's first stack, which is five times as large as those that can be suspended: its base, 0 before there are others, and
   where its free part begins while another one is in use. */
static uintptr_t first_c_stack_base = 0, first_c_stack_end, first_c_stack_pointer;

/* The default size in Chromium, its workers, Firefox and node. */
int wf_engine_stack_size = 900 * 1024;

static wf_stack *spare_stacks = NULL;
static int spare_count = 0;

/* A callable that makes its argument asyncio's current task and returns the previous one, or None. pyodide.webloop sets
   it. */
static PyObject *swap_task = NULL;

/* The state of the only thread, also between Py_BEGIN_ALLOW_THREADS and its end. */
static PyThreadState *
thread_state(void)
{
    PyThreadState *state = PyThreadState_GetUnchecked();
    return state == NULL ? PyGILState_GetThisThreadState() : state;
}

/* These two must have no variables in memory: the compiler would restore the C stack pointer when they return. */
static __attribute__((noinline)) void
take_out(calls *out)
{
    PyThreadState *state = thread_state();
    out->running = wf_stack_running;
    out->c_stack_pointer = emscripten_stack_get_current();
    out->c_stack_base = emscripten_stack_get_base();
    out->c_stack_end = emscripten_stack_get_end();
    out->frame = state->current_frame;
    out->py_recursion_remaining = state->py_recursion_remaining;
    out->c_recursion_remaining = state->c_recursion_remaining;
    out->recursion_headroom = state->recursion_headroom;
    out->raised = state->current_exception;
    out->handled = state->exc_state.exc_value;
    out->exc_info = state->exc_info;
    out->context = state->context;
    out->chunk = state->datastack_chunk;
    out->chunk_top = state->datastack_top;
    out->chunk_limit = state->datastack_limit;
    out->delete_later = state->delete_later;
    out->trash_depth = _PyTrash_depth;
    out->shielded = wf_shield(0);
    out->cxx = *__cxa_get_globals();
}

static __attribute__((noinline)) void
put_in(const calls *in)
{
    PyThreadState *state = thread_state();
    wf_stack_running = in->running;
    state->current_frame = in->frame;
    state->py_recursion_remaining = in->py_recursion_remaining;
    state->c_recursion_remaining = in->c_recursion_remaining;
    state->recursion_headroom = in->recursion_headroom;
    state->current_exception = in->raised;
    state->exc_state.exc_value = in->handled;
    state->exc_info = in->exc_info;
    state->context = in->context;
    state->context_ver++; /* a ContextVar caches a value of another context */
    state->datastack_chunk = in->chunk;
    state->datastack_top = in->chunk_top;
    state->datastack_limit = in->chunk_limit;
    state->delete_later = in->delete_later;
    _PyTrash_depth = in->trash_depth;
    wf_shield(in->shielded);
    *__cxa_get_globals() = in->cxx;
    emscripten_stack_set_limits((void *)in->c_stack_base, (void *)in->c_stack_end);
    _emscripten_stack_restore(in->c_stack_pointer);
}

/* Remember how much of C's first stack is in use, if the calls that make way for others are on it. */
static void
note_first_c_stack(const calls *outside)
{
    if (first_c_stack_base == 0) {
        first_c_stack_base = outside->c_stack_base;
        first_c_stack_end = outside->c_stack_end;
    }
    if (outside->c_stack_base == first_c_stack_base) {
        first_c_stack_pointer = outside->c_stack_pointer;
    }
}

/* No variables in memory, as in take_out and put_in. */
__attribute__((noinline)) void
wf_stack_first(void (*call)(void (*)(void *), void *), void (*work)(void *), void *argument)
{
    uintptr_t base = emscripten_stack_get_base();
    if (first_c_stack_base == 0 || base == first_c_stack_base) {
        call(work, argument);
        return;
    }
    uintptr_t pointer = emscripten_stack_get_current(), end = emscripten_stack_get_end(), first = first_c_stack_pointer;
    emscripten_stack_set_limits((void *)first_c_stack_base, (void *)first_c_stack_end);
    _emscripten_stack_restore(first);
    call(work, argument);
    first_c_stack_pointer = first; /* work may have entered further stacks */
    emscripten_stack_set_limits((void *)base, (void *)end);
    _emscripten_stack_restore(pointer);
}

EMSCRIPTEN_KEEPALIVE int
wf_attach(void)
{
    PyThreadState *state = thread_state();
    int detached = state != NULL && PyThreadState_GetUnchecked() == NULL;
    if (detached) {
        PyEval_RestoreThread(state);
    }
    return detached;
}

EMSCRIPTEN_KEEPALIVE void
wf_detach(void)
{
    PyEval_SaveThread();
}

/* Return a copy of a context (borrowed, may be NULL), which a call that waits does not share with others, as asyncio's
   tasks do not. */
static PyObject *
copy_context(PyObject *context)
{
    PyObject *copy = context == NULL ? NULL : PyContext_Copy(context);
    if (copy == NULL && context != NULL) {
        PyErr_Clear(); /* memory is short: share it */
        copy = Py_NewRef(context);
    }
    return copy;
}

/* Let the caller see the context variables that a call has set without waiting, as after any other call. */
static void
pass_context(wf_stack *stack)
{
    PyContext *inside = (PyContext *)stack->inside.context, *outside = (PyContext *)stack->outside.context;
    if (stack->has_waited || inside == NULL || inside == outside) {
        return;
    }
    if (outside == NULL) {
        stack->outside.context = Py_NewRef(inside);
    }
    else {
        Py_XSETREF(outside->ctx_vars, (PyHamtObject *)Py_NewRef(inside->ctx_vars));
    }
}

/* Make a stack with the state before any call. Return NULL if memory is short. */
static wf_stack *
new_stack(void)
{
    wf_stack *stack = spare_stacks;
    if (stack != NULL) {
        spare_stacks = stack->next_spare;
        spare_count--;
    }
    else {
        stack = malloc(sizeof(wf_stack) + C_STACK_SIZE);
        if (stack == NULL) {
            return NULL;
        }
        stack->first_chunk = NULL;
    }
    PyThreadState *state = thread_state();
    stack->has_waited = 0;
    uintptr_t memory = (uintptr_t)(stack + 1);
    uintptr_t top = (memory + C_STACK_SIZE) & ~(uintptr_t)15;
    _PyStackChunk *chunk = stack->first_chunk;
    stack->inside = (calls){
        .running = stack,
        .c_stack_pointer = top,
        .c_stack_base = top,
        .c_stack_end = memory,
        .py_recursion_remaining = state->py_recursion_limit,
        .c_recursion_remaining = Py_C_RECURSION_LIMIT,
        .exc_info = &state->exc_state,
        .context = copy_context(state->context),
        .chunk = chunk,
        .chunk_top = chunk == NULL ? NULL : &chunk->data[1],
        .chunk_limit = chunk == NULL ? NULL : (PyObject **)((char *)chunk + chunk->size),
    };
    return stack;
}

/* Keep a stack for the next use. All its calls must have returned. */
static void
free_stack(wf_stack *stack)
{
    Py_CLEAR(stack->inside.context);
    stack->first_chunk = stack->inside.chunk;
    if (spare_count < SPARE_STACKS) {
        stack->next_spare = spare_stacks;
        spare_stacks = stack;
        spare_count++;
        return;
    }
    if (stack->first_chunk != NULL) {
        _PyObject_VirtualFree(stack->first_chunk, stack->first_chunk->size);
    }
    free(stack);
}

/* No variables in memory, as in take_out and put_in. */
__attribute__((noinline)) int
wf_stack_enter(void (*body)(void *), void *argument)
{
    wf_stack *stack = new_stack();
    if (stack == NULL) {
        return -1;
    }
    take_out(&stack->outside);
    note_first_c_stack(&stack->outside);
    put_in(&stack->inside);
    body(argument);
    take_out(&stack->inside);
    pass_context(stack);
    put_in(&stack->outside); /* another event may have entered it */
    free_stack(stack);
    return 0;
}

/* Take asyncio's current task out, so that the loop can run others. Return NULL if no task runs. */
static PyObject *
swap_current_task(PyObject *task)
{
    PyObject *previous = NULL;
    if (swap_task != NULL) {
        PyObject *raised = PyErr_GetRaisedException();
        previous = PyObject_CallOneArg(swap_task, task);
        if (previous == NULL) {
            PyErr_WriteUnraisable(swap_task);
        }
        PyErr_SetRaisedException(raised);
    }
    return previous;
}

/* Wait for the promise; sleep if it is 0. */
int
wf_tried(int promise, double milliseconds)
{
    return promise ? js_wait(promise) : js_sleep(milliseconds);
}

/* Defined in try.S. Returns the result of wf_tried, or WF_STUCK. */
extern int wf_try(int promise, double milliseconds);

/* Call wf_try with the outer stack's state restored. No variables in memory. */
static __attribute__((noinline)) int
suspended(wf_stack *stack, int promise, double milliseconds)
{
    take_out(&stack->inside);
    put_in(&stack->outside);
    int result = wf_try(promise, milliseconds);
    take_out(&stack->outside);
    note_first_c_stack(&stack->outside);
    put_in(&stack->inside);
    return result;
}

/* Do as suspended, but also swap asyncio's task and attach the thread state. */
static int
suspend(int promise, double milliseconds)
{
    wf_stack *stack = wf_stack_running;
    stack->has_waited = 1;
    int error = errno;
    int detached = wf_attach();
    PyObject *task = swap_current_task(Py_None);
    int result = suspended(stack, promise, milliseconds);
    if (task != NULL) {
        Py_XDECREF(swap_current_task(task));
        Py_DECREF(task);
    }
    if (detached) {
        wf_detach();
    }
    errno = error;
    return result;
}

void
wf_stack_task_swap(PyObject *callable)
{
    Py_XSETREF(swap_task, Py_NewRef(callable));
}

int
wf_can_wait(void)
{
    return wf_stack_running != NULL;
}

void
wf_raise_stuck(const char *what)
{
    const char *reason;
    if (!js_can_suspend()) {
        reason = "WebAssembly stack switching not supported in this JavaScript runtime (it has no JSPI), so "
                 "%s. Use 'await' in a coroutine, or an engine with JSPI: Chrome 137, Firefox 153, or node 24 "
                 "with --experimental-wasm-jspi.";
    }
    else if (wf_stack_running == NULL) {
        reason = "Cannot stack switch, so %s: JavaScript has called Python in a way that must return at once. "
                 "Use runPythonAsync() instead of runPython(), function.callPromising(...) instead of "
                 "function(...), or 'await' in a coroutine.";
    }
    else {
        reason = "Cannot stack switch, so %s: Python was called by C through a function of JavaScript, such as "
                 "a callback made with ctypes, which cannot be suspended. Use 'await' in a coroutine.";
    }
    PyErr_Format(PyExc_RuntimeError, reason, what);
}

int
wf_wait(int promise)
{
    int outcome = wf_can_wait() ? WF_INTERRUPTED : WF_STUCK;
    while (outcome == WF_INTERRUPTED) {
        outcome = suspend(promise, 0);
        if (outcome == WF_INTERRUPTED && wf_handle_signals() < 0) {
            return -1;
        }
    }
    if (outcome == WF_STUCK) {
        wf_raise_stuck("Python cannot wait for this promise");
        return -1;
    }
    return outcome;
}

/* Sleep, and let the page handle events if it can. Return WF_INTERRUPTED when a signal comes. */
static int
sleep_for(double milliseconds)
{
    int result = wf_can_wait() ? suspend(0, milliseconds) : WF_STUCK;
    return result == WF_STUCK ? js_block(milliseconds) : result;
}

/* Emscripten's C library calls this name. */
__attribute__((import_module("wasi_snapshot_preview1"), import_name("fd_read"))) __wasi_errno_t
read_now(__wasi_fd_t fd, const __wasi_iovec_t *parts, size_t count, __wasi_size_t *size);

/* All reads of files end up here. Wait for promised input. A signal ends the wait, but not the promise. */
__wasi_errno_t
__wasi_fd_read(__wasi_fd_t fd, const __wasi_iovec_t *parts, size_t count, __wasi_size_t *size)
{
    __wasi_errno_t error = read_now(fd, parts, count, size);
    while (error == __WASI_ERRNO_AGAIN) {
        int promise = js_promised_input();
        if (promise == 0) {
            return error;
        }
        int outcome = wf_can_wait() ? suspend(promise, 0) : WF_STUCK;
        js_release(promise);
        if (outcome == WF_STUCK) {
            js_refuse_input();
        }
        if (outcome == WF_INTERRUPTED) {
            return __WASI_ERRNO_INTR;
        }
        if (outcome != WF_STUCK) {
            js_release(outcome);
        }
        error = read_now(fd, parts, count, size);
    }
    return error;
}

static double
milliseconds_of(const struct timespec *time)
{
    return time->tv_sec * 1e3 + time->tv_nsec / 1e6;
}

/* Replace the C library's function, which would spin, for time.sleep and for C code that sleeps. */
int
clock_nanosleep(clockid_t clock, int flags, const struct timespec *request, struct timespec *remain)
{
    if (request->tv_nsec < 0 || request->tv_nsec >= 1000000000 || request->tv_sec < 0) {
        return EINVAL;
    }
    struct timespec start;
    clock_gettime(clock, &start);
    double end = milliseconds_of(request) + (flags & TIMER_ABSTIME ? 0 : milliseconds_of(&start));
    struct timespec now = start;
    double left = end - milliseconds_of(&now);
    int result = 0;
    while (left > 0 && result == 0) {
        if (sleep_for(left) == WF_INTERRUPTED) {
            result = EINTR;
        }
        clock_gettime(clock, &now);
        left = end - milliseconds_of(&now);
    }
    if (result == EINTR && remain != NULL && !(flags & TIMER_ABSTIME)) {
        left = left > 0 ? left : 0;
        remain->tv_sec = (time_t)(left / 1e3);
        remain->tv_nsec = (long)((left - remain->tv_sec * 1e3) * 1e6);
    }
    return result;
}

int
wf_stack_left(void)
{
    PyThreadState *state = thread_state();
    int engine = wf_engine_stack_size - (Py_C_RECURSION_LIMIT - state->c_recursion_remaining) * BYTES_PER_LEVEL;
    int c = (int)emscripten_stack_get_free();
    return engine < c ? engine : c;
}
