#!/usr/bin/env bash
set -euo pipefail
$CC test.c $CPPFLAGS -I"$PREFIX/include/harfbuzz" $CFLAGS $LDFLAGS -lharfbuzz -lfreetype -lpng -lz -o test.js
test "$(node test.js)" = ok
