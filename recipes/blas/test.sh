#!/usr/bin/env bash
set -euo pipefail
emcc openblas/test.c $CFLAGS $LDFLAGS -sMAIN_MODULE=2 -sALLOW_MEMORY_GROWTH $(pkg-config --cflags --libs lapack cblas) -o test.js
cp "$PREFIX"/lib/lib*.so .
test "$(node test.js)" = ok
