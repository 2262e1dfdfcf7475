#!/usr/bin/env bash
set -euo pipefail
wasm-pip-install --keep-tests -Csetup-args=-Dblas=blas -Csetup-args=-Dlapack=lapack
