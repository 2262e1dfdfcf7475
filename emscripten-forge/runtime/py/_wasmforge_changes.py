"""Changes modules of the standard library when a program imports them. A frozen module.

After such a module, this imports a module of the package pyodide, which makes the change.
"""

import _thread
import os
import sys
import time

TYPE_CHECKING = False  # typing's, without the time to import it
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any

_CHANGES = {
    "asyncio": "pyodide.webloop",
    "hashlib": "pyodide._hashes",
    "socket": "pyodide._sockets",
    "webbrowser": "pyodide._webbrowser",
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


def _install_after(loader: "Any", change: str) -> None:
    """Have a module's loader import a change, too. No other module has the same loader."""
    execute = loader.exec_module

    def exec_module(module: "ModuleType") -> None:
        execute(module)
        from importlib import import_module

        import_module(change)

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
