#!/usr/bin/env bash
set -euo pipefail
$CC test.c $CPPFLAGS $CFLAGS $LDFLAGS -lffi -sMAIN_MODULE=1 -o test.js
test "$(node test.js)" = ok
