"""When a source was released, by the times that its archive has for its files."""

from __future__ import annotations

import tarfile
import zipfile
from calendar import timegm
from collections.abc import Iterable, Iterator
from pathlib import Path

# Times that packers write if they were told none, in seconds since 1970.
_NO_DATES = frozenset(
    {
        0,
        timegm((1980, 1, 1, 0, 0, 0)),  # the first that zip files can have
        timegm((1985, 10, 26, 8, 15, 0)),  # npm pack
        timegm((2016, 1, 1, 0, 0, 0)),  # flit and poetry
        timegm((2020, 2, 2, 0, 0, 0)),  # hatchling
    }
)

_AR_MAGIC = b"!<arch>\n"
_AR_HEADER = 60


def release_date(files: Iterable[Path]) -> int | None:
    """The newest time in the first file that has any, in seconds since 1970; None if no file does.

    Reads tar archives, zip files (wheels) and ar archives (.deb). Raises OSError.
    """
    for file in files:
        times = set(_times(file)) - _NO_DATES
        if times:
            return max(times)
    return None


def _times(path: Path) -> Iterator[int]:
    """The times of an archive's members; none for other files."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield from (timegm((*info.date_time, 0, 0, 0)) for info in archive.infolist())
    elif tarfile.is_tarfile(path):
        with tarfile.open(path) as tar:
            yield from (int(member.mtime) for member in tar)
    else:
        yield from _ar_times(path)


def _ar_times(path: Path) -> Iterator[int]:
    """The times in an ar archive: 12 digits after the name's 16 bytes; the size is in 10 bytes from the 48th."""
    with path.open("rb") as file:
        if file.read(len(_AR_MAGIC)) != _AR_MAGIC:
            return
        while len(header := file.read(_AR_HEADER)) == _AR_HEADER:
            yield int(header[16:28])
            size = int(header[48:58])
            file.seek(size + size % 2, 1)
