#!/usr/bin/env bash
# The test programs of OpenBLAS and of the reference's LAPACK, which tests/upstream runs: build-tests.sh FOLDER
# Called where openblas/ and lapack/ have been built.
set -euo pipefail
mkdir -p "$1"
programs=$(realpath "$1")
link=($LDFLAGS -O2 -sNODERAWFS -sALLOW_MEMORY_GROWTH)

# BLAS and CBLAS are tested in the module that ships. A call inside of it cannot be taken over by a program's own
# xerbla, which the error exits need; OpenBLAS's tests know that and ask it to call theirs.
c=(blas-cc -DADD_ -DCBLAS -DOPENBLAS_TEST_USE_XERBLA_HANDLER -Iopenblas -c)
for source in test/xerbla_test ctest/{auxiliary,c_xerbla,constant}; do
  "${c[@]}" "openblas/$source.c" -o "openblas/$source.o"
done
ln -s ../../lib/libopenblas.so "$programs"
link-blas() {  # PROGRAM SOURCE.f OBJECT…
  $FC $FFLAGS "${link[@]}" -sMAIN_MODULE=2 -sSTACK_SIZE=8MB "${@:2}" "$PREFIX/lib/libopenblas.so" -o "$programs/$1"
}
cblas=(openblas/ctest/{auxiliary,c_xerbla,constant}.o)
for type in s d c z; do
  for source in blas1 blas2 blas3 2chke 3chke; do
    "${c[@]}" "openblas/ctest/c_$type$source.c" -o "openblas/ctest/c_$type$source.o"
  done
  for level in 1 2 3; do
    link-blas ${type}blat$level openblas/test/${type}blat$level.f openblas/test/xerbla_test.o
    objects=(openblas/ctest/c_${type}blas$level.o)
    [ $level = 1 ] || objects+=(openblas/ctest/c_$type${level}chke.o "${cblas[@]}")
    link-blas x${type}cblat$level openblas/ctest/c_${type}blat$level.f "${objects[@]}"
  done
done
cp openblas/test/[sdcz]blat[23].dat openblas/ctest/[sdcz]in[23] "$programs"

# LAPACK is tested in the archives that the module is made of: these programs bring their own ilaenv, with which they
# vary the block sizes, and their own xerbla.
for clock in second dsecnd; do
  $FC $FFLAGS -c lapack/INSTALL/${clock}_INT_CPU_TIME.f -o $clock.o
done
hidden="-mllvm -hidden-lengths=alaerh,chkxer,sort03,dort03,cunt03,zunt03"
options=(FC="$FC" FFLAGS="$FFLAGS $hidden" FFLAGS_NOOPT="-O0 $hidden" AR=emar RANLIB=emranlib
         LDFLAGS="${link[*]} -sSTACK_SIZE=64MB" LAPACKLIB="$PWD/second.o $PWD/dsecnd.o $PWD/lapack/SRC/liblapack.a"
         BLASLIB="$PWD/openblas/libopenblas.a")
make -C lapack/TESTING/MATGEN -j"$CPU_COUNT" "${options[@]}"
# Neither of the two makefiles does anything in parallel.
printf '%s\n' LIN EIG | xargs -P "$CPU_COUNT" -I% make -C lapack/TESTING/% "${options[@]}"
cp lapack/TESTING/{LIN/xlintst,EIG/xeigtst,EIG/xdmdeigtst}* lapack/TESTING/*.in "$programs"
