#!/usr/bin/env bash
set -euo pipefail
$CC test.c $CPPFLAGS $CFLAGS $LDFLAGS -llzma -sALLOW_MEMORY_GROWTH -sSTACK_SIZE=1MB -o test.js
test "$(node test.js)" = ok
