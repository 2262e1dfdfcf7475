"""Lets `python -m wasmforge` do what the `wasmforge` command does."""

from wasmforge.cli import main

if __name__ == "__main__":
    main()
