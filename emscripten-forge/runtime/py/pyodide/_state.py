"""Saves and restores the interpreter's names, for test suites that share one interpreter."""

from __future__ import annotations

import sys
from typing import Any

import __main__
from _wasmforge_modules import finder


def save_state() -> dict[str, Any]:
    """The state that restore_state() takes."""
    return {"names": dict(__main__.__dict__), "registered": dict(finder.registered), "modules": set(sys.modules)}


def restore_state(state: dict[str, Any]) -> None:
    """Give __main__ the names and values it had, and forget the JavaScript modules registered or imported since."""
    from pyodide.ffi import JsProxy

    __main__.__dict__.clear()
    __main__.__dict__.update(state["names"])
    finder.registered = state["registered"]
    for name in set(sys.modules) - state["modules"]:
        if isinstance(sys.modules[name], JsProxy):
            del sys.modules[name]
