#!/usr/bin/env bash
set -euo pipefail
$CC test.c $CPPFLAGS $CFLAGS $LDFLAGS -lpng -lz -o test.js
test "$(node test.js)" = ok
