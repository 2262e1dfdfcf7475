#!/usr/bin/env bash
set -euo pipefail
python -m pip install --no-index --no-deps --no-compile --no-warn-script-location --prefix="$PREFIX" ./*.whl
# pip records where the file lay; that path means nothing elsewhere.
find "$PREFIX" -name direct_url.json -delete
# Licences are taken from here.
python -m zipfile -e ./*.whl wheel
