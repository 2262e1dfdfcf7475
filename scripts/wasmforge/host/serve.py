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
from collections.abc import Awaitable, Callable, Collection, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.typedefs import Handler

from wasmforge.common.errors import WasmforgeError

HOST = "127.0.0.1"

# What a browser calls this machine. Under any other name, a page of that name's owner could read what is served
# here (DNS rebinding).
OWN_NAMES = frozenset({HOST, "localhost", "::1"})

# Seconds that a connection may be idle, or take to send a request's headers.
PATIENCE = 15

# RFC 9110, section 14.1.2: one range of bytes. Others may be ignored, and are.
ONE_RANGE = re.compile(r"bytes=(?:(\d{1,18})-(\d{0,18})|-\d{1,18})", re.IGNORECASE)

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


def serve(
    directory: Path,
    port: int,
    *,
    isolated: bool = True,
    channel: Path | None = None,
    names: Collection[str] = (),
) -> None:
    """Serve `directory` until interrupted, and a channel below channel/ if one is given; print the address.

    names: hosts besides this machine's own that requests may be for, as behind a proxy.
    Raises WasmforgeError if the port is taken or one of the folders is not what it should be.
    """

    async def forever() -> None:
        runner, url = await _listen(directory, port, isolated, channel, names)
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


def start(
    directory: Path,
    port: int = 0,
    *,
    isolated: bool = True,
    channel: Path | None = None,
    names: Collection[str] = (),
) -> Server:
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
        runner, url = call(_listen(directory, port, isolated, channel, names))
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


async def _listen(
    directory: Path, port: int, isolated: bool, channel: Path | None, names: Collection[str]
) -> tuple[web.AppRunner, str]:
    application = _application(directory.resolve(), isolated, channel.resolve() if channel else None, names)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1, keepalive_timeout=PATIENCE)
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


def _application(bundle: Path, isolated: bool, channel: Path | None, names: Collection[str]) -> web.Application:
    allowed = OWN_NAMES | {name.lower() for name in names}

    @web.middleware
    async def check_host(request: web.Request, handler: Handler) -> web.StreamResponse:
        if _host_name(request.headers.getall("Host", [])) not in allowed:
            raise web.HTTPMisdirectedRequest(text="Requests for this host are not answered; see --host.\n")
        return await handler(request)

    @web.middleware
    async def isolate(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            response = await handler(request)
        except web.HTTPException as error:
            error.headers.update(ISOLATION)
            raise
        response.headers.update(ISOLATION)
        return response

    application = web.Application(middlewares=[isolate, check_host] if isolated else [check_host])
    if channel:
        application.router.add_get(f"/{CHANNEL}/{{path:.*}}", _sender(channel, "channel"))
    application.router.add_get("/{path:.*}", _sender(bundle, "bundle"))
    return application


def _sender(root: Path, what: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Sends the files of a folder."""

    async def send(request: web.Request) -> web.StreamResponse:
        path = _find(root, request.match_info["path"])
        if path is None:
            raise web.HTTPNotFound(text=f"{request.path!r} is not in this {what}.\n")
        return _File(path, headers=_headers(path))

    return send


def _find(root: Path, name: str) -> Path | None:
    """The file of a name below a folder, or its index.html; None if there is none, or a link leads outside."""
    try:
        path = (root / name.lstrip("/")).resolve(strict=True)
        if path.is_dir():
            path = (path / "index.html").resolve(strict=True)
    except (OSError, RuntimeError, ValueError):  # missing or too long; a loop of links (Python 3.11); NUL
        return None
    return path if path.is_relative_to(root) and path.is_file() else None


def _host_name(hosts: list[str]) -> str | None:
    """The name in a request's only Host header, without its port; None if that is not a host."""
    try:
        [host] = hosts
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


class _File(web.FileResponse):
    """A file, sent whole where aiohttp would refuse a range that RFC 9110 lets a server ignore."""

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        wanted = request.headers.get("Range")
        if wanted is not None and not _is_one_range(wanted):
            headers = request.headers.copy()
            del headers["Range"]
            request = request.clone(headers=headers)
        return await super().prepare(request)


def _is_one_range(wanted: str) -> bool:
    found = ONE_RANGE.fullmatch(wanted)
    return found is not None and not (found[2] and int(found[1]) > int(found[2]))


def _headers(path: Path) -> dict[str, str]:
    hashed = HASHED_NAME.search(path.name) is not None
    headers = {"Cache-Control": "public, max-age=31536000, immutable" if hashed else "no-cache"}
    content_type = CONTENT_TYPES.get(path.suffix, "application/octet-stream")
    return headers | {"Content-Type": content_type}
