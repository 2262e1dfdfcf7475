"""JsProxy.to_py with the caller's converter. Without one, core/to_py.c converts a structure at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, cast

from _pyodide_core import ConversionError, JsProxy, jsnull, kind_of

if TYPE_CHECKING:
    from . import JsArray

Converter = Callable[[JsProxy, Callable[[object], object], Callable[[JsProxy, object], None]], object]


def to_py(value: object, depth: int, default_converter: Converter) -> object:
    """Convert value. default_converter is called for objects that would otherwise stay JsProxies."""
    return _Conversion(default_converter).convert(value, depth)


class _Conversion:
    def __init__(self, default_converter: Converter):
        self.default_converter = default_converter
        self.results: dict[int, object] = {}  # js_id -> the converted object, perhaps still incomplete

    def convert(self, value: object, depth: int) -> object:
        if depth == 0 or not isinstance(value, JsProxy):
            return value
        if value.js_id in self.results:
            return self.results[value.js_id]
        match kind_of(value):
            case "list":
                return self._list(cast("JsArray[object]", value), depth - 1)
            case "dict":
                return self._dict(value, value.object_entries(), depth - 1)
            case "map":
                return self._dict(value, value.entries(), depth - 1)
            case "set":
                return self._set(value)
            case "buffer":
                return value.to_memoryview()
        return self.default_converter(value, lambda part: self.convert(part, depth - 1), self._cache)

    def _cache(self, value: JsProxy, result: object) -> None:
        self.results[value.js_id] = result

    def _list(self, value: JsArray[object], depth: int) -> list[object]:
        result: list[object] = []
        self._cache(value, result)
        result.extend(self.convert(item, depth) for item in value)
        return result

    def _dict(self, value: JsProxy, entries: Iterable[Iterable[object]], depth: int) -> dict[object, object]:
        result: dict[object, object] = {}
        self._cache(value, result)
        for key, item in entries:
            _check_key(value, key, result, "dict")
            result[key] = self.convert(item, depth)
        return result

    def _set(self, value: JsProxy) -> set[object]:
        result: set[object] = set()
        self._cache(value, result)
        for item in value.values():
            _check_key(value, item, result, "set")
            result.add(item)
        return result


def _check_key(container: JsProxy, key: object, found: dict[object, object] | set[object], kind: str) -> None:
    """Raise ConversionError for a key that Python cannot hold: the rule of checkKey in js/bridge/convert/to-py.mjs."""
    if isinstance(key, JsProxy):
        constructor = getattr(key, "constructor", None)
        name = getattr(constructor, "name", key.typeof)
        raise ConversionError(f"Cannot use key of type {name} as a key to a Python {kind}")
    if key is not jsnull and key in found and isinstance(key, (bool, int)):
        number, truth = int(key), str(bool(key)).lower()
        raise ConversionError(
            f"Cannot convert to a Python {kind}: it contains both {number} and {truth}, which are equal in Python"
        )
