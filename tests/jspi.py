"""Promise Integration (JSPI) in node: version 24 can suspend WebAssembly when asked to."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator

from wasmforge.common.node import node_of_wheel

OPTION = "--experimental-wasm-jspi"
_HAS_JSPI = "process.exit('Suspending' in WebAssembly ? 0 : 1)"


def has_jspi(node: str) -> bool:
    """Whether this node can, given the option."""
    return subprocess.run([node, OPTION, "-e", _HAS_JSPI], capture_output=True, check=False).returncode == 0


def candidates() -> Iterator[str]:
    """Every node of this machine."""
    for folder in os.environ["PATH"].split(os.pathsep):
        on_path = shutil.which("node", path=folder)
        if on_path:
            yield on_path
    if wheel := node_of_wheel():
        yield str(wheel)
