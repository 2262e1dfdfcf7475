#!/usr/bin/env bash
set -euo pipefail
# Only the reentrant library: the other one is deprecated, and the programs need a command line.
for source in src/libqhull_r/*.c; do
  # Static libraries of the channel are linked into side modules, which export what is not hidden.
  $CC $CFLAGS -fvisibility=hidden -c "$source"
done
$AR rcs libqhull_r.a ./*.o
install -Dm644 -t "$PREFIX/lib" libqhull_r.a
install -Dm644 -t "$PREFIX/include/libqhull_r" src/libqhull_r/*.h
install -d "$PREFIX/lib/pkgconfig"
cat > "$PREFIX/lib/pkgconfig/qhull_r.pc" <<P
prefix=$PREFIX
Name: qhull_r
Description: Qhull, reentrant
Version: 8.0.2
Libs: -L\${prefix}/lib -lqhull_r
Cflags: -I\${prefix}/include
P
# What is linked with the library ships its licence, too.
install -Dm644 -t "$PREFIX/share/licenses/qhull" "$SRC_DIR"/COPYING.txt
