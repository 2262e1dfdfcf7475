#!/usr/bin/env bash
set -euo pipefail
# Static libraries of the channel are linked into side modules, which export what is not hidden. WebP marks its
# functions as visible unless it is told how to declare them.
export CFLAGS="$CFLAGS -fvisibility=hidden -DWEBP_EXTERN=extern"
cmake -S . -B build -G Ninja $CMAKE_ARGS -DBUILD_SHARED_LIBS=OFF -DWEBP_USE_THREAD=OFF \
  -DWEBP_BUILD_{ANIM_UTILS,CWEBP,DWEBP,GIF2WEBP,IMG2WEBP,VWEBP,WEBPINFO,WEBPMUX,EXTRAS}=OFF
cmake --build build -j"$CPU_COUNT"
cmake --install build
rm -rf "$PREFIX/share/man"
# What is linked with the library ships its licence, too.
install -Dm644 -t "$PREFIX/share/licenses/libwebp" "$SRC_DIR"/COPYING
