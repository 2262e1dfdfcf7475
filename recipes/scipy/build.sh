#!/usr/bin/env bash
set -euo pipefail
# ODRPACK's dluno opens a file whose name has assumed length, and C calls it with that length.
export FFLAGS="$FFLAGS -mllvm -hidden-lengths=dluno"
wasm-pip-install --keep-tests -Csetup-args=-Dblas=blas -Csetup-args=-Dlapack=lapack
