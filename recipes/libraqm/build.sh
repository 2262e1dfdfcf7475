#!/usr/bin/env bash
set -euo pipefail
# Static libraries of the channel are linked into side modules, which export what is not hidden.
export CFLAGS="$CFLAGS -fvisibility=hidden"
meson setup build --cross-file "$BUILD_PREFIX/opt/cross-python/emscripten.meson" --prefix "$PREFIX" --libdir lib \
  --buildtype plain --default-library static -Dprefer_static=true -Dsheenbidi=true -Dtests=false -Ddocs=false
ninja -C build install
# What is linked with the library ships its licence, too.
install -Dm644 -t "$PREFIX/share/licenses/libraqm" "$SRC_DIR"/COPYING
