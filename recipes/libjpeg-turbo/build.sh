#!/usr/bin/env bash
set -euo pipefail
# Static libraries of the channel are linked into side modules, which export what is not hidden.
export CFLAGS="$CFLAGS -fvisibility=hidden"
# SIMD here means assembly of other processors. CMake looks for sizes in a program, which here is JavaScript.
cmake -S . -B build -G Ninja $CMAKE_ARGS -DENABLE_SHARED=OFF \
  -DWITH_SIMD=OFF -DWITH_TURBOJPEG=OFF -DWITH_TOOLS=OFF -DWITH_TESTS=OFF \
  -DHAVE_SIZE_T=ON -DSIZE_T=4 -DHAVE_UNSIGNED_LONG=ON -DUNSIGNED_LONG=4
cmake --build build -j"$CPU_COUNT"
cmake --install build
rm -rf "$PREFIX/share/doc/libjpeg-turbo"
# What is linked with the library ships its licence, too.
install -Dm644 -t "$PREFIX/share/licenses/libjpeg-turbo" "$SRC_DIR"/LICENSE.md
