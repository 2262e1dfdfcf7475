#!/usr/bin/env bash
set -euo pipefail
# Static libraries of the channel are linked into side modules, which export what is not hidden.
export CFLAGS="$CFLAGS -fvisibility=hidden"
./configure --host=wasm32-unknown-emscripten --prefix="$PREFIX" --disable-shared --enable-static --disable-tools --disable-tests
make -j"$CPU_COUNT" libpng16.la
make install
# pkg-config answers for what these scripts would.
rm -rf "$PREFIX/bin" "$PREFIX/share/man" "$PREFIX"/lib/*.la
# What is linked with the library ships its licence, too.
install -Dm644 -t "$PREFIX/share/licenses/libpng" "$SRC_DIR"/LICENSE
