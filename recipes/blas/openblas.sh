#!/usr/bin/env bash
# Both libraries stand for libopenblas.so: they have nothing in them but the need of it.
set -euo pipefail
touch empty.c
for name in blas lapack; do
  emcc $CFLAGS $LDFLAGS -sSIDE_MODULE=2 empty.c "$PREFIX/lib/libopenblas.so" -o "$PREFIX/lib/lib$name.so"
done
