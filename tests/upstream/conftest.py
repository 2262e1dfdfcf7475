"""Lets the tests import suites.py, which lies next to them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
