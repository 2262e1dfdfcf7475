"""Lets one run after the other do what only one may do at a time."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wasmforge.common.progress import Reporter


@contextmanager
def locked_file(path: Path, waiting: str, reporter: Reporter) -> Iterator[None]:
    """Holds the lock of a file during the block. waiting: what to say if another run holds it.

    The system unlocks the file when its process ends, also if that is killed. The file stays: were it removed, two
    processes could lock two files of this name. Raises OSError if it cannot be written.
    """
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            reporter.say(waiting)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
