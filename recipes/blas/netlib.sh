#!/usr/bin/env bash
# BLAS, CBLAS and LAPACK of the reference, as they are.
set -euo pipefail
export PATH=$BUILD_PREFIX/opt/llvm/bin:$PATH
# Of the two procedures xerbla this takes the one of Fortran. That of CBLAS prints names without an end.
rm CBLAS/src/xerbla.c
cp CBLAS/include/cblas_mangling_with_flags.h.in CBLAS/include/cblas_mangling.h
mkdir objects
cd objects
printf '%s\n' ../BLAS/SRC/*.f* ../CBLAS/src/*.f | xargs -P "$CPU_COUNT" -n 40 "$FC" $FFLAGS -c
emcc $CFLAGS -I../CBLAS/include -c ../CBLAS/src/*.c
emar rcs ../libblas.a ./*.o
cd ..
openblas/link-module.sh "$PREFIX/lib/libblas.so" libblas.a
openblas/compile-lapack.sh .
openblas/link-module.sh "$PREFIX/lib/liblapack.so" SRC/liblapack.a "$PREFIX/lib/libblas.so"
# The licences of the static libraries in it.
cp -R "$PREFIX/share/licenses" .
