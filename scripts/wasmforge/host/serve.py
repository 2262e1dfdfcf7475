"""Serves a bundle on 127.0.0.1 as a good static host would.

The pages are cross-origin isolated (SharedArrayBuffer, so that a running program can be interrupted);
clients that accept them get the precompressed ``.br`` and ``.gz`` files; files with a hash in their
name may be cached for ever, all others must be revalidated. A channel that a page installs packages
from can be served beside the bundle.
"""

from __future__ import annotations

import asyncio
import errno
import re
import threading
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from wasmforge.common.errors import WasmforgeError

HOST = "127.0.0.1"

# Where a channel is served, below the bundle's address.
CHANNEL = "channel"

ISOLATION = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}

# Browsers insist on these types; Python's own table differs between versions and machines.
CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
}

# name-<hex hash>.ext, with one or more extensions
HASHED_NAME = re.compile(r"-[0-9a-f]{8,64}(\.[a-z0-9]+)+$")


@dataclass(frozen=True)
class Server:
    """A running server; `close` ends it and frees the port."""

    url: str
    _stop: Callable[[], None]

    def close(self) -> None:
        self._stop()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def serve(directory: Path, port: int, *, isolated: bool = True, channel: Path | None = None) -> None:
    """Serve `directory` until interrupted, and a channel below channel/ if one is given; print the address.

    Raises WasmforgeError if the port is taken or one of the folders is not what it should be.
    """

    async def forever() -> None:
        runner, url = await _listen(directory, port, isolated, channel)
        also = f", and {channel} at {url}{CHANNEL}/" if channel else ""
        print(f"Serving {directory} at {url}{also} (Ctrl-C ends)", flush=True)
        try:
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()

    _check_bundle(directory)
    _check_channel(channel)
    try:
        asyncio.run(forever())
    except KeyboardInterrupt:
        print()


def start(directory: Path, port: int = 0, *, isolated: bool = True, channel: Path | None = None) -> Server:
    """Serve as `serve` does, from a background thread; port 0 takes a free one. Raises like `serve`."""
    _check_bundle(directory)
    _check_channel(channel)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="wasmforge-serve", daemon=True)
    thread.start()

    def call(work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result()

    def end() -> None:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()

    try:
        runner, url = call(_listen(directory, port, isolated, channel))
    except BaseException:
        end()
        raise

    def stop() -> None:
        call(runner.cleanup())
        end()

    return Server(url, stop)


def _check_bundle(directory: Path) -> None:
    if not (directory / "manifest.json").is_file():
        raise WasmforgeError(
            f"{directory} is not a bundle: it has no manifest.json. "
            f"Make one with: wasmforge bundle PREFIX -o {directory}"
        )


def _check_channel(folder: Path | None) -> None:
    if folder and not any(folder.glob("*/repodata.json")):
        raise WasmforgeError(f"{folder} is not a channel: none of its folders has a repodata.json")


async def _listen(directory: Path, port: int, isolated: bool, channel: Path | None) -> tuple[web.AppRunner, str]:
    application = _application(directory.resolve(), isolated, channel.resolve() if channel else None)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, port).start()
    except OSError as error:
        await runner.cleanup()
        if error.errno == errno.EADDRINUSE:
            raise WasmforgeError(f"Port {port} is taken by another program. Choose one with --port.") from error
        raise WasmforgeError(f"Cannot listen on {HOST}:{port}: {error.strerror}.") from error
    bound: int = runner.addresses[0][1]
    return runner, f"http://{HOST}:{bound}/"


def _application(bundle: Path, isolated: bool, channel: Path | None) -> web.Application:

    @web.middleware
    async def isolate(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            response = await handler(request)
        except web.HTTPException as error:
            error.headers.update(ISOLATION)
            raise
        response.headers.update(ISOLATION)
        return response

    application = web.Application(middlewares=[isolate] if isolated else [])
    if channel:
        application.router.add_get(f"/{CHANNEL}/{{path:.*}}", _sender(channel, "channel"))
    application.router.add_get("/{path:.*}", _sender(bundle, "bundle"))
    return application


def _sender(root: Path, what: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Sends the files of a folder."""

    async def send(request: web.Request) -> web.StreamResponse:
        path = (root / request.match_info["path"]).resolve()
        if path.is_dir():
            path /= "index.html"
        if not path.is_relative_to(root) or not path.is_file():
            raise web.HTTPNotFound(text=f"{request.path} is not in this {what}.\n")
        return web.FileResponse(path, headers=_headers(path))

    return send


def _headers(path: Path) -> dict[str, str]:
    hashed = HASHED_NAME.search(path.name) is not None
    headers = {"Cache-Control": "public, max-age=31536000, immutable" if hashed else "no-cache"}
    content_type = CONTENT_TYPES.get(path.suffix, "application/octet-stream")
    return headers | {"Content-Type": content_type}
