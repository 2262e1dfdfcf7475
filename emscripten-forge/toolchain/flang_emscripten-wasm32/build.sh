#!/usr/bin/env bash
# Relinks Debian's flang with a wasm32 target: of the compiler's 300 files only those are compiled that know the
# target or derive the runtime's signatures from C++ types; the rest are the static archives of libflang-21-dev.
set -euo pipefail
flang=$PREFIX/opt/flang rt=$PREFIX/opt/rt
for deb in debs/*.deb; do dpkg-deb -x "$deb" root; done
ln -s usr/lib root/lib
ln -s usr/lib64 root/lib64
mkdir -p root/usr/lib64
cp -L "$rt"/{libc.so.6,libm.so.6,libgcc_s.so.1,libstdc++.so.6} root/usr/lib/x86_64-linux-gnu/
cp -L "$rt/ld-linux-x86-64.so.2" root/usr/lib64/
# A linker script that asks for libmvec as well, which nothing here needs.
ln -sf libm.so.6 root/usr/lib/x86_64-linux-gnu/libm.so
# xz is not among the tools that every system has.
"$rt/ld-linux-x86-64.so.2" --library-path "$rt" root/usr/bin/xz -dc source/llvm-toolchain.tar.xz |
  tar -x --strip-components=1 --wildcards '*/flang/include' '*/flang/lib' '*/flang/module' '*/flang/LICENSE.TXT' \
    '*/flang/tools/flang-driver' '*/flang-rt/include' '*/flang-rt/lib'
for patch in "$RECIPE_DIR"/patches/*.patch; do patch -p1 --no-backup-if-mismatch < "$patch"; done

# The compiler takes the widths of the runtime's arguments and of descriptor members from its own C++ types:
# these copies of the runtime's headers have those of wasm32.
mkdir -p wasm32/flang/{Runtime,Optimizer/Builder/Runtime}
cp flang/include/flang/ISO_Fortran_binding.h wasm32/flang/
cp flang/include/flang/Optimizer/Builder/Runtime/RTBuilder.h wasm32/flang/Optimizer/Builder/Runtime/
cp flang/include/flang/Runtime/{allocatable,character,command,exceptions,extensions,io-api}.h wasm32/flang/Runtime/
cp flang/include/flang/Runtime/{numeric,pointer,reduce,stop,time-intrinsic}.h wasm32/flang/Runtime/
sed -i -E '/constexpr/! { s/\b(std::)?size_t\b/std::uint32_t/g; s/\b(std::)?intptr_t\b/std::int32_t/g }' wasm32/flang/Runtime/*.h
sed -i -E 's/typedef ptrdiff_t CFI_index_t/typedef int CFI_index_t/; s/^  size_t elem_len;/  unsigned elem_len;/' \
  wasm32/flang/ISO_Fortran_binding.h
sed -i 's/8 \* sizeof(std::size_t)/32/' wasm32/flang/Optimizer/Builder/Runtime/RTBuilder.h

make -j"$CPU_COUNT" -f "$RECIPE_DIR/relink.mk" LLVM="$BUILD_PREFIX/opt/llvm" RT="$rt" ROOT="$PWD/root"
patchelf --set-interpreter "$rt/ld-linux-x86-64.so.2" --force-rpath --set-rpath '$ORIGIN/../../rt' bin/flang

# The driver looks for the intrinsic modules in ../include/flang.
mkdir -p "$flang/bin" "$flang/include/flang" "$PREFIX/bin" "$PREFIX/etc/conda/activate.d"
cp bin/flang "$flang/bin/flang"
modules=(__fortran_builtins __fortran_type_info __fortran_ieee_exceptions ieee_arithmetic ieee_exceptions ieee_features
         iso_c_binding iso_fortran_env_impl iso_fortran_env)
for module in "${modules[@]}"; do
  "$flang/bin/flang" --target=wasm32-unknown-emscripten -D__wasm32__ -cpp -fsyntax-only \
    -module-dir "$flang/include/flang" "flang/module/$module.f90"
done
cp flang/include/flang/ISO_Fortran_binding.h "$flang/include/flang/"

# The sources of the runtime that fits this compiler, which recipes/libflang-rt builds.
mkdir -p "$flang/src/flang/lib" "$flang/src/flang-rt"
cp -R flang/include flang/module flang/LICENSE.TXT "$flang/src/flang/"
cp -R flang/lib/Decimal "$flang/src/flang/lib/"
cp -R flang-rt/include flang-rt/lib "$flang/src/flang-rt/"

install -m644 "$RECIPE_DIR/wrapper.py" "$flang/wrapper.py"
sha256sum < "$flang/bin/flang" | cut -c1-64 > "$flang/id"
cat > "$PREFIX/bin/flang" <<'SH'
#!/bin/sh
root=$(dirname "$(dirname "$(readlink -f "$0")")")
exec "$root/bin/python3.13" -I -S "$root/opt/flang/wrapper.py" "$@"
SH
chmod +x "$PREFIX/bin/flang"
install -m644 "$RECIPE_DIR/activate.sh" "$PREFIX/etc/conda/activate.d/flang_emscripten-wasm32.sh"
