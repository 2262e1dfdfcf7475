"""The Python side of the runtime's API, with the names of Pyodide's package pyodide.

A submodule is imported when it is first used, so that `import pyodide` costs nothing. Names that Pyodide had here
before it had submodules are found, too: `from pyodide import to_js`.
"""

import sys
from importlib import import_module

# Python's version, as is `version` in JavaScript.
__version__ = ".".join(map(str, sys.version_info[:3]))
__all__ = ["__version__", "code", "console", "ffi", "http", "webloop"]
_FORMER = [f"{__name__}.{name}" for name in ("ffi", "code", "http")]


def __getattr__(name: str) -> object:
    if name in __all__:
        return import_module(f"{__name__}.{name}")
    for module in map(import_module, _FORMER) if not name.startswith("_") else ():
        if name in module.__all__:
            return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
