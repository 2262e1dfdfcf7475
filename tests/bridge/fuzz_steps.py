"""Python's part of fuzz.mjs: one random operation on values of both languages. Runs inside the engine."""

import random

from pyodide.ffi import JsException, create_once_callable, create_proxy, to_js

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
