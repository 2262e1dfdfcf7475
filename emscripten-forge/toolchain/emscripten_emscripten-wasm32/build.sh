#!/usr/bin/env bash
set -euo pipefail
for deb in debs/*.deb; do dpkg-deb -x "$deb" root; done

opt=$PREFIX/opt
mkdir -p "$opt/binaryen/bin" "$opt/binaryen/lib" "$PREFIX/bin" "$PREFIX/etc/conda/activate.d"

tools=(wasm-as wasm-ctor-eval wasm-dis wasm-emscripten-finalize wasm-merge wasm-metadce wasm-opt wasm-split wasm2js)
for tool in "${tools[@]}"; do
  cp "root/usr/bin/$tool" "$opt/binaryen/bin/"
  patchelf --set-interpreter "$opt/rt/ld-linux-x86-64.so.2" --force-rpath --set-rpath '$ORIGIN/../lib:$ORIGIN/../../rt' "$opt/binaryen/bin/$tool"
done
cp -L "$(find root/usr/lib -name libbinaryen.so)" "$opt/binaryen/lib/libbinaryen.so"
patchelf --force-rpath --set-rpath '$ORIGIN:$ORIGIN/../../rt' "$opt/binaryen/lib/libbinaryen.so"

cp -R root/usr/share/emscripten "$opt/emscripten"
# Of the libraries that every program is linked with: musl, compiler-rt, libc++ and others.
cp root/usr/share/doc/emscripten/copyright "$opt/emscripten/"
cd "$opt/emscripten"
rm -rf docs media
cp -R "$SRC_DIR/node_modules" node_modules
for patch in "$RECIPE_DIR"/patches/*.patch; do patch -p1 --no-backup-if-mismatch < "$patch"; done
cp "$RECIPE_DIR/emscripten-config.py" .emscripten

# System libraries are built by the compiler itself when a link first asks for them, so ask for each set
# that the channel's builds link: release and debug, main module, side module, and the plain executables
# that configure scripts and meson link when they probe the compiler without our flags.
export EMSDK_PYTHON=$PREFIX/bin/python3.13 EMSDK_NODE=$PREFIX/bin/node PATH=$opt/emscripten:$PREFIX/bin:$PATH
abi=(-fPIC -fwasm-exceptions -sSUPPORT_LONGJMP=wasm)
work=$(mktemp -d)
echo 'int main(void) { return 0; }' > "$work/main.c"
cp "$work/main.c" "$work/main.cpp"
for level in -O2 "-O0 -g"; do
  em++ "$work/main.cpp" $level "${abi[@]}" -sMAIN_MODULE=1 -sFORCE_FILESYSTEM -lnodefs.js -lidbfs.js -o "$work/main.mjs"
  em++ "$work/main.cpp" $level "${abi[@]}" -sSIDE_MODULE=1 -o "$work/side.so"
  em++ "$work/main.cpp" $level -fwasm-exceptions -sSUPPORT_LONGJMP=wasm -o "$work/plain.js"
  em++ "$work/main.cpp" $level -o "$work/probe.js"
done
emcc "$work/main.c" -fPIC -fwasm-exceptions -sSUPPORT_LONGJMP=wasm -fprofile-generate -O2 -o "$work/profile.js"
rm -rf "$work" cache/build cache/*.lock cache/sysroot/lib/wasm32-emscripten/*.tmp
echo 'FROZEN_CACHE = True' >> .emscripten

# Hash-based .pyc files: the same bytes in every build, and no stat of the source at start.
find . -name __pycache__ -prune -exec rm -rf {} +
"$PREFIX/bin/python3.13" -m compileall -q -j0 --invalidation-mode unchecked-hash -s "$opt" -p /opt . || true

for tool in emcc em++ emar emranlib emnm emcmake emconfigure emmake emstrip em-config; do
  ln -s "../opt/emscripten/$tool" "$PREFIX/bin/$tool"
done
cp "$RECIPE_DIR/activate.sh" "$PREFIX/etc/conda/activate.d/emscripten_emscripten-wasm32.sh"
