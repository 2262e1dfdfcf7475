#!/usr/bin/env bash
# Runs under node, through the prefix's own bin/python.
set -euo pipefail
python test_python.py
test "$(python -c 'import sys; print(sys.argv[1:])' a 'b c')" = "['a', 'b c']"
status=0; python -c 'raise SystemExit(3)' || status=$?
test "$status" = 3
