#!/usr/bin/env bash
set -euo pipefail
wasm-pip-install --keep-tests -Csetup-args=-Dsystem-freetype=true -Csetup-args=-Dsystem-libraqm=true \
  -Csetup-args=-Dsystem-qhull=true -Csetup-args=-Dprefer_static=true -Csetup-args=-Db_lto=false \
  -Cinstall-args=--tags=data,python-runtime,runtime,tests  # By default the pictures of the tests are left out.
# Made by make-fontlist.py; the recipe's test compares it with the fonts.
install -Dm644 "$RECIPE_DIR/fontlist.json" "$SP_DIR/matplotlib/mpl-data/fontlist-v3.11.0.json"
# The package lists the files that it has; those of the tests are in a package of their own.
sed -i '\,/tests/,d; \,/nbagg_uat\.ipynb,d' "$SP_DIR"/matplotlib-*.dist-info/RECORD
# The licences of the static libraries in it.
cp -R "$PREFIX/share/licenses" .
