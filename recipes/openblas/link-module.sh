#!/usr/bin/env bash
# Links the side module $1 of all that is in the static libraries among the other arguments.
set -euo pipefail
module=$1
shift
# What other modules may use of it: the procedures of Fortran, CBLAS, and OpenBLAS's own settings.
printf '%s\n' "$@" | grep '\.a$' | xargs llvm-nm -g --defined-only |
  sed -nE 's/^.* [TW] (([a-z][a-z0-9_]*_)|(cblas_\w+)|(openblas_\w+))$/_\1/p' | sort -u > exports
mkdir -p "$(dirname "$module")"
emcc $LDFLAGS -O2 -sSIDE_MODULE=2 -sEXPORTED_FUNCTIONS=@exports -Wl,--whole-archive "$@" -Wl,--no-whole-archive \
  -lflang_rt.runtime -o "$module" 2> link.log || { cat link.log; exit 1; }
# The linker only warns where a call's signature is not the procedure's, and makes the call a trap.
if grep "signature mismatch" link.log; then exit 1; fi
