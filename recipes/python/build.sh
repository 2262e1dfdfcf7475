#!/usr/bin/env bash
set -euo pipefail

cp "$RECIPE_DIR/Setup.local" Modules/Setup.local

# The main module is never relocated, so its code need not be position independent: 3 % faster.
static_abi_flags="${WASM_ABI_FLAGS/-fPIC/}"
# profile/README.md says how the profile was made. A file that changed since simply goes without.
"$BUILD_PREFIX/opt/llvm/bin/llvm-profdata" merge "$RECIPE_DIR/profile/python.proftext" -o python.profdata
profile_flags="-fprofile-use=$SRC_DIR/python.profdata -Wno-profile-instr-out-of-date -Wno-profile-instr-unprofiled -Wno-profile-instr-missing"
# CPython's -fno-strict-overflow is about integers. clang 20 and newer let it mean pointers too, and no load or
# store gets an offset any more: 5 % slower and larger.
flags="${CFLAGS/-fPIC/} -O3 -fno-wrapv-pointer -DPY_CALL_TRAMPOLINE $profile_flags"

# make would add them from the environment again, behind these.
unset CFLAGS CXXFLAGS CPPFLAGS LDFLAGS

# OPT is left out of configure's own link tests, of which there are hundreds: unoptimised they take half the time.
export CONFIG_SITE="$SRC_DIR/Tools/wasm/config.site-wasm32-emscripten $RECIPE_DIR/config.site" PLATFORM_TRIPLET=wasm32-emscripten
./configure \
  --host=wasm32-unknown-emscripten --build=x86_64-pc-linux-gnu --prefix=/ \
  --with-build-python="$BUILD_PREFIX/bin/python3.13" \
  --enable-wasm-dynamic-linking --disable-shared --disable-ipv6 --enable-big-digits=30 \
  --disable-test-modules --without-ensurepip --with-pymalloc \
  OPT="-DNDEBUG $flags" CFLAGS="$static_abi_flags" LDFLAGS="$static_abi_flags" \
  ZLIB_CFLAGS="-I$PREFIX/include" ZLIB_LIBS="-lz" BZIP2_CFLAGS="-I$PREFIX/include" BZIP2_LIBS="-lbz2" \
  LIBLZMA_CFLAGS="-I$PREFIX/include" LIBLZMA_LIBS="-llzma" \
  LIBSQLITE3_CFLAGS="-I$PREFIX/include" LIBSQLITE3_LIBS="-L$PREFIX/lib -lsqlite3" \
  LIBFFI_CFLAGS="-I$PREFIX/include" LIBFFI_LIBS="-lffi"

# configure adds -fPIC to every module because they might become side modules; these are linked in.
sed -i 's/^CCSHARED=.*/CCSHARED=/' Makefile
archives=(Modules/expat/libexpat.a Modules/_decimal/libmpdec/libmpdec.a Modules/_hacl/libHacl_Hash_SHA2.a)
make -j"$CPU_COUNT" libpython3.13.a "${archives[@]}" pybuilddir.txt
test_modules=()
for name in _ctypes_test _testbuffer _testcapi _testclinic _testclinic_limited _testimportmultiple _testinternalcapi \
  _testlimitedcapi _testmultiphase _testsinglephase xxlimited xxlimited_35; do
  test_modules+=("Modules/$name.cpython-313-wasm32-emscripten.so")
done
make CCSHARED=-fPIC -j"$CPU_COUNT" "${test_modules[@]}"

# libpython: the archives and the arguments that link them.
lib=$PREFIX/opt/libpython/lib
mkdir -p "$lib"
cp libpython3.13.a "${archives[@]}" "$lib/"
echo "-lpython3.13 -lexpat -lmpdec -lHacl_Hash_SHA2 -lz -lbz2 -llzma -lsqlite3 -lffi" > "$lib/link.rsp"
make inclinstall DESTDIR="$PREFIX/opt/libpython"

# python: headers, build configuration and the standard library.
stdlib=$PREFIX/lib/python3.13
mkdir -p "$stdlib/site-packages" "$PREFIX/include"
cp -R "$PREFIX/opt/libpython/include/python3.13" "$PREFIX/include/"
cp -R Lib/. "$stdlib/"
# Needs a terminal, a window system, processes or a network installer; none can exist in a page.
rm -rf "$stdlib"/{idlelib,tkinter,turtledemo,turtle.py,ensurepip,curses,_ios_support.py,_android_support.py,test/test_tkinter,test/test_ttk,test/test_idle.py}
python3.13 - "$(cat pybuilddir.txt)"/_sysconfigdata__emscripten_wasm32-emscripten.py "$stdlib" <<'PY'
# The build's sysconfig data, with the paths of the build taken out.
import os, pathlib, re, sys

source, stdlib = sys.argv[1:]
text = pathlib.Path(source).read_text().replace("'//", "'/")
for name in ("BUILD_PREFIX", "PREFIX", "SRC_DIR"):
    text = text.replace(os.environ[name], "")
text = re.sub(r"-(ffile-prefix-map|fprofile-use)=\S*|-Wno-profile-instr-[a-z-]*", "", text)
(pathlib.Path(stdlib) / pathlib.Path(source).name).write_text(text)
PY
install -Dm644 -t "$stdlib/lib-dynload" "${test_modules[@]}"

# Hash-based .pyc without a check: nothing to stat in a page, and the same bytes in every build. The test
# suite stays source: some of it is meant not to compile.
find "$stdlib" -name __pycache__ -prune -exec rm -rf {} +
# Without column numbers, a fifth smaller.
python3.13 -X no_debug_ranges -m compileall -q -j"$CPU_COUNT" --invalidation-mode unchecked-hash -s "$PREFIX" -p / -x '/python3.13/test/' "$stdlib"
# What is linked with the libraries ships its licence, too.
licenses=$PREFIX/share/licenses/python
install -Dm644 -t "$licenses" LICENSE Modules/_decimal/libmpdec/mpdecimal.h Modules/_hacl/Hacl_Hash_SHA2.c
install -Dm644 Modules/expat/COPYING "$licenses/expat"
