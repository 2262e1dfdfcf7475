#!/usr/bin/env bash
# Runs under node, through the prefix's own bin/python.
set -euo pipefail
python test_examples.py
