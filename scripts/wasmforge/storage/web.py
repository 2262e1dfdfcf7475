"""Files behind a web server, for reading."""

from __future__ import annotations

import errno
import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from wasmforge.common.errors import WasmforgeError
from wasmforge.common.silence import silence_limit
from wasmforge.storage.store import Report, Version, silent

T = TypeVar("T")

_TRIES = 3
_PAUSE_S = 0.5
_BLOCK = 1 << 20
# What read() returns is kept in memory, and any server can answer.
_LARGEST_READ = 64 << 20


class WebStore:
    """address: what the names of files follow, with http:// or https://."""

    def __init__(self, address: str) -> None:
        self._address = address.rstrip("/")

    def read(self, name: str) -> Version | None:
        found = bytearray()

        def write(block: bytes) -> None:
            found.extend(block)
            if len(found) > _LARGEST_READ:
                raise WasmforgeError(f"{self._url(name)} is too large: more than {_LARGEST_READ} bytes")

        try:
            self._persist(name, found.clear, write)
        except FileNotFoundError:
            return None
        return Version(bytes(found))

    def fetch(self, name: str, target: Path, report: Report = silent) -> None:
        with target.open("wb") as out:

            def restart() -> None:
                out.seek(0)
                out.truncate()

            def write(block: bytes) -> None:
                out.write(block)
                report(out.tell())

            self._persist(name, restart, write)

    def _url(self, name: str) -> str:
        return f"{self._address}/{name}"

    def _persist(self, name: str, restart: Callable[[], None], write: Callable[[bytes], object]) -> None:
        """Read a file, again where that fails for a reason that may pass. Raises FileNotFoundError if there is none."""
        for number in range(1, _TRIES + 1):
            restart()
            try:
                return self._read(name, write)
            except _Failed as error:
                if not error.passing or number == _TRIES:
                    tried = f" (tried {number} times)" if number > 1 else ""
                    raise WasmforgeError(f"{self._url(name)} cannot be read: {error}{tried}") from error
            time.sleep(_PAUSE_S * 2 ** (number - 1))

    def _read(self, name: str, write: Callable[[bytes], object]) -> None:
        with self._open(name) as answer:
            length, done = answer.headers.get("Content-Length"), 0
            while block := _next(answer):
                done += len(block)
                write(block)
        if length and done != int(length):
            raise _Failed(f"{done} of {length} bytes came")

    def _open(self, name: str) -> http.client.HTTPResponse:
        try:
            answer: http.client.HTTPResponse = urllib.request.urlopen(self._url(name), timeout=silence_limit())
            return answer
        except urllib.error.HTTPError as error:
            if error.code in (404, 410):
                raise FileNotFoundError(errno.ENOENT, "no such file", self._url(name)) from error
            passing = error.code >= 500 or error.code in (408, 429)
            raise _Failed(f"{error.code} {error.reason}", passing) from error
        except (OSError, http.client.HTTPException) as error:
            raise _Failed(str(getattr(error, "reason", error))) from error


class _Failed(Exception):
    """A try failed. passing: whether the next one may do better."""

    def __init__(self, reason: str, passing: bool = True) -> None:
        super().__init__(reason)
        self.passing = passing


def _next(answer: http.client.HTTPResponse) -> bytes:
    try:
        return answer.read(_BLOCK)
    except (OSError, http.client.HTTPException) as error:
        raise _Failed(str(error)) from error
