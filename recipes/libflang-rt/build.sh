#!/usr/bin/env bash
# The compiler's package has the sources of the runtime that fits it.
set -euo pipefail
mkdir config
cat > config/config.h <<'H'
#define HAVE_STRERROR_R 1
#define HAVE_DECL_STRERROR_S 0
H
make -j"$CPU_COUNT" -f "$RECIPE_DIR/runtime.mk" SOURCES="$BUILD_PREFIX/opt/flang/src"
install -Dm644 -t "$PREFIX/lib" libflang_rt.runtime.a
install -Dm644 -t "$PREFIX/include" "$BUILD_PREFIX/opt/flang/src/flang/include/flang/ISO_Fortran_binding.h"
# What is linked with the library ships its licence, too.
install -Dm644 -t "$PREFIX/share/licenses/libflang-rt" "$BUILD_PREFIX/opt/flang/src/flang/LICENSE.TXT"
cp -R "$PREFIX/share/licenses" .
