"""Python's side of the API of this runtime, with the names of Pyodide's package pyodide.

A submodule is imported when it is first used, so that `import pyodide` costs nothing.
"""

import sys
from importlib import import_module

# That of Python, as `version` is on JavaScript's side.
__version__ = ".".join(map(str, sys.version_info[:3]))
__all__ = ["__version__", "code", "console", "ffi", "http", "webloop"]


def __getattr__(name: str) -> object:
    if name in __all__:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
