#!/usr/bin/env bash
# Links the main module from CPython's static library and core/*.c.
set -euo pipefail

out=$PREFIX/share/wasmforge
lib=$PREFIX/opt/libpython/lib
mkdir -p "$out"

# The main module is never relocated: no position-independent code.
flags="${CFLAGS/-fPIC/} -mreference-types"
read -ra compile <<< "$flags -mexception-handling"
objects=()
for source in core/*.c core/*.S; do
  object=$(basename "${source%.*}").o
  emcc -c "${compile[@]}" @core/warnings.txt -isystem "$PREFIX/opt/libpython/include/python3.13" "$source" -o "$object"
  objects+=("$object")
done

# The bridge's functions are given when the module is instantiated (js/bridge/index.mjs), but emscripten looks for
# every import in its own libraries.
grep -oh '^WF_\(IMPORT\|OPERATION\)([a-z0-9_]*)' core/*.[ch] | sort -u | sed 's/.*(\(.*\))/addToLibrary({ \1: () => {} });/' > bridge.js

# Side modules may use all of CPython, of the C library and of the C++ library: LINKABLE links and exports
# them whole. MAIN_MODULE=1 would do the same, and add emscripten's OpenGL and OpenAL, whose JavaScript is
# twice the rest of the glue and whose functions each get a table slot at start.
read -ra link <<< "${flags/-msimd128/}"
emcc "${link[@]}" "${objects[@]}" -L"$lib" -L"$PREFIX/lib" "@$lib/link.rsp" \
  -Wl,--wrap=_PyParser_ASTFromString,--wrap=_PySymtable_Build,--wrap=_PyAST_Compile,--wrap=_PyAST_Validate,--wrap=PyAST_mod2obj,--wrap=PyAST_obj2mod,--wrap=wcsftime \
  -Wl,--wrap=getrusage,--wrap=getitimer,--wrap=setitimer,--wrap=tzset,--wrap=localtime_r,--wrap=mktime \
  -sMAIN_MODULE=2 -sLINKABLE=1 -sAUTO_NATIVE_LIBRARIES=0 --no-entry \
  -sMODULARIZE -sEXPORT_ES6 -sENVIRONMENT=web,worker,node \
  -sALLOW_MEMORY_GROWTH -sINITIAL_MEMORY=32MB -sMAXIMUM_MEMORY=4GB -sSTACK_SIZE=5MB -sWASM_BIGINT \
  -sEXPORTED_FUNCTIONS=_malloc,_free -sEXPORTED_RUNTIME_METHODS="$(paste -sd, glue/exported.txt)" \
  -sFORCE_FILESYSTEM -sFS_DEBUG -lnodefs.js -lidbfs.js -lworkerfs.js -lproxyfs.js --js-library glue/library.js --js-library bridge.js \
  -o glue.mjs
install -m644 glue.wasm "$out/python.wasm"
install -m644 glue.mjs "$out/"

# The licences of what is linked: CPython with its libraries, and the C and C++ libraries, which Debian lists in one file.
cp -R "$PREFIX/share/licenses" .
install -m644 "$BUILD_PREFIX/opt/emscripten/copyright" licenses/emscripten
