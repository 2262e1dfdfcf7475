/* For scripts/check-c, which has no emscripten: what runtime/core uses of its header. */
#include <stddef.h>
#include <stdint.h>

uintptr_t emscripten_stack_get_base(void);
uintptr_t emscripten_stack_get_end(void);
size_t emscripten_stack_get_free(void);
uintptr_t emscripten_stack_get_current(void);
void emscripten_stack_restore(uintptr_t pointer);
void emscripten_stack_set_limits(void *base, void *end);
