"""The asynchronous side of JsProxy, called by core/jsproxy_async.c."""

from __future__ import annotations

import asyncio
from typing import Any

from _pyodide_core import JsProxy

from .webloop import PyodideFuture, run_sync


def new_future(promise: JsProxy) -> PyodideFuture:
    """A future for the outcome of promise."""
    return asyncio.get_event_loop().create_future()


def set_result(future: asyncio.Future, value: Any) -> None:
    if not future.done():
        future.set_result(value)


def set_exception(future: asyncio.Future, error: BaseException) -> None:
    if not future.done():
        future.set_exception(error)


async def aclose(generator: JsProxy, ended: asyncio.Future) -> None:
    """Wait for the step that ends the generator."""
    try:
        await ended
    except StopAsyncIteration:
        return
    raise RuntimeError("JavaScript generator ignored return")


async def aenter(resource: JsProxy) -> JsProxy:
    return resource


def syncify(promise: JsProxy) -> Any:
    """The promise's value, without await."""
    return run_sync(promise)
