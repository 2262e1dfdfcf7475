"""Python's part of fuzz.mjs: one random operation on values of both languages. Runs inside the engine."""

import asyncio
import copy
import random

from pyodide.ffi import JsException, create_once_callable, create_proxy, run_sync, to_js

NAMES = ["length", "push", "get", "pop", "then", "x", "constructor", "toString", "size", "next", "keys", "__class__"]


def _call_with_callback(x, y):
    return x(lambda *args: y)


def _raise(x, y):
    raise x if isinstance(x, BaseException) else ValueError(x)


def _assign(x, y):
    x.x = y


def _set_item(x, y):
    x[y] = 1


def _delete_item(x, y):
    del x[0]


def _extend(x, y):
    x.extend([y, y])


def _slice(x, y):
    x[1:] = [y]


def _proxy(x, y):
    proxy = create_proxy(x)
    try:
        return proxy.toString()
    finally:
        proxy.destroy()


def _memory(x, y):
    view = memoryview(x.to_py())
    y()
    return bytes(view[:4])


def _await(x, y):
    return asyncio.ensure_future(_awaited(x))


async def _awaited(x):
    try:
        async for each in await x:
            return each
    except Exception as error:
        return str(error)


def _with(x, y):
    with x as entered:
        return y(entered)


def _unpack(x, y):
    return {**x}, [*y]


def _match(x, y):
    match x:
        case [first, *_]:
            return first
        case {"x": value}:
            return value
        case y.new():
            return y


OPERATIONS = [
    lambda x, y: getattr(x, random.choice(NAMES)),
    lambda x, y: x(y),
    lambda x, y: x(y, key=x),
    lambda x, y: x.new(y),
    lambda x, y: x[y],
    lambda x, y: x[0],
    lambda x, y: list(zip(x, range(5), strict=False)),
    lambda x, y: next(x),
    lambda x, y: y in x,
    lambda x, y: len(x),
    lambda x, y: x == y,
    lambda x, y: bool(x),
    lambda x, y: repr(x),
    lambda x, y: dir(x),
    lambda x, y: x.to_py(depth=3),
    lambda x, y: to_js(x, depth=3),
    lambda x, y: to_js([x, {"y": y}], depth=2),
    lambda x, y: create_once_callable(x),
    lambda x, y: x.js_id,
    lambda x, y: x.as_object_map(),
    lambda x, y: x.as_py_json(),
    lambda x, y: bytes(x.to_py()),
    lambda x, y: x.assign(y),
    lambda x, y: x.send(y),
    lambda x, y: isinstance(x, JsException),
    lambda x, y: sorted(x, key=y),
    lambda x, y: x.to_bytes(),
    lambda x, y: x.to_memoryview()[0],
    lambda x, y: x.to_string(),
    lambda x, y: x.assign_to(y),
    lambda x, y: x.from_file(y),
    lambda x, y: x.new(x, y, {"get": y}),
    lambda x, y: list(x),
    lambda x, y: dict(x),
    lambda x, y: set(x.keys()) | set(y.items()),
    lambda x, y: hash(x) == hash(y),
    lambda x, y: isinstance(x, y),
    lambda x, y: str(x) + format(y),
    lambda x, y: x + y,
    lambda x, y: x < y,
    lambda x, y: int(x) + float(y),
    lambda x, y: reversed(x),
    lambda x, y: copy.copy(x),
    lambda x, y: x.throw(y),
    lambda x, y: x.close(),
    lambda x, y: x.then(y, y),
    lambda x, y: x.finally_(y),
    lambda x, y: x.catch(y),
    lambda x, y: run_sync(x),
    lambda x, y: to_js([x, y], default_converter=y),
    lambda x, y: x.to_py(default_converter=y),
    lambda x, y: to_js({"a": x}, dict_converter=y),
    lambda x, y: x.insert(0, y),
    lambda x, y: x.index(y),
    lambda x, y: x.reverse(),
    lambda x, y: x.update(y),
    lambda x, y: x.setdefault("k", y),
    lambda x, y: x.typeof + x.constructor.name,
    _memory,
    _await,
    _with,
    _unpack,
    _match,
    _call_with_callback,
    _raise,
    _assign,
    _set_item,
    _delete_item,
    _extend,
    _slice,
    _proxy,
]


def step(seed, values):
    """One operation, on two of the values."""
    random.seed(seed)
    operation = random.choice(OPERATIONS)
    return operation(values[random.randrange(len(values))], values[random.randrange(len(values))])
