/* The space left on both stacks. C's own, in linear memory, has a known pointer. The engine's must be tried
   (js/glue/library.js), or estimated if it can be suspended. */
#include "suspend.h"

#include <emscripten.h>
#include <emscripten/stack.h>

int js_engine_stack_has(int bytes);

/* CPython calls this (recipes/python/patches) when recursion gets deep. */
int
_Py_EmscriptenStackHas(int bytes)
{
    int left = (int)(emscripten_stack_get_current() - emscripten_stack_get_end());
    if (left <= bytes) {
        return 0;
    }
    return wf_stack_running == NULL ? js_engine_stack_has(bytes) : wf_stack_left() > bytes;
}
