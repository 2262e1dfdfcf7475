#!/usr/bin/env bash
set -euo pipefail
CHOST=wasm32-emscripten ./configure --prefix="$PREFIX" --static
make -j"$CPU_COUNT" libz.a
make install
# What is linked with the library ships its licence, too.
install -Dm644 -t "$PREFIX/share/licenses/zlib" "$SRC_DIR"/LICENSE
