#!/usr/bin/env bash
# Runs under node, through the prefix's own bin/python. One of the tests fails, and pytest says why.
set -euo pipefail
status=0
report=$(python -m pytest -q -p no:cacheprovider test_sample.py) || status=$?
echo "$report"
[[ $status == 1 && $report == *"At index 1 diff: 2 != 3"* && $report == *"1 failed, 2 passed"* ]]
