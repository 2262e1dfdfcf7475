#!/usr/bin/env bash
set -euo pipefail
install -Dm644 -t "$PREFIX/opt/cross-python" "$RECIPE_DIR"/opt/*
install -Dm755 "$RECIPE_DIR/wasm-pip-install" "$PREFIX/bin/wasm-pip-install"
install -Dm644 "$RECIPE_DIR/activate.sh" "$PREFIX/etc/conda/activate.d/cross-python_emscripten-wasm32.sh"
