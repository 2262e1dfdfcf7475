#!/usr/bin/env bash
set -euo pipefail
"$PYTHON" -m pip install --no-build-isolation --target "$SP_DIR" .
# pip records where the folder lay; that path means nothing elsewhere.
find "$SP_DIR" -name direct_url.json -delete
esbuild/bin/esbuild figures/figures.mjs --bundle --minify --legal-comments=none --log-level=warning --format=esm \
  --outfile="$PREFIX/share/wasmforge/www/figures/figures.mjs"
