#!/usr/bin/env bash
set -euo pipefail
CHOST=wasm32-emscripten ./configure --prefix="$PREFIX" --static
make -j"$CPU_COUNT" libz.a
make install
