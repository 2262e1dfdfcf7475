"""A static host of a bundle that fails where a test says so, and counts what it sends."""

from __future__ import annotations

import asyncio
import hashlib
import re
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from wasmforge.host.serve import CONTENT_TYPES, HASHED_NAME, HOST, ISOLATION

CHUNK = 1 << 15


@dataclass(frozen=True)
class Status:
    """An answer without the file."""

    code: int


@dataclass(frozen=True)
class Break:
    """
    The connection is closed after so many bytes of those that were announced, and a pause in seconds: of bytes that a
    page has not read by then, the browser tells it nothing.
    """

    after: int
    pause: float = 0


@dataclass(frozen=True)
class Truncate:
    """A complete answer with no more than so many bytes."""

    size: int


@dataclass(frozen=True)
class Change:
    """A byte in the middle is another."""


@dataclass(frozen=True)
class Slow:
    """So many bytes a second."""

    rate: int


Fault = Status | Break | Truncate | Change | Slow


@dataclass
class Request:
    """What was asked for and what was sent: status and the bytes of the body, compressed if that was sent."""

    file: str
    range: str | None
    status: int = 0
    sent: int = 0


@dataclass
class FlakyHost:
    """Serves a folder with `start`; the attributes may be changed at any time."""

    folder: Path
    url: str = ""
    # The status of answers to requests for a part of a file: 200 sends the whole, 416 nothing.
    range_status: int = 206
    # The page that a captive portal answers every request with.
    portal: str | None = None
    requests: list[Request] = field(default_factory=list)
    _faults: dict[str, list[Fault]] = field(default_factory=dict)
    _lasting: dict[str, Fault] = field(default_factory=dict)

    def fail_once(self, file: str, *faults: Fault) -> None:
        """Meet the next requests for a file with these faults, one each."""
        self._faults.setdefault(file, []).extend(faults)

    def fail_always(self, file: str, fault: Fault) -> None:
        """Until `mend`."""
        self._lasting[file] = fault

    def mend(self) -> None:
        self._faults.clear()
        self._lasting.clear()

    def of(self, file: str) -> list[Request]:
        return [request for request in self.requests if request.file == file]

    @property
    def sent(self) -> int:
        return sum(request.sent for request in self.requests)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        file = request.match_info["path"] or "index.html"
        record = Request(file, request.headers.get("Range"))
        self.requests.append(record)
        if self.portal is not None:
            record.status = 200
            return web.Response(text=self.portal, content_type="text/html")
        fault = Status(416) if record.range and self.range_status == 416 else self._next_fault(file)
        path = (self.folder / file).resolve()
        if isinstance(fault, Status) or not path.is_relative_to(self.folder) or not path.is_file():
            record.status = fault.code if isinstance(fault, Status) else 404
            return web.Response(status=record.status, headers=ISOLATION | {"Cache-Control": "no-store"})
        sent, headers = _choose(path, request.headers.get("Accept-Encoding", ""))
        body = sent.read_bytes()
        headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if fault is None and request.headers.get("If-None-Match") == headers["ETag"]:
            record.status = 304
            return web.Response(status=304, headers=headers)
        record.status, body = _in_range(record.range if self.range_status == 206 else None, body, headers)
        response = web.StreamResponse(status=record.status, headers=headers)
        await self._send(request, response, record, body, fault)
        return response

    def _next_fault(self, file: str) -> Fault | None:
        left = self._faults.get(file)
        return left.pop(0) if left else self._lasting.get(file)

    async def _send(
        self, request: web.Request, response: web.StreamResponse, record: Request, body: bytes, fault: Fault | None
    ) -> None:
        if isinstance(fault, Truncate):
            body = body[: fault.size]
        if isinstance(fault, Change):
            middle = len(body) // 2
            body = body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :]
        response.content_length = len(body)
        end = min(fault.after, len(body)) if isinstance(fault, Break) else len(body)
        size = fault.rate // 10 if isinstance(fault, Slow) else CHUNK
        with suppress(ConnectionError):  # the page has given up
            await response.prepare(request)
            for start in range(0, end, size):
                await response.write(body[start : min(start + size, end)])
                record.sent += min(size, end - start)
                if isinstance(fault, Slow):
                    await asyncio.sleep(0.1)
            if end == len(body):
                await response.write_eof()
            elif isinstance(fault, Break) and request.transport:
                await asyncio.sleep(fault.pause)
                request.transport.close()


def _choose(path: Path, accepted: str) -> tuple[Path, dict[str, str]]:
    """The file to send in place of this, compressed if it is there so and the browser takes that; its headers."""
    headers = {
        "Content-Type": CONTENT_TYPES.get(path.suffix, "application/octet-stream"),
        "Cache-Control": "public, max-age=31536000, immutable" if HASHED_NAME.search(path.name) else "no-cache",
        "Accept-Ranges": "bytes",
        "Vary": "Accept-Encoding",
        **ISOLATION,
    }
    compressed = path.with_name(path.name + ".br")
    if "br" in accepted and compressed.is_file():
        return compressed, headers | {"Content-Encoding": "br"}
    return path, headers


def _in_range(wanted: str | None, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    found = re.fullmatch(r"bytes=(\d+)-(\d*)", wanted or "")
    if not found:
        return 200, body
    first, last = int(found[1]), min(int(found[2] or len(body)), len(body) - 1)
    headers["Content-Range"] = f"bytes {first}-{last}/{len(body)}"
    return 206, body[first : last + 1]


@contextmanager
def flaky_host(folder: Path) -> Iterator[FlakyHost]:
    """Serves a bundle from a thread of its own."""
    host = FlakyHost(folder.resolve())
    with _thread() as call:
        runner, host.url = call(_listen(host.answer))
        try:
            yield host
        finally:
            call(runner.cleanup())


@contextmanager
def _thread() -> Iterator[Callable[[Coroutine[Any, Any, Any]], Any]]:
    """A function that runs coroutines in another thread and gives their results."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="flaky-host", daemon=True)
    thread.start()
    try:
        yield lambda work: asyncio.run_coroutine_threadsafe(work, loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _listen(answer: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> tuple[web.AppRunner, str]:
    application = web.Application()
    application.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0).start()
    return runner, f"http://{HOST}:{runner.addresses[0][1]}/"
