"""Requests to channels: they end when nothing comes, and are tried again with longer and longer pauses.

rattler's own limit is on the time of a whole request, which says nothing of a large file. Of packages it tries again
only what fails before the first byte, of indexes only what breaks off. So its client is used without both.
"""

from __future__ import annotations

import asyncio
import os
import re
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from urllib.request import getproxies

from rattler.networking import (
    AuthenticationMiddleware,
    Client,
    GCSMiddleware,
    OciMiddleware,
    S3Middleware,
)

from wasmforge.common.silence import VARIABLE, silence_limit

T = TypeVar("T")

_TRIES = 4
_PAUSE_S = 0.5

# What may be otherwise a moment later: no connection, one that broke, and a server with trouble of its own.
_PASSING = re.compile(
    r"HTTP status server error|\((?:408|429) |error sending request|error decoding response body|reading a body"
    r"|connection (?:closed|reset)|timed out",
    re.IGNORECASE,
)
# rattler tries these again itself: an index that broke off.
_TRIED = "failed to download"
_NO_CONNECTION = re.compile(r"error sending request for url \((.*)\)$")
_FULL = re.compile(r"os error (28|122)\b")


class FetchError(Exception):
    """A request failed for good. The message is the cause, in one line, with what to do about it."""


def make_client() -> Client:
    """A client with the user's passwords and tokens, as rattler keeps them."""
    return Client([AuthenticationMiddleware(), OciMiddleware(), GCSMiddleware(), S3Middleware()])


async def persist(request: Callable[[], Awaitable[T]], activity: Callable[[], object]) -> T:
    """The result of a request, which is made again where it fails for a reason that may pass, or where it stalls.

    activity: something that changes with every byte that comes. Raises FetchError, and OSError for a full disk.
    """
    limit = silence_limit()
    for number in range(1, _TRIES + 1):
        try:
            return await _ended_by_silence(request(), activity, limit)
        except Exception as error:  # rattler's errors have no common class
            text = str(error)
            raise_if_full(error)
            passing = isinstance(error, _Stalled) or (_PASSING.search(text) and not text.startswith(_TRIED))
            if not passing or number == _TRIES:
                tried = f" (tried {number} times)" if number > 1 else ""
                raise FetchError(await asyncio.to_thread(_explain, text) + tried) from error
        await asyncio.sleep(_PAUSE_S * 2 ** (number - 1))
    raise AssertionError


class _Stalled(Exception):
    pass


async def _ended_by_silence(request: Awaitable[T], activity: Callable[[], object], limit: float) -> T:
    task = asyncio.ensure_future(request)
    clock = asyncio.get_running_loop().time
    seen, since = activity(), clock()
    try:
        while not task.done():
            await asyncio.wait([task], timeout=min(1, limit / 5))
            if (now := activity()) != seen:
                seen, since = now, clock()
            elif clock() - since > limit and not task.done():
                raise _Stalled(f"nothing came for {limit:g} s; {VARIABLE} sets how many are waited")
        return task.result()
    finally:
        task.cancel()


def _explain(text: str) -> str:
    """The causes in one line, with the one that rattler leaves out, and what to do."""
    cause = ": ".join(line.removeprefix("Caused by: ").strip() for line in text.splitlines() if line.strip())
    if found := _NO_CONNECTION.search(cause):
        cause += _no_connection(found.group(1))
    if re.search(r"\(40[13] ", cause):
        cause += "; the server lets nobody in without the right password or token: log in with rattler or pixi"
    return cause


def _no_connection(url: str) -> str:
    """Why there is no connection to a server, as far as this machine can tell."""
    address = urlsplit(url)
    if not address.hostname or getproxies().get(address.scheme):
        return ""
    try:
        port = address.port or {"https": 443}.get(address.scheme, 80)
        socket.create_connection((address.hostname, port), timeout=min(5, silence_limit())).close()
    except (OSError, ValueError) as error:
        return f": {error.strerror or error}" if isinstance(error, OSError) else f": {error}"
    return ": the server ended the connection" if address.scheme == "http" else ": no secure connection could be made"


def raise_if_full(error: Exception, place: Path | None = None) -> None:
    """Raises OSError if rattler's error is that a disk is full, be it of bytes or of files."""
    if found := _FULL.search(str(error)):
        code = int(found.group(1))
        raise OSError(code, os.strerror(code), *([str(place)] if place else [])) from error
