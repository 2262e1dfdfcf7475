#!/usr/bin/env bash
set -euo pipefail
# zlib is linked in statically: pip and zipimport need it, and nothing of the host may be used.
(cd zlib && CFLAGS="-O2 -fPIC" ./configure --static --prefix="$SRC_DIR/zlib-install" && make -j"$CPU_COUNT" libz.a && make install)
# zig refuses __DATE__; the compiler takes it from SOURCE_DATE_EPOCH, so the build stays reproducible.
./configure --prefix="$PREFIX" --build=x86_64-pc-linux-gnu --without-ensurepip --disable-test-modules --with-readline=no \
  OPT="-DNDEBUG -O3 -Wno-date-time" ZLIB_CFLAGS="-I$SRC_DIR/zlib-install/include" ZLIB_LIBS="$SRC_DIR/zlib-install/lib/libz.a"
make -j"$CPU_COUNT"
make install
cd "$PREFIX"
ln -sf python3.13 bin/python
rm -rf lib/python3.13/{test,idlelib,tkinter,turtledemo,ensurepip,lib2to3} lib/python3.13/config-*/*.a lib/libpython3.13.a share
find . -name __pycache__ -prune -exec rm -rf {} +
