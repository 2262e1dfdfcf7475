#!/usr/bin/env bash
set -euo pipefail
$FC $FFLAGS $LDFLAGS test.f90 -o test.js -sALLOW_MEMORY_GROWTH -sEXIT_RUNTIME
node test.js > output.txt
diff expected.txt output.txt
# A program that stops with an error says so.
printf 'program p\nerror stop 3\nend\n' > stop.f90
$FC $FFLAGS $LDFLAGS stop.f90 -o stop.js -sEXIT_RUNTIME
status=0
node stop.js > /dev/null 2>&1 || status=$?
test "$status" = 3
