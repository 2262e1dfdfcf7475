#!/usr/bin/env bash
set -euo pipefail
# emcc takes longer to start than most of the 1500 small files take to compile: those are for clang directly, with
# flags of its own, since BLAS throws nothing and jumps nowhere.
flags=${CFLAGS/$WASM_ABI_FLAGS/-fPIC -fno-exceptions}
[ "$RELAXED_SIMD" = no ] || flags+=" -mrelaxed-simd"
mkdir bin
cat > bin/blas-cc <<SH
#!/bin/sh
case " \$* " in
  *" -c "*) exec ccache clang --target=wasm32-unknown-emscripten --sysroot=$(em-config CACHE)/sysroot \
              $flags "\$@" ;;
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

"$RECIPE_DIR/compile-lapack.sh" lapack
"$RECIPE_DIR/link-module.sh" "$PREFIX/lib/libopenblas.so" openblas/libopenblas.a lapack/SRC/liblapack.a

# include/cblas.h is the reference's, in the package libblas.
make -C openblas install "${options[@]}" PREFIX="$PREFIX" OPENBLAS_INCLUDE_DIR="$PREFIX/include/openblas" NO_STATIC=1
"$RECIPE_DIR/build-tests.sh" "$PREFIX/share/openblas-tests"
# The licences of the static libraries in it.
cp -R "$PREFIX/share/licenses" .
