#!/usr/bin/env bash
set -euo pipefail
wasm-pip-install
