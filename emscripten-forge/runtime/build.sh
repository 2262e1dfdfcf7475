#!/usr/bin/env bash
# Links the main module from CPython's static library and core/*.c, and bundles the JavaScript.
set -euo pipefail

out=$PREFIX/share/wasmforge
lib=$PREFIX/opt/libpython/lib
mkdir -p "$out" "$PREFIX/bin"

# The main module is never relocated: no position-independent code.
flags="${CFLAGS/-fPIC/} -mreference-types -I$PREFIX/opt/libpython/include/python3.13 -Icore"
frozen=()
for module in py/_*.py; do frozen+=("$(basename "$module" .py)=$module"); done
python3.13 py/freeze.py frozen.c "${frozen[@]}"
objects=()
for source in core/*.c core/*.S frozen.c; do
  object=$(basename "${source%.*}").o
  emcc -c $flags -mexception-handling "$source" -o "$object"
  objects+=("$object")
done

# Functions of the bridge are given when the module is instantiated (js/bridge/index.mjs), but emscripten looks
# for every import in its own libraries.
grep -oh '^WF_\(IMPORT\|OPERATION\)([a-z0-9_]*)' core/*.[ch] | sort -u | sed 's/.*(\(.*\))/addToLibrary({ \1: () => {} });/' > bridge.js

# Side modules may use all of CPython, of the C library and of the C++ library: LINKABLE links and exports
# them whole. MAIN_MODULE=1 would do the same, and add emscripten's OpenGL and OpenAL, whose JavaScript is
# twice the rest of the glue and whose functions each get a table slot at start.
emcc ${flags/-msimd128/} "${objects[@]}" -L"$lib" -L"$PREFIX/lib" $(cat "$lib/link.rsp") \
  -Wl,--wrap=_PyAST_Compile,--wrap=_PyAST_Validate,--wrap=PyAST_mod2obj,--wrap=PyAST_obj2mod \
  -sMAIN_MODULE=2 -sLINKABLE=1 -sAUTO_NATIVE_LIBRARIES=0 --no-entry \
  -sMODULARIZE -sEXPORT_ES6 -sENVIRONMENT=web,worker,node \
  -sALLOW_MEMORY_GROWTH -sINITIAL_MEMORY=32MB -sMAXIMUM_MEMORY=4GB -sSTACK_SIZE=5MB -sWASM_BIGINT \
  -sEXPORTED_FUNCTIONS=_malloc,_free -sEXPORTED_RUNTIME_METHODS="$(paste -sd, js/glue/exported.txt)" \
  -sFORCE_FILESYSTEM -lnodefs.js -lidbfs.js --js-library js/glue/library.js --js-library bridge.js \
  -o glue.mjs
install -m644 glue.wasm "$out/python.wasm"

esbuild=esbuild/bin/esbuild
bundle=(--bundle --legal-comments=none --log-level=warning)
# Emscripten's glue and the bridge keep the state of one interpreter in variables: one module, imported anew for each.
"$esbuild" js/bridge/index.mjs "${bundle[@]}" --minify --format=iife --global-name=bridge --outfile=bridge.mjs
{ cat glue.mjs bridge.mjs; echo 'export { bridge };'; } > "$out/python.mjs"
bundle+=(--format=esm)
"$esbuild" js/entry/bootstrap.mjs "${bundle[@]}" --minify "--external:node:*" --outfile="$out/bootstrap.mjs"
version=$(python3.13 -c 'import platform; print(platform.python_version())')
"$esbuild" js/entry/pyodide.mjs "${bundle[@]}" --minify --external:./bootstrap.mjs "--define:PYTHON_VERSION=\"$version\"" \
  --outfile="$out/pyodide.mjs"
"$esbuild" js/entry/progress.mjs "${bundle[@]}" --minify --outfile="$out/progress.mjs"
sed "s/PYTHON_VERSION/\"$version\"/" js/entry/pyodide.js > "$out/pyodide.js"
install -m644 js/types/*.d.*ts "$out/"
"$esbuild" js/entry/node.mjs "${bundle[@]}" --platform=node --external:./python.mjs --outfile="$out/node.mjs"
"$esbuild" js/entry/make-snapshot.mjs "${bundle[@]}" --platform=node --outfile="$out/make-snapshot.mjs"

# The Python packages, with bytecode like the standard library's.
site=$PREFIX/lib/python3.13/site-packages
mkdir -p "$site"
cp -R py/pyodide py/modules/. "$site/"
python3.13 -X no_debug_ranges -m compileall -q --invalidation-mode unchecked-hash -s "$PREFIX" -p / \
  "$site/pyodide" "$site/_ssl.py"

install -m755 python.sh "$PREFIX/bin/python3.13"
ln -sf python3.13 "$PREFIX/bin/python3"
ln -sf python3.13 "$PREFIX/bin/python"
