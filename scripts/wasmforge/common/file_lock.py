"""Lets one run after the other do what only one may do at a time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wasmforge.common.progress import Reporter


@contextmanager
def locked_file(path: Path, waiting: str, reporter: Reporter) -> Iterator[None]:
    """Holds the lock of a file during the block. waiting: what to say if another run holds it.

    The system unlocks the file when its process ends, also if that is killed. The file stays: were it removed, two
    processes could lock two files of this name. Raises OSError if it cannot be written, and if it is a link.
    """
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            reporter.say(waiting)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)
