#!/usr/bin/env bash
set -euo pipefail
# Only liblzma: the command line tools need processes, signals and threads, which a page does not have.
./configure --host=wasm32-unknown-emscripten --prefix="$PREFIX" \
  --disable-shared --enable-static --enable-threads=no --disable-nls --disable-doc \
  --disable-xz --disable-xzdec --disable-lzmadec --disable-lzmainfo --disable-scripts
make -j"$CPU_COUNT"
make install
# What is linked with the library ships its licence, too.
install -Dm644 -t "$PREFIX/share/licenses/xz" "$SRC_DIR"/COPYING.0BSD
