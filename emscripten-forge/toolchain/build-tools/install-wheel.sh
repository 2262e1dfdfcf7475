#!/usr/bin/env bash
# Installs this output's wheel with pip run straight from its own wheel.
set -euo pipefail
shopt -s nullglob
wheel=$(ls ./*.whl | grep -v '^./pip-' || true)
PYTHONPATH=$(ls ./pip-*.whl) "$PREFIX/bin/python" -m pip install --no-index --no-deps --no-compile --no-warn-script-location \
  --prefix="$PREFIX" "${wheel:-$(ls ./pip-*.whl)}"
# pip records where the file lay; that path means nothing elsewhere.
find "$PREFIX" -name direct_url.json -delete
# Licences are taken from here.
"$PREFIX/bin/python" -m zipfile -e "${wheel:-$(ls ./pip-*.whl)}" wheel
