#!/usr/bin/env bash
# Bundles the JavaScript, and freezes and installs the Python side.
set -euo pipefail

out=$PREFIX/share/wasmforge
library=$PREFIX/lib/python3.13
mkdir -p "$out" "$library/site-packages" "$PREFIX/bin"

python3.13 py/freeze.py "$library/wasmforge.frozen" py/_*.py

python3.13 constants.py core js/bridge/wire/constants.mjs
esbuild=esbuild/bin/esbuild
bundle=(--bundle --legal-comments=none --log-level=warning)
# The bridge keeps the state of one interpreter in variables: the file exports a function that makes a bridge, so that one
# import serves all interpreters, and a dropped one is freed.
"$esbuild" js/bridge/index.mjs "${bundle[@]}" --minify --format=iife --global-name=bridge \
  --banner:js='export function makeBridge() {' --footer:js='return bridge; }' --outfile="$out/bridge.mjs"
bundle+=(--format=esm)
"$esbuild" js/entry/bootstrap.mjs "${bundle[@]}" --minify "--external:node:*" --outfile="$out/bootstrap.mjs"
version=$(python3.13 -c 'import platform; print(platform.python_version())')
"$esbuild" js/entry/pyodide.mjs "${bundle[@]}" --minify --external:./bootstrap.mjs "--define:PYTHON_VERSION=\"$version\"" \
  --outfile="$out/pyodide.mjs"
"$esbuild" js/entry/progress.mjs "${bundle[@]}" --minify --outfile="$out/progress.mjs"
sed "s/PYTHON_VERSION/\"$version\"/" js/entry/pyodide.js > "$out/pyodide.js"
install -m644 js/types/*.d.*ts "$out/"
"$esbuild" js/entry/node.mjs "${bundle[@]}" --platform=node --external:./glue.mjs --external:./bridge.mjs --outfile="$out/node.mjs"
"$esbuild" js/entry/make-snapshot.mjs "${bundle[@]}" --platform=node --outfile="$out/make-snapshot.mjs"

# The Python packages, with bytecode like the standard library's.
site=$library/site-packages
cp -R py/pyodide py/modules/. "$site/"
python3.13 -X no_debug_ranges -m compileall -q --invalidation-mode unchecked-hash -s "$PREFIX" -p / \
  "$site/pyodide" "$site/_ssl.py"

install -m755 python.sh "$PREFIX/bin/python3.13"
ln -sf python3.13 "$PREFIX/bin/python3"
ln -sf python3.13 "$PREFIX/bin/python"
