"""Lets `python -m wasmforge` do what the `wasmforge` command does."""

from __future__ import annotations

import os
import signal


def main() -> None:
    """Runs the command line; Ctrl-C while its modules are imported ends with a line and 130, as of any command."""
    ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    if not ignored:
        signal.signal(signal.SIGINT, _end)
    from wasmforge import cli

    if not ignored:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    cli.main()


def _end(*_: object) -> None:
    os.write(2, b"interrupted\n")
    os._exit(130)


if __name__ == "__main__":
    main()
