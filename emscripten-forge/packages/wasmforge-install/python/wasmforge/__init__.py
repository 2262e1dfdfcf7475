"""Installs packages from conda channels into the running interpreter: await wasmforge.install("pandas>=3")."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["Installed", "install"]


class Installed(NamedTuple):
    """A package that was not there before."""

    name: str
    version: str
    build: str
    subdir: str
    channel: str | None  #: None: it came from the bundle


async def install(*specs: str, channels: Iterable[str] | None = None) -> list[Installed]:
    """Install packages and what they need, so that they can be imported.

    specs: as conda writes them, such as "pandas>=3" or "numpy 2.5.*".
    channels: their addresses, relative ones seen from the bundle; a package comes from the first that has its name.
        Default: those the bundle was made with.

    Returns the packages that were not there before. All of them are there afterwards or, if this fails, none: then a
    pyodide.ffi.JsException says why. A package that is loaded is never replaced by another version of it.
    """
    import pyodide_js

    from pyodide.ffi import to_js

    options = {} if channels is None else {"channels": to_js(list(channels))}
    found = await pyodide_js.install(to_js(list(specs)), **options)
    return [Installed(*(getattr(one, field) for field in Installed._fields)) for one in found]
