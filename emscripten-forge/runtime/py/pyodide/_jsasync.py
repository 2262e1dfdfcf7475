"""The asynchronous side of JsProxy, called by core/jsproxy_async.c."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from .ffi import JsPromise, JsProxy

from .webloop import run_sync

Result = TypeVar("Result")


def new_future(promise: JsProxy) -> asyncio.Future[Any]:
    """A future for the outcome of promise."""
    return asyncio.get_event_loop().create_future()


def set_result(future: asyncio.Future[Any], value: Any) -> None:
    if not future.done():
        future.set_result(value)


def set_exception(future: asyncio.Future[Any], error: BaseException) -> None:
    if not future.done():
        future.set_exception(error)


async def aclose(generator: JsProxy, ended: asyncio.Future[Any]) -> None:
    """Wait for the step that ends the generator. Raises RuntimeError if it yields instead."""
    try:
        await ended
    except StopAsyncIteration:
        return
    raise RuntimeError("JavaScript generator ignored return")


async def aenter(resource: JsProxy) -> JsProxy:
    return resource


def syncify(promise: JsPromise[Result]) -> Result:
    """The promise's value, without await."""
    return run_sync(promise)
