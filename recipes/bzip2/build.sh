#!/usr/bin/env bash
set -euo pipefail
make -j"$CPU_COUNT" libbz2.a CC="$CC" AR="$AR" RANLIB="$RANLIB" CFLAGS="$CFLAGS -D_FILE_OFFSET_BITS=64"
install -Dm644 libbz2.a "$PREFIX/lib/libbz2.a"
install -Dm644 bzlib.h "$PREFIX/include/bzlib.h"
# What is linked with the library ships its licence, too.
install -Dm644 -t "$PREFIX/share/licenses/bzip2" "$SRC_DIR"/LICENSE
