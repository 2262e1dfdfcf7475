"""Changes to modules of the standard library, made when a program imports them. Frozen into the main module.

A change is a module of the package pyodide that makes it when it is imported, once the other module is there.
"""

import _thread
import sys

_CHANGES = {"asyncio": "pyodide.webloop", "socket": "pyodide._sockets", "webbrowser": "pyodide._webbrowser"}


class _Finder:
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        change = _CHANGES.get(name)
        if change is None:
            return None
        for finder in sys.meta_path:
            if finder is not cls and (spec := finder.find_spec(name, path, target)):
                _install_after(spec.loader, change)
                return spec
        return None


def _install_after(loader, change):
    """Have a loader, which is this module's alone, import a change too."""
    execute = loader.exec_module

    def exec_module(module):
        execute(module)
        from importlib import import_module

        import_module(change)

    loader.exec_module = exec_module


sys.meta_path.insert(0, _Finder)

# Libraries tell threads apart by their number in the operating system (SciPy does). There is one, and it has a number.
_thread.get_native_id = _thread.get_ident
