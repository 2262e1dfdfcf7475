/* What is left of the two stacks: C's own in linear memory, whose pointer is
   known, and the engine's, which can only be tried (js/library.js). */
#include <emscripten.h>
#include <emscripten/stack.h>

int js_engine_stack_has(int bytes);

/* Called by CPython (recipes/python/patches) when recursion gets deep. */
int
_Py_EmscriptenStackHas(int bytes)
{
    int left = (int)(emscripten_stack_get_current() - emscripten_stack_get_end());
    return left > bytes && js_engine_stack_has(bytes);
}
