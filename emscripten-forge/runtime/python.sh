#!/bin/sh
# Python for WebAssembly, run by node with this machine's files.
exec node "$(dirname "$(readlink -f "$0")")/../share/wasmforge/node.mjs" "$@"
