"""Exchanges two files or folders in one step, for which Python has no function."""

from __future__ import annotations

import ctypes
import errno
import os
from functools import cache
from pathlib import Path
from typing import Any

# Of Linux.
_FOLDER_OF_PROCESS = -100
_EXCHANGE = 2
# What a file system that cannot do it answers.
_UNABLE = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EXDEV}


def exchange(one: Path, other: Path) -> bool:
    """Each takes the other's name. False where the system cannot do it; raises OSError as a rename does."""
    rename = _renameat2()
    if rename is None:
        return False
    if rename(_FOLDER_OF_PROCESS, os.fsencode(one), _FOLDER_OF_PROCESS, os.fsencode(other), _EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in _UNABLE:
        return False
    raise OSError(code, os.strerror(code), str(one), None, str(other))


@cache
def _renameat2() -> Any:
    """The C library's function; None where it has none."""
    return getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
