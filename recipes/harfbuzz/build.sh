#!/usr/bin/env bash
set -euo pipefail
# Static libraries of the channel are linked into side modules, which export what is not hidden.
export CFLAGS="$CFLAGS -fvisibility=hidden" CXXFLAGS="$CXXFLAGS -fvisibility=hidden"
cmake -S . -B build -G Ninja $CMAKE_ARGS -DBUILD_SHARED_LIBS=OFF -DHB_HAVE_FREETYPE=ON -DHB_BUILD_SUBSET=OFF
cmake --build build -j"$CPU_COUNT"
cmake --install build
# There are no threads to link with.
sed -i '/^Libs.private:/s/ -pthread//' "$PREFIX/lib/pkgconfig/harfbuzz.pc"
# What is linked with the library ships its licence, too.
install -Dm644 -t "$PREFIX/share/licenses/harfbuzz" "$SRC_DIR"/COPYING
