#!/usr/bin/env bash
set -euo pipefail
# Static libraries of the channel are linked into side modules, which export what is not hidden.
export CFLAGS="$CFLAGS -fvisibility=hidden"
# SIMD here means assembly of other processors.
cmake -S . -B build -G Ninja $CMAKE_ARGS -DENABLE_SHARED=OFF -DWITH_SIMD=OFF -DWITH_TURBOJPEG=OFF -DWITH_TOOLS=OFF -DWITH_TESTS=OFF
cmake --build build -j"$CPU_COUNT"
cmake --install build
rm -rf "$PREFIX/share/doc/libjpeg-turbo"
