"""The values of environment markers (PEP 508): what `sys_platform` and the others are."""

from __future__ import annotations

Markers = dict[str, str]


def build_markers(python: str) -> Markers:
    """The markers on the machine that builds, for a Python with this full version."""
    return {
        "implementation_name": "cpython",
        "implementation_version": python,
        "os_name": "posix",
        "platform_machine": "x86_64",
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": "Linux",
        "platform_version": "",
        "python_full_version": python,
        "python_version": ".".join(python.split(".")[:2]),
        "sys_platform": "linux",
    }


def target_markers(python: str, emscripten: str = "") -> Markers:
    """The markers in a page. emscripten: the version of the ABI, empty where it is not known."""
    return build_markers(python) | {
        "platform_machine": "wasm32",
        "platform_release": emscripten,
        "platform_system": "Emscripten",
        "platform_version": "#1",
        "sys_platform": "emscripten",
    }
