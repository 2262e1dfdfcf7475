# What every library of the channel is compiled with. The ABI flags may not differ between two modules
# of one process; the rest are defaults a recipe may add to.
_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
export EMSDK_PYTHON=$_root/bin/python3.13
export EM_COMPILER_WRAPPER=ccache
unset _root

# The linker is called through the compiler: LD is what configure scripts (libtool's, autosetup's) link with.
export CC=emcc CXX=em++ LD=emcc AR=emar RANLIB=emranlib NM=emnm STRIP=emstrip
export WASM_ABI_FLAGS="-fPIC -fwasm-exceptions -sSUPPORT_LONGJMP=wasm"
# File names in __FILE__ and assertions must not depend on where the build ran.
_map="-ffile-prefix-map=${SRC_DIR:-$PWD}=. -ffile-prefix-map=${PREFIX:-/prefix}=/"
export CPPFLAGS="-I${PREFIX:-}/include"
export CFLAGS="$WASM_ABI_FLAGS -O2 -msimd128 $_map"
export CXXFLAGS="$CFLAGS"
export LDFLAGS="$WASM_ABI_FLAGS -L${PREFIX:-}/lib"
# An extension module: side module, nothing exported but its PyInit function.
export SIDE_MODULE_LDFLAGS="$LDFLAGS -O2 -sSIDE_MODULE=1"
unset _map
export PKG_CONFIG_LIBDIR=${PREFIX:-}/lib/pkgconfig:${PREFIX:-}/share/pkgconfig
export CMAKE_ARGS="-DCMAKE_TOOLCHAIN_FILE=$(dirname "$(readlink -f "$(command -v emcc)")")/cmake/Modules/Platform/Emscripten.cmake -DCMAKE_INSTALL_PREFIX=${PREFIX:-} -DCMAKE_FIND_ROOT_PATH=${PREFIX:-} -DCMAKE_BUILD_TYPE=Release"
