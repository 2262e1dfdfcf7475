/* For scripts/check-c, which has no emscripten: what runtime/core uses of its header. */
#define EMSCRIPTEN_KEEPALIVE __attribute__((used))
