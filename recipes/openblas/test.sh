#!/usr/bin/env bash
set -euo pipefail
emcc test.c -I"$PREFIX/include/openblas" $CFLAGS $LDFLAGS -sMAIN_MODULE=2 -sALLOW_MEMORY_GROWTH "$PREFIX/lib/libopenblas.so" -o test.js
cp "$PREFIX/lib/libopenblas.so" .
test "$(node test.js)" = ok
