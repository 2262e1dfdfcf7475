/* What is left of the two stacks: C's own in linear memory, whose pointer is
   known, and the engine's, which can only be tried (js/glue/library.js), or guessed if it is a suspendable one. */
#include "suspend.h"

#include <emscripten.h>
#include <emscripten/stack.h>

int js_engine_stack_has(int bytes);

/* Called by CPython (recipes/python/patches) when recursion gets deep. */
int
_Py_EmscriptenStackHas(int bytes)
{
    int left = (int)(emscripten_stack_get_current() - emscripten_stack_get_end());
    if (left <= bytes) {
        return 0;
    }
    return wf_stack_running == NULL ? js_engine_stack_has(bytes) : wf_stack_left() > bytes;
}
