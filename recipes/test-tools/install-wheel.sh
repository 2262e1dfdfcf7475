#!/usr/bin/env bash
# Installs this output's wheel. Nothing starts a program in a page, so no launchers.
set -euo pipefail
"$PYTHON" -m pip install --target "$SP_DIR" ./*.whl
rm -rf "$SP_DIR/bin"
# pip records where the file lay; that path means nothing elsewhere.
find "$SP_DIR" -name direct_url.json -delete
# Licences are taken from here.
"$PYTHON" -m zipfile -e ./*.whl wheel
