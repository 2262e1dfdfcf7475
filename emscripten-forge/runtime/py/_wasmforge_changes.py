"""Changes modules of the standard library when a program imports them. A frozen module.

After such a module, this imports a module of the package pyodide, which makes the change. Many programs import hashlib
and few derive keys: its functions for that are imported when they are asked for.
"""

import _thread
import os
import sys
import time

TYPE_CHECKING = False  # typing's, without the time to import it
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any


def _importing(name: str) -> "Callable[[ModuleType], object]":
    def change(module: "ModuleType") -> object:
        from importlib import import_module

        return import_module(name)

    return change


def _derive_keys_on_demand(hashlib: "ModuleType") -> None:
    def get(name: str) -> object:
        if name not in ("pbkdf2_hmac", "scrypt"):
            raise AttributeError(f"module 'hashlib' has no attribute {name!r}")
        import pyodide._hashes

        return getattr(pyodide._hashes, name)

    hashlib.__getattr__ = get  # type: ignore[method-assign] # of the module, not of its type


_CHANGES = {
    "asyncio": _importing("pyodide.webloop"),
    "hashlib": _derive_keys_on_demand,
    "socket": _importing("pyodide._sockets"),
    "webbrowser": _importing("pyodide._webbrowser"),
}


class _Finder:
    @classmethod
    def find_spec(
        cls, name: str, path: "Sequence[str] | None" = None, target: "ModuleType | None" = None
    ) -> "ModuleSpec | None":
        change = _CHANGES.get(name)
        if change is None:
            return None
        for finder in sys.meta_path:
            if finder is not cls and (spec := finder.find_spec(name, path, target)):
                _install_after(spec.loader, change)
                return spec
        return None


def _install_after(loader: "Any", change: "Callable[[ModuleType], object]") -> None:
    """Have a module's loader make a change, too. No other module has the same loader."""
    execute = loader.exec_module

    def exec_module(module: "ModuleType") -> None:
        execute(module)
        change(module)

    loader.exec_module = exec_module


sys.meta_path.insert(0, _Finder)

# SciPy tells threads apart by their number in the operating system. There is one thread, whose number is its identity.
_thread.get_native_id = _thread.get_ident
time.thread_time, time.thread_time_ns = time.process_time, time.process_time_ns


def _get_terminal_size(fd: int = 1, /) -> os.terminal_size:
    """The size of the terminal window that fd is connected to. OSError: fd is no terminal."""
    import fcntl
    import termios

    rows, columns = memoryview(fcntl.ioctl(fd, termios.TIOCGWINSZ, bytes(8))).cast("H")[:2]
    return os.terminal_size((columns, rows))


_get_terminal_size.__name__ = "get_terminal_size"
os.get_terminal_size = _get_terminal_size
