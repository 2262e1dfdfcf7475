#!/usr/bin/env bash
set -euo pipefail
$CC test.c $CPPFLAGS -I"$PREFIX/include/freetype2" $CFLAGS $LDFLAGS -lfreetype -lpng -lz -o test.js
test "$(node test.js)" = ok
