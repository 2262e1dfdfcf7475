/* Parsing and compiling recurse as deeply as a program is nested and check how much stack is left. A stack that can be
   suspended cannot tell how much the engine has, and C's part of it is small (suspend.c). So they run on the engine's
   main stack, the one of JavaScript, and on C's first one: they never have to wait.
   The linker replaces CPython's functions by these (build.sh). */
#define Py_BUILD_CORE
#include "suspend.h"

#include <emscripten.h>
#include <internal/pycore_ast.h>
#include <internal/pycore_ceval.h>
#include <internal/pycore_compile.h>
#include <internal/pycore_parser.h>
#include <internal/pycore_symtable.h>

/* Call wf_work from JavaScript. */
WF_IMPORT(js_work) void js_work(void (*work)(void *), void *arguments);

EMSCRIPTEN_KEEPALIVE void
wf_work(void (*work)(void *), void *arguments)
{
    work(arguments);
}

static void
call_work(void (*work)(void *), void *arguments)
{
    work(arguments);
}

static void
leave_for_work(void (*work)(void *), void *arguments)
{
    js_work(work, arguments);
}

static void
on_main_stack(void (*work)(void *), void *arguments)
{
    /* Each level of a program that calls exec() in exec() compiles: CPython tries the stack once in 8 levels, which must
       not be the main one each time. So once the other one is nearly used up, stay on it and let the work raise. */
    if (wf_stack_running != NULL && wf_stack_left() <= _PY_EMSCRIPTEN_STACK_RESERVE) {
        work(arguments);
        return;
    }
    wf_stack *suspendable = wf_stack_fix();
    wf_stack_first(suspendable == NULL ? call_work : leave_for_work, work, arguments);
    wf_stack_running = suspendable;
}

/* ---- the functions, each with its arguments and result in a struct ---- */

/* Not _PyParser_ASTFromFile and its interactive twin: reading the file may have to wait. */

typedef struct {
    const char *source;
    PyObject *filename;
    int mode;
    PyCompilerFlags *flags;
    PyArena *arena;
    mod_ty result;
} parsing;

extern mod_ty __real__PyParser_ASTFromString(const char *, PyObject *, int, PyCompilerFlags *, PyArena *);

static void
parse(void *arguments)
{
    parsing *self = arguments;
    self->result = __real__PyParser_ASTFromString(self->source, self->filename, self->mode, self->flags, self->arena);
}

mod_ty
__wrap__PyParser_ASTFromString(const char *source, PyObject *filename, int mode, PyCompilerFlags *flags, PyArena *arena)
{
    parsing self = {source, filename, mode, flags, arena, NULL};
    on_main_stack(parse, &self);
    return self.result;
}

typedef struct {
    mod_ty tree;
    PyObject *filename;
    _PyFutureFeatures *future;
    struct symtable *result;
} symbols;

extern struct symtable *__real__PySymtable_Build(mod_ty, PyObject *, _PyFutureFeatures *);

static void
build_symbols(void *arguments)
{
    symbols *self = arguments;
    self->result = __real__PySymtable_Build(self->tree, self->filename, self->future);
}

struct symtable *
__wrap__PySymtable_Build(mod_ty tree, PyObject *filename, _PyFutureFeatures *future)
{
    symbols self = {tree, filename, future, NULL};
    on_main_stack(build_symbols, &self);
    return self.result;
}

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
