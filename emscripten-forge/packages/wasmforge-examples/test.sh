#!/usr/bin/env bash
# bin/python of the prefix runs Python under node.
set -euo pipefail
python test_examples.py
