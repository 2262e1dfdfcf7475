#!/usr/bin/env bash
set -euo pipefail
# The release archive carries no generated configure script; what it would generate for this one target is short.
version=$PKG_VERSION
sed -e "s/@VERSION@/$version/g" -e 's/@TARGET@/WASM32_EMSCRIPTEN/g' \
    -e 's/@HAVE_LONG_DOUBLE@/1/g' -e 's/@HAVE_LONG_DOUBLE_VARIANT@/0/g' -e 's/@FFI_EXEC_TRAMPOLINE_TABLE@/0/g' \
    -e 's/@FFI_VERSION_STRING@/'"$version"'/g' -e 's/@FFI_VERSION_NUMBER@/'"$(awk -F. '{printf "%d%02d%02d", $1, $2, $3}' <<<"$version")"'/g' \
    include/ffi.h.in > include/ffi.h
cp src/wasm/ffitarget.h include/
cat > fficonfig.h <<'H'
#define EH_FRAME_FLAGS "a"
#define HAVE_ALLOCA 1
#define HAVE_ALLOCA_H 1
#define HAVE_INTTYPES_H 1
#define HAVE_LONG_DOUBLE 1
#define HAVE_MEMCPY 1
#define HAVE_STDINT_H 1
#define SIZEOF_DOUBLE 8
#define SIZEOF_LONG_DOUBLE 16
#define SIZEOF_SIZE_T 4
#define STDC_HEADERS 1
#ifdef LIBFFI_ASM
#define FFI_HIDDEN(name) .hidden name
#else
#define FFI_HIDDEN __attribute__((visibility("hidden")))
#endif
H
sources=(src/prep_cif.c src/types.c src/raw_api.c src/java_raw_api.c src/closures.c src/tramp.c src/wasm/ffi.c)
for source in "${sources[@]}"; do
  $CC $CFLAGS -DWASM_BIGINT -I. -Iinclude -Isrc -c "$source" -o "$(basename "${source%.c}")-$(basename "$(dirname "$source")").o"
done
$AR rcs libffi.a ./*.o
install -Dm644 libffi.a "$PREFIX/lib/libffi.a"
install -Dm644 -t "$PREFIX/include" include/ffi.h include/ffitarget.h
install -d "$PREFIX/lib/pkgconfig"
cat > "$PREFIX/lib/pkgconfig/libffi.pc" <<P
prefix=$PREFIX
Name: libffi
Description: Library supporting foreign function interfaces
Version: $version
Libs: -L\${prefix}/lib -lffi
Cflags: -I\${prefix}/include
P
# What is linked with the library ships its licence, too.
install -Dm644 -t "$PREFIX/share/licenses/libffi" "$SRC_DIR"/LICENSE
