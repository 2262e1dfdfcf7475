#!/usr/bin/env bash
set -euo pipefail
# Static libraries of the channel are linked into side modules, which export what is not hidden.
export CFLAGS="$CFLAGS -fvisibility=hidden"
cmake -S . -B build -G Ninja $CMAKE_ARGS -DBUILD_SHARED_LIBS=OFF -DBUILD_TESTING=OFF
cmake --build build -j"$CPU_COUNT"
cmake --install build
# What is linked with the library ships its licence, too.
install -Dm644 -t "$PREFIX/share/licenses/sheenbidi" "$SRC_DIR"/LICENSE
