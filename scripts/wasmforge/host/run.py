"""Runs Python from a prefix: under node, or in a headless browser."""

from __future__ import annotations

import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from wasmforge.common.errors import UsageError, WasmforgeError
from wasmforge.common.node import find_node
from wasmforge.common.sandbox import environment, sandboxed_python
from wasmforge.host.python_command import PythonCommand


@dataclass(frozen=True)
class Sandbox:
    """What a program in a sandbox may use besides the environment and its own script."""

    read: tuple[Path, ...] = ()
    write: tuple[Path, ...] = ()


def run(prefix: Path, engine: str, args: list[str], sandbox: Sandbox | None = None) -> int:
    """Run ``python ARGS`` from `prefix`; return its exit code.

    `args` is a Python command line: SCRIPT, -c CODE or -m MODULE, then the program's arguments.
    Output is streamed; Ctrl-C interrupts the program. A browser's program sees its own script's
    folder under the same path as here, and an empty standard input. A sandbox limits node.
    Raises WasmforgeError for a prefix without Python and for a missing node or browser.
    """
    if not (prefix / "share/wasmforge/node.mjs").is_file():
        raise WasmforgeError(
            f"{prefix} has no Python for WebAssembly. Make such a prefix with: wasmforge create -p {prefix} python"
        )
    if engine == "node":
        return _run_node(prefix, args, sandbox)
    if sandbox:
        raise UsageError(f"{engine} is a sandbox itself: --sandbox is for node")
    if engine not in ("chromium", "firefox"):
        raise UsageError(f"no engine {engine!r}: node, chromium or firefox")
    # Only here, since node needs no Playwright.
    try:
        from wasmforge.host.run_in_page import run_in_page
    except ModuleNotFoundError as error:
        advice = "Install it with: pip install 'wasmforge[browser]'"
        raise WasmforgeError(f"The Python package {error.name} is missing. {advice}") from error
    return run_in_page(prefix, "chromium" if engine == "chromium" else "firefox", args)


def _run_node(prefix: Path, args: list[str], sandbox: Sandbox | None) -> int:
    if sandbox:
        read = list(sandbox.read)
        said = PythonCommand.parse(args)
        if said.kind == "script":
            script = Path(said.target).resolve()
            # Under its real path: the folder that a relative one starts from may be none of the sandbox's.
            args = [*said.options, str(script), *said.arguments]
            read.append(script)
        command = [*sandboxed_python(find_node(), prefix, read, sandbox.write), *args]
    else:
        command = [str(find_node()), str(prefix / "share/wasmforge/node.mjs"), *args]
    # The terminal sends Ctrl-C to both; what it means is the program's business.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        with subprocess.Popen(command, env=environment() if sandbox else None) as process:
            code = process.wait()
    finally:
        signal.signal(signal.SIGINT, before)
    return code if code >= 0 else 128 - code
