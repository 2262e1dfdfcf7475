"""Lets `scripts/demo` start the demo by `python -m wasmforge.demo`."""

import os
import sys

from wasmforge.demo.demo import main

if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # The interpreter's own exit can crash once py-rattler was in use.
    os._exit(code)
