"""A slow network: a proxy on 127.0.0.1 that limits what all its connections receive together, and delays it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager, suppress
from urllib.parse import urlsplit

CHUNK = 16 << 10


@contextmanager
def slowed(url: str, rate: float, latency: float) -> Iterator[str]:
    """The address of `url`'s server through a network of `rate` bytes a second.

    latency: seconds from a request to the first byte of its answer, and those that opening a connection takes.
    """
    link = _Link(urlsplit(url).port or 80, rate, latency)
    started: Future[tuple[int, Callable[[], None]]] = Future()

    async def serve() -> None:
        loop, stopped = asyncio.get_running_loop(), asyncio.Event()
        async with await asyncio.start_server(link.connect, "127.0.0.1", 0) as server:
            started.set_result((server.sockets[0].getsockname()[1], lambda: loop.call_soon_threadsafe(stopped.set)))
            await stopped.wait()

    # What is on its way when this ends is cancelled by asyncio.run.
    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="slow network", daemon=True)
    thread.start()
    port, stop = started.result()
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        stop()
        thread.join()


class _Link:
    def __init__(self, port: int, rate: float, latency: float) -> None:
        self._port = port
        self._rate = rate
        self._latency = latency
        self._free = 0.0  # when the last byte that was let through has passed, in the loop's time

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Cancelled only at the end, when asyncio would tell of each connection that it was.
        with suppress(ConnectionError, asyncio.CancelledError), closing(writer):
            await asyncio.sleep(self._latency)
            answers, requests = await asyncio.open_connection("127.0.0.1", self._port)
            with closing(requests):
                await asyncio.gather(self._ask(reader, requests), self._answer(answers, writer))

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Each piece is on its way for the latency, while the next ones come in."""
        pieces: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(16)
        arriving = asyncio.ensure_future(self._arrive(pieces, writer))
        while data := await reader.read(CHUNK):
            await pieces.put((asyncio.get_running_loop().time() + self._latency, data))
        await pieces.put((0, b""))
        await arriving

    async def _arrive(self, pieces: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        while (piece := await pieces.get())[1]:
            at, data = piece
            self._free = max(self._free, at) + len(data) / self._rate
            await asyncio.sleep(self._free - loop.time())
            writer.write(data)
            await writer.drain()
        writer.close()
