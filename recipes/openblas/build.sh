#!/usr/bin/env bash
set -euo pipefail
# emcc takes longer to start than most of the 1500 small files take to compile: those are for clang directly, with
# flags of its own, since BLAS throws nothing and jumps nowhere.
mkdir bin
cat > bin/blas-cc <<SH
#!/bin/sh
case " \$* " in
  *" -c "*) exec ccache clang --target=wasm32-unknown-emscripten --sysroot=$(em-config CACHE)/sysroot \
              ${CFLAGS/$WASM_ABI_FLAGS/-fPIC -fno-exceptions} "\$@" ;;
  *) exec emcc "\$@" ;;
esac
SH
chmod +x bin/blas-cc
unset CFLAGS
export PATH=$PWD/bin:$BUILD_PREFIX/opt/llvm/bin:$PATH

# Without Fortran, since LAPACK is compiled below; -m32 and the like come from BINARY. Threads are not possible.
options=(TARGET=WASM128_GENERIC BINARY=32 CC=blas-cc HOSTCC="$CC_FOR_BUILD" AR=emar RANLIB=emranlib NOFORTRAN=1 NO_LAPACK=1
         NO_LAPACKE=1 USE_THREAD=0 NUM_THREADS=1 NO_AFFINITY=1 NO_SHARED=1)
make -C openblas -j"$CPU_COUNT" libs "${options[@]}"

# The reference's makefile knows what belongs to LAPACK: everything but what needs extended precision BLAS.
cd lapack/SRC
cp ../make.inc.example ../make.inc
printf 'include Makefile\nprint-objects: ; @echo $(sort $(ALLOBJ) $(DEPRECSRC))\n' > list.mk
read -ra listed <<< "$(make -s -f list.mk print-objects)"
sources=()
for object in "${listed[@]}"; do
  case $object in
    xerbla.o | lsame.o) ;;  # OpenBLAS has them
    la_constants.o | la_xisnan.o) ;;  # modules, which go before the rest
    *_INT_ETIME.o) ;;
    *) sources+=("$(ls "${object%.o}".[fF]*)") ;;
  esac
done
$FC $FFLAGS -c la_constants.f90 la_xisnan.F90
printf '%s\n' "${sources[@]}" | xargs -P "$CPU_COUNT" -n 40 "$FC" $FFLAGS -c
emar rcs liblapack.a ./*.o
cd ../..

# What other modules may use of it: the procedures of Fortran, CBLAS, and OpenBLAS's own settings.
llvm-nm -g --defined-only lapack/SRC/liblapack.a openblas/libopenblas.a |
  sed -nE 's/^.* [TW] (([a-z0-9]+_)|(cblas_\w+)|(openblas_\w+))$/_\1/p' | sort -u > exports
mkdir -p "$PREFIX/lib"
emcc $LDFLAGS -O2 -sSIDE_MODULE=2 -sEXPORTED_FUNCTIONS=@exports -Wl,--whole-archive openblas/libopenblas.a \
  lapack/SRC/liblapack.a -Wl,--no-whole-archive -lflang_rt.runtime -o "$PREFIX/lib/libopenblas.so" 2> link.log || { cat link.log; exit 1; }
# The linker only warns where a call's signature is not the procedure's, and makes the call a trap.
if grep "signature mismatch" link.log; then exit 1; fi

make -C openblas install "${options[@]}" PREFIX="$PREFIX" NO_STATIC=1
