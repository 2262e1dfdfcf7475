"""Temporary folders that the next run removes where a killed one could not.

The process that makes a folder holds a lock on it (flock), which ends with the process, however that ends. So whoever
gets the lock of a folder knows that its owner is dead.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

_SUFFIX = ".wasmforge-part"


@contextmanager
def temporary_folder(parent: Path | None = None, prefix: str = "tmp-") -> Iterator[Path]:
    """A new folder, removed at the end of the block. parent: where it lies; default: the system's folder for these."""
    place = Path(tempfile.gettempdir() if parent is None else parent)
    _remove_dead_once(place)
    while True:
        made = tempfile.TemporaryDirectory(dir=place, prefix=prefix, suffix=_SUFFIX, ignore_cleanup_errors=True)
        lock = _lock(made.name, fcntl.LOCK_EX)
        try:
            # Another run can take it for a dead one's before the lock is held.
            if os.path.isdir(made.name):
                yield Path(made.name)
                return
        finally:
            _remove(made)
            if lock is not None:
                os.close(lock)


def _remove(folder: tempfile.TemporaryDirectory[str]) -> None:
    """Removes a folder in which threads may still write what an interrupt did not let them end."""
    for pause in (0.0, 0.1, 0.2, 0.5, 1.0, 2.0):
        time.sleep(pause)
        folder.cleanup()
        if not os.path.exists(folder.name):
            break


def remove_dead(parent: Path) -> None:
    """Removes the temporary folders of dead runs from a folder."""
    try:
        found = [entry.path for entry in os.scandir(parent) if entry.name.endswith(_SUFFIX)]
    except OSError:
        return
    for path in found:
        lock = _lock(path, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if lock is None:
            continue
        try:
            # Others can make such names in a folder for everyone.
            if os.fstat(lock).st_uid == os.geteuid():
                shutil.rmtree(path, ignore_errors=True)
        finally:
            os.close(lock)


# Some folders get thousands of files.
_remove_dead_once = cache(remove_dead)


def _lock(path: str, how: int) -> int | None:
    """A descriptor that holds the folder's lock; None where another has it, and where there is no folder or no lock."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, how)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor
