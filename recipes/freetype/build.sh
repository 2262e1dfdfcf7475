#!/usr/bin/env bash
set -euo pipefail
# Static libraries of the channel are linked into side modules, which export what is not hidden. FreeType marks its
# functions as visible whatever the compiler is told.
export CFLAGS="$CFLAGS -fvisibility=hidden"
sed -i 's/__attribute__(( visibility( "default" ) ))/\/* hidden *\//' include/freetype/config/public-macros.h
# HarfBuzz is built against this package. FreeType would only use it to hint glyphs that Unicode has no character for.
cmake -S . -B build -G Ninja $CMAKE_ARGS -DBUILD_SHARED_LIBS=OFF \
  -DFT_DISABLE_HARFBUZZ=ON -DFT_DISABLE_BROTLI=ON -DFT_DISABLE_BZIP2=ON -DFT_REQUIRE_ZLIB=ON -DFT_REQUIRE_PNG=ON
cmake --build build -j"$CPU_COUNT"
cmake --install build
# What is linked with the library ships its licence, too.
install -Dm644 -t "$PREFIX/share/licenses/freetype" "$SRC_DIR"/{LICENSE.TXT,docs/FTL.TXT}
