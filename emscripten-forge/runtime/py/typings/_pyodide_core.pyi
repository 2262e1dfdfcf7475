"""The bridge's module, core/ffi_module.c. pyodide.ffi has its public names."""

from typing import Literal

from pyodide.ffi import (
    ConversionError,
    JsBigInt,
    JsException,
    JsNull,
    JsProxy,
    create_once_callable,
    create_proxy,
    destroy_proxies,
    jsnull,
    to_js,
)

__all__ = [
    "ConversionError",
    "JsBigInt",
    "JsException",
    "JsNull",
    "JsProxy",
    "create_once_callable",
    "create_proxy",
    "destroy_proxies",
    "js_flags",
    "jsnull",
    "jsproxy_class",
    "kind_of",
    "to_js",
]

js_flags: dict[str, int]

def jsproxy_class(name: str, flags: int, /) -> type[JsProxy]: ...
def kind_of(obj: JsProxy, /) -> Literal["list", "dict", "map", "set", "buffer"] | None: ...
