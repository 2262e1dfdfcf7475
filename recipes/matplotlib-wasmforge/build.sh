#!/usr/bin/env bash
set -euo pipefail
"$PYTHON" -m pip install --no-build-isolation --target "$SP_DIR" .
# pip records where the folder lay; that path means nothing elsewhere.
find "$SP_DIR" -name direct_url.json -delete
install -Dm644 -t "$PREFIX/share/wasmforge/www/figures" figures/*
