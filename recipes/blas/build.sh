#!/usr/bin/env bash
# The libraries are of $blas_impl. What one compiles and links with is the same for all: the reference's C header, and
# the names blas, cblas and lapack.
set -euo pipefail
"$RECIPE_DIR/$blas_impl.sh"
install -Dm644 -t "$PREFIX/include" CBLAS/include/cblas.h
install -m644 CBLAS/include/cblas_mangling_with_flags.h.in "$PREFIX/include/cblas_mangling.h"
mkdir -p "$PREFIX/lib/pkgconfig"
while read -r name library summary; do
  cat > "$PREFIX/lib/pkgconfig/$name.pc" <<PC
prefix=$PREFIX
libdir=\${prefix}/lib
includedir=\${prefix}/include

Name: $name
Description: $summary
Version: $PKG_VERSION
Libs: -L\${libdir} -l$library
Cflags: -I\${includedir}
PC
done <<LIST
blas blas Basic linear algebra subprograms
cblas blas Interface of C to BLAS
lapack lapack Linear algebra package
LIST
