"""Keeps compressed files in the user's cache, so that each content is compressed once on a machine."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from contextlib import suppress
from pathlib import Path

from wasmforge.common.errors import UsageError
from wasmforge.common.replacing import new_file

LIMIT_VARIABLE = "WASMFORGE_COMPRESSED_MB"
_DEFAULT_LIMIT_MB = 2000
# Bytes of the disk that the cache leaves to others, such as the bundle that is being written.
_KEEP_FREE = 500_000_000
_CHECK_LENGTH = hashlib.sha256().digest_size


def read_limit() -> int:
    """The bytes that the cache may take. Raises UsageError for a variable that is no number."""
    given = os.environ.get(LIMIT_VARIABLE) or str(_DEFAULT_LIMIT_MB)
    if not given.isascii() or not given.isdigit():
        raise UsageError(f"{LIMIT_VARIABLE} is {given!r}: give the size of the cache in MB, or 0 for none")
    return int(given) * 1_000_000


class CompressedCache:
    """A folder of entries, each a checksum and what it is of. Runs can share it at the same time.

    limit: the bytes that `trim` leaves. problem: why nothing more is kept, after the first entry that could not be.
    """

    def __init__(self, folder: Path, limit: int) -> None:
        self.folder = folder
        self.problem: OSError | None = None
        self._limit = limit

    def get(self, content: str, method: str) -> bytes | None:
        """What the method made of the content with this sha256; None where that is not kept, or damaged."""
        place = self._place(content, method)
        try:
            entry = place.read_bytes()
        except OSError:
            return None
        check, data = entry[:_CHECK_LENGTH], entry[_CHECK_LENGTH:]
        if check != _check(place.name, data):
            return None
        with suppress(OSError):
            os.utime(place)  # `trim` removes what was not used for longest
        return data

    def put(self, content: str, method: str, data: bytes) -> None:
        """Keep what the method made of a content. A failure is noted in `problem`, for nothing depends on the cache."""
        if self.problem or len(data) + _CHECK_LENGTH > self._limit:
            return
        place = self._place(content, method)
        try:
            self._check_disk()
            with new_file(place) as draft:
                draft.write_bytes(_check(place.name, data) + data)
        except OSError as error:
            self.problem = error

    def trim(self) -> None:
        """Remove the entries that were not used for longest, until the rest is within the limit."""
        files = []
        # Drafts are files here, too: those of a killed run go in their turn. Another run may remove any meanwhile.
        for place, _, names in os.walk(self.folder):
            for path in (Path(place, name) for name in names):
                with suppress(OSError):
                    status = path.lstat()
                    files.append((status.st_mtime_ns, status.st_size, path))
        excess = sum(size for _, size, _ in files) - self._limit
        for _, size, path in sorted(files):
            if excess <= 0:
                break
            with suppress(OSError):
                path.unlink()
            excess -= size

    def _place(self, content: str, method: str) -> Path:
        key = hashlib.sha256(f"{content} {method}".encode()).hexdigest()
        return self.folder / key[:2] / key

    def _check_disk(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(self.folder).free < _KEEP_FREE:
            raise OSError(errno.ENOSPC, "the disk is almost full", str(self.folder))


def _check(key: str, data: bytes) -> bytes:
    """Of the key, too: an entry in another's place is as wrong as a damaged one."""
    digest = hashlib.sha256(key.encode())
    digest.update(data)
    return digest.digest()
