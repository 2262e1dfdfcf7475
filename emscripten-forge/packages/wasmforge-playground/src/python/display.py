"""Represents values for display by the methods that Jupyter calls (`_repr_html_`, `_repr_png_`, …), richest first."""

import base64
from collections.abc import Callable

# (MIME type, method), in order of preference. A method may return None.
_METHODS = (
    ("text/html", "_repr_html_"),
    ("image/svg+xml", "_repr_svg_"),
    ("image/png", "_repr_png_"),
    ("image/jpeg", "_repr_jpeg_"),
)
_BINARY = {"image/png", "image/jpeg"}


def represent(value: object) -> tuple[str, str]:
    """Return the MIME type and the text of the best representation; images other than SVG are base64."""
    bundle = _call(value, "_repr_mimebundle_")
    if isinstance(bundle, tuple):  # data and metadata
        bundle = bundle[0]
    for mime, method in _METHODS:
        data = (bundle or {}).get(mime)
        if data is None:
            data = _call(value, method)
        if isinstance(data, tuple):
            data = data[0]
        if data is not None:
            return mime, _text(mime, data)
    return "text/plain", repr(value)


def _call(value: object, method: str) -> object:
    """Call the value's method; return None if it has none, or if it is a class, whose methods are for its instances."""
    if isinstance(value, type):
        return None
    function: Callable[[], object] | None = getattr(value, method, None)
    try:
        return function() if callable(function) else None
    except NotImplementedError:
        return None


def _text(mime: str, data: object) -> str:
    if mime in _BINARY and isinstance(data, bytes | bytearray | memoryview):
        return base64.b64encode(data).decode("ascii")
    return str(data)
