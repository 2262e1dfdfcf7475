#!/usr/bin/env bash
set -euo pipefail
# Warnings of a newer compiler than the authors' are no errors.
wasm-pip-install -Csetup-args=-Dwerror=false
