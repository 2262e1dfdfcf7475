#!/usr/bin/env bash
set -euo pipefail
$CC test.c $CPPFLAGS $CFLAGS $LDFLAGS -lbz2 -o test.js
test "$(node test.js)" = ok
