"""Installs packages from conda channels into the running interpreter: await wasmforge.install("pandas>=3")."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["Installed", "install"]


class Installed(NamedTuple):
    """A newly installed package."""

    name: str
    version: str
    build: str
    subdir: str
    channel: str | None  #: None: it came from the bundle


async def install(*specs: str, channels: Iterable[str] | None = None) -> list[Installed]:
    """Install packages and what they need, so that they can be imported.

    specs: in conda's syntax, such as "pandas>=3" or "numpy 2.5.*".
    channels: their addresses, which may be relative to the bundle's. A package comes from the first channel that has
        its name. Default: the channels that the bundle was made with.

    Returns the newly installed packages. A loaded package is never replaced by another version. If this fails, nothing
    is installed. Raises pyodide.ffi.JsException with the reason.
    """
    import pyodide_js

    from pyodide.ffi import to_js

    options = {} if channels is None else {"channels": to_js(list(channels))}
    found = await pyodide_js.install(to_js(list(specs)), **options)
    return [Installed(*(getattr(one, field) for field in Installed._fields)) for one in found]
