/* Compiling recurses as deeply as a program is nested and checks how much stack is left. A stack that can be suspended
   cannot tell (suspend.c). So compiling runs on the engine's main stack, the one of JavaScript: it never has to wait.
   The linker replaces CPython's functions by these (build.sh). */
#define Py_BUILD_CORE
#include "suspend.h"

#include <emscripten.h>
#include <internal/pycore_ast.h>
#include <internal/pycore_compile.h>

/* Call wf_work from JavaScript. */
WF_IMPORT(js_work) void js_work(void (*work)(void *), void *arguments);

EMSCRIPTEN_KEEPALIVE void
wf_work(void (*work)(void *), void *arguments)
{
    work(arguments);
}

static void
on_main_stack(void (*work)(void *), void *arguments)
{
    wf_stack *suspendable = wf_stack_fix();
    if (suspendable == NULL) {
        work(arguments);
    }
    else {
        js_work(work, arguments);
    }
    wf_stack_running = suspendable;
}

/* ---- the functions, each with its arguments and result in a struct ---- */

typedef struct {
    mod_ty tree;
    PyObject *filename;
    PyCompilerFlags *flags;
    int optimize;
    PyArena *arena;
    PyCodeObject *result;
} compilation;

extern PyCodeObject *__real__PyAST_Compile(mod_ty, PyObject *, PyCompilerFlags *, int, PyArena *);

static void
compile_tree(void *arguments)
{
    compilation *self = arguments;
    self->result = __real__PyAST_Compile(self->tree, self->filename, self->flags, self->optimize, self->arena);
}

PyCodeObject *
__wrap__PyAST_Compile(mod_ty tree, PyObject *filename, PyCompilerFlags *flags, int optimize, PyArena *arena)
{
    compilation self = {tree, filename, flags, optimize, arena, NULL};
    on_main_stack(compile_tree, &self);
    return self.result;
}

typedef struct {
    PyObject *object;
    mod_ty tree;
    PyArena *arena;
    int mode, valid;
} conversion;

extern PyObject *__real_PyAST_mod2obj(mod_ty);

static void
tree_to_object(void *arguments)
{
    conversion *self = arguments;
    self->object = __real_PyAST_mod2obj(self->tree);
}

PyObject *
__wrap_PyAST_mod2obj(mod_ty tree)
{
    conversion self = {.tree = tree};
    on_main_stack(tree_to_object, &self);
    return self.object;
}

extern mod_ty __real_PyAST_obj2mod(PyObject *, PyArena *, int);

static void
object_to_tree(void *arguments)
{
    conversion *self = arguments;
    self->tree = __real_PyAST_obj2mod(self->object, self->arena, self->mode);
}

mod_ty
__wrap_PyAST_obj2mod(PyObject *object, PyArena *arena, int mode)
{
    conversion self = {.object = object, .arena = arena, .mode = mode};
    on_main_stack(object_to_tree, &self);
    return self.tree;
}

extern int __real__PyAST_Validate(mod_ty);

static void
validate_tree(void *arguments)
{
    conversion *self = arguments;
    self->valid = __real__PyAST_Validate(self->tree);
}

int
__wrap__PyAST_Validate(mod_ty tree)
{
    conversion self = {.tree = tree};
    on_main_stack(validate_tree, &self);
    return self.valid;
}
