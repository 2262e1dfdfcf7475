"""JavaScript objects in Python: their classes, jsnull, and conversions to JavaScript.

An object's classes depend on its protocols: `isinstance(x, JsArray)` tests for those of an array. Types for checkers
are in __init__.pyi.
"""

from types import GenericAlias

from _pyodide_core import (
    ConversionError,
    JsBigInt,
    JsException,
    JsNull,
    JsProxy,
    create_once_callable,
    create_proxy,
    destroy_proxies,
    js_flags,
    jsnull,
    jsproxy_class,
    to_js,
)
from _wasmforge_loop import can_run_sync

from _wasmforge_modules import register_js_module, unregister_js_module

IN_PYODIDE = True

# Public class -> the flags that its objects have, its docstring.
_CLASSES = {
    "JsArray": (["IS_SEQUENCE"], "A JavaScript array, or an object that can be indexed like one: a sequence."),
    "JsTypedArray": (["IS_TYPEDARRAY"], "A typed array, such as Uint8Array."),
    "JsBuffer": (["IS_BUFFER"], "An ArrayBuffer, a typed array or a DataView."),
    "JsMap": (["IS_MAPPING"], "An object with get(), a size and an iterator: a mapping."),
    "JsMutableMap": (["IS_MUTABLE_MAPPING"], "A mapping that also has set() and delete(), such as a Map."),
    "JsCallable": (["IS_CALLABLE"], "A JavaScript function or class."),
    "JsOnceCallable": (["IS_CALLABLE"], "What create_once_callable returns; destroy() releases it uncalled."),
    "JsDoubleProxy": (["IS_DOUBLE_PROXY"], "What create_proxy returns: a PyProxy that Python holds."),
    "JsCallableDoubleProxy": (["IS_DOUBLE_PROXY", "IS_CALLABLE"], "A JsDoubleProxy of something callable."),
    "JsIterable": (["IS_ITERABLE"], "An object with [Symbol.iterator]()."),
    "JsIterator": (["IS_ITERATOR"], "An object with next()."),
    "JsGenerator": (["IS_GENERATOR"], "What a generator function returns."),
    "JsAsyncIterable": (["IS_ASYNC_ITERABLE"], "An object with [Symbol.asyncIterator]()."),
    "JsAsyncIterator": (["IS_ASYNC_ITERATOR"], "An object with a next() that returns a promise."),
    "JsAsyncGenerator": (["IS_ASYNC_GENERATOR"], "What an async generator function returns."),
    "JsPromise": (["IS_AWAITABLE"], "A promise, or another object with then()."),
    "JsDomElement": ([], "An element of a page."),
    "JsFetchResponse": ([], "What fetch() resolves to."),
    "JsWeakRef": ([], "What to_weakref() returns."),
}


def _make_class(name: str, flags: list[str], doc: str) -> type:
    cls = jsproxy_class(f"{__name__}.{name}", sum(js_flags[flag] for flag in flags))
    type.__setattr__(cls, "__doc__", doc)
    type.__setattr__(cls, "__class_getitem__", classmethod(GenericAlias))
    return cls


for _name, (_flags, _doc) in _CLASSES.items():
    globals()[_name] = _make_class(_name, _flags, _doc)


class InternalError(Exception):
    """A bug in the bridge itself."""

    __module__ = __name__


class ToJsConverter:
    """The type of to_js's default_converter and eager_converter, for type checkers: see __init__.pyi."""


def __getattr__(name: str) -> object:
    if name == "run_sync":  # it needs asyncio, whose import takes long
        from pyodide.webloop import run_sync

        return globals().setdefault(name, run_sync)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    *_CLASSES,
    "ConversionError",
    "IN_PYODIDE",
    "InternalError",
    "JsBigInt",
    "JsException",
    "JsNull",
    "JsProxy",
    "ToJsConverter",
    "can_run_sync",
    "create_once_callable",
    "create_proxy",
    "destroy_proxies",
    "jsnull",
    "register_js_module",
    "run_sync",
    "to_js",
    "unregister_js_module",
]
