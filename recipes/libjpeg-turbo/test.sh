#!/usr/bin/env bash
set -euo pipefail
$CC test.c $CPPFLAGS $CFLAGS $LDFLAGS -ljpeg -o test.js
test "$(node test.js)" = ok
