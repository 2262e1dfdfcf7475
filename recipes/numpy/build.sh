#!/usr/bin/env bash
set -euo pipefail
# No BLAS yet: NumPy's own lapack-lite, translated to C, does the linear algebra.
wasm-pip-install --keep-tests -Csetup-args=-Dblas=none -Csetup-args=-Dlapack=none -Csetup-args=-Dallow-noblas=true
