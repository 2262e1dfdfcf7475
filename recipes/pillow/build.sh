#!/usr/bin/env bash
set -euo pipefail
# What the static libraries need in their turn.
export LDFLAGS="$LDFLAGS -lpng -lz -lsharpyuv"
# Nothing is looked for outside of the host environment; what is not there is left out.
wasm-pip-install -Cplatform-guessing=disable -Czlib=enable -Cjpeg=enable -Cwebp=enable -Cfreetype=enable \
  -Craqm=disable -Cxcb=disable -Cparallel="$CPU_COUNT"
# The licences of the static libraries in it.
cp -R "$PREFIX/share/licenses" .
