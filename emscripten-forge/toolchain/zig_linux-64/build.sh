#!/usr/bin/env bash
set -euo pipefail
mkdir -p "$PREFIX/opt" "$PREFIX/bin" "$PREFIX/etc/conda/activate.d"
cp -R "$(dirname "$(find . -path '*ziglang/zig')")" "$PREFIX/opt/zig"
chmod +x "$PREFIX/opt/zig/zig"
# Headers and C libraries of other systems are most of the archive.
cd "$PREFIX/opt/zig"
rm -rf __*__.py doc lib/docs lib/libtsan lib/fuzzer* lib/libc/{darwin,mingw,wasi,freebsd,netbsd,openbsd,musl}
find lib/libc/include -mindepth 1 -maxdepth 1 ! -name 'x86-linux-*' ! -name any-linux-any ! -name generic-glibc -exec rm -rf {} +
for tool in cc c++ ar ranlib; do
  cat > "$PREFIX/bin/zig-$tool" <<SH
#!/bin/sh
here=\$(dirname "\$(readlink -f "\$0")")
SH
done
for tool in cc c++; do
  echo "exec \"\$here/../opt/zig/zig\" $tool -target x86_64-linux-gnu.2.28 -fno-sanitize=undefined \"\$@\"" >> "$PREFIX/bin/zig-$tool"
done
for tool in ar ranlib; do
  echo "exec \"\$here/../opt/zig/zig\" $tool \"\$@\"" >> "$PREFIX/bin/zig-$tool"
done
chmod +x "$PREFIX"/bin/zig-*
cp "$RECIPE_DIR/activate.sh" "$PREFIX/etc/conda/activate.d/zig_linux-64.sh"
