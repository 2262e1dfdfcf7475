#!/usr/bin/env bash
# A C++ exception and a longjmp in a side module, loaded by a main module under node; and the flag word.
set -euo pipefail
cat > side.cpp <<'C'
#include <csetjmp>
#include <stdexcept>
#include <string>
static jmp_buf place;
static void leap() { longjmp(place, 20); }
extern "C" __attribute__((visibility("default"))) int answer() {
  int result = 0;
  try { throw std::runtime_error("two"); } catch (const std::exception &e) { result += std::string(e.what()) == "two" ? 2 : 1000; }
  if (int value = setjmp(place)) result += value; else leap();
  return result;
}
C
cat > main.c <<'C'
#include <dlfcn.h>
#include <fenv.h>
#include <math.h>
#include <stdio.h>
int main(void) {
  void *side = dlopen("/side.so", RTLD_NOW);
  if (!side) { puts(dlerror()); return 1; }
  int (*answer)(void) = (int (*)(void))dlsym(side, "answer");
  volatile double zero = 0;
  volatile double pole = log(zero);
  printf("%d %d %d\n", answer(), !!fetestexcept(FE_DIVBYZERO), pole == -INFINITY);
  return 0;
}
C
em++ side.cpp $CXXFLAGS $SIDE_MODULE_LDFLAGS -o side.so
emcc main.c $CFLAGS -sMAIN_MODULE=1 -sALLOW_MEMORY_GROWTH --embed-file side.so@/side.so -o main.js
test "$(node main.js)" = "22 1 1"
