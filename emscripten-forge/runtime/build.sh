#!/usr/bin/env bash
# Links the main module from CPython's static library and core/*.c, and bundles the JavaScript.
set -euo pipefail

out=$PREFIX/share/wasmforge
lib=$PREFIX/opt/libpython/lib
mkdir -p "$out" "$PREFIX/bin"

# The main module is never relocated: no position-independent code.
flags="${CFLAGS/-fPIC/} -mreference-types -I$PREFIX/opt/libpython/include/python3.13 -Icore"
python3.13 py/freeze.py frozen.c _wasmforge=py/_wasmforge.py _wasmforge_code=py/_wasmforge_code.py
objects=()
for source in core/*.c frozen.c; do
  object=$(basename "$source" .c).o
  emcc -c $flags "$source" -o "$object"
  objects+=("$object")
done

# Side modules may use all of CPython, of the C library and of the C++ library: LINKABLE links and exports
# them whole. MAIN_MODULE=1 would do the same, and add emscripten's OpenGL and OpenAL, whose JavaScript is
# twice the rest of the glue and whose functions each get a table slot at start.
emcc ${flags/-msimd128/} "${objects[@]}" -L"$lib" -L"$PREFIX/lib" $(cat "$lib/link.rsp") \
  -sMAIN_MODULE=2 -sLINKABLE=1 -sAUTO_NATIVE_LIBRARIES=0 --no-entry \
  -sMODULARIZE -sEXPORT_ES6 -sENVIRONMENT=web,worker,node \
  -sALLOW_MEMORY_GROWTH -sINITIAL_MEMORY=32MB -sMAXIMUM_MEMORY=4GB -sSTACK_SIZE=5MB -sWASM_BIGINT \
  -sEXPORTED_FUNCTIONS=_malloc,_free -sEXPORTED_RUNTIME_METHODS="$(paste -sd, js/exported.txt)" \
  -sFORCE_FILESYSTEM -lnodefs.js -lidbfs.js --js-library js/library.js \
  -o python.mjs
install -m644 python.mjs python.wasm "$out/"

esbuild=esbuild/bin/esbuild
bundle=(--bundle --format=esm --legal-comments=none --log-level=warning)
"$esbuild" js/bootstrap.mjs "${bundle[@]}" --minify "--external:node:*" --outfile="$out/bootstrap.mjs"
"$esbuild" js/node.mjs "${bundle[@]}" --platform=node --external:./python.mjs --outfile="$out/node.mjs"

# The package pyodide, with bytecode like the standard library's.
package=$PREFIX/lib/python3.13/site-packages/pyodide
mkdir -p "$(dirname "$package")"
cp -R py/pyodide "$package"
python3.13 -X no_debug_ranges -m compileall -q --invalidation-mode unchecked-hash -s "$PREFIX" -p / "$package"

install -m755 python.sh "$PREFIX/bin/python3.13"
ln -sf python3.13 "$PREFIX/bin/python3"
ln -sf python3.13 "$PREFIX/bin/python"
