#!/usr/bin/env bash
set -euo pipefail
$CC test.c $CPPFLAGS $CFLAGS $LDFLAGS -lqhull_r -o test.js
test "$(node test.js)" = ok
