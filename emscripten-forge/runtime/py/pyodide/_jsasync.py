"""The asynchronous side of JsProxy, called by core/jsproxy_async.c."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from .ffi import JsProxy
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


async def asend(iterator: JsProxy, value: Any = None) -> Any:
    """The next value."""
    return _value_of(await iterator.next(value))


async def athrow(generator: JsProxy, error: Any, value: Any = None, traceback: Any = None) -> Any:
    """The next value after an error was raised in the generator; error may be a class, as for Python's own."""
    if isinstance(error, type):
        error = value if isinstance(value, error) else error() if value is None else error(value)
    return _value_of(await getattr(generator, "throw")(error))


async def aclose(generator: JsProxy) -> None:
    """End the generator."""
    await getattr(generator, "return")()


def _value_of(step: Any) -> Any:
    if step.done:
        raise StopAsyncIteration
    return step.value


async def aenter(resource: JsProxy) -> JsProxy:
    return resource


def syncify(promise: JsProxy) -> Any:
    """The promise's value, without await."""
    return run_sync(promise)
