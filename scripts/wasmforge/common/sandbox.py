"""Starts node so that the code of packages in it reaches few files, no other process and none of the user's variables.

node's Permission Model refuses the rest, whatever a program calls, Python or JavaScript. A thread
that a program starts may do anything, so no thread is allowed (docs/concepts/security.md).
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from wasmforge.common.errors import WasmforgeError

# Takes away the ways to act on other processes, which the Permission Model leaves.
_PRELOADED = Path(__file__).with_name("sandbox.cjs")
# Variables that say how output looks. None of them is a secret or leads to a file.
_PASSED = ("COLUMNS", "LANG", "LC_ALL", "LINES", "NO_COLOR", "TERM", "TZ")
# node 20 calls it experimental. node 24's SQLite opens any file.
_PERMISSION = ("--permission", "--experimental-permission")
_NO_SQLITE = "--no-experimental-sqlite"
_QUESTION = (
    "console.log(JSON.stringify([parseInt(process.versions.node), "
    f"{json.dumps([*_PERMISSION, _NO_SQLITE])}.filter(one => process.allowedNodeEnvironmentFlags.has(one))]))"
)
# Python runs in the main thread, whose stack is otherwise a quarter of a worker's. In kilobytes, as the next.
_STACK = 3900
_ENOUGH_STACK = 8 << 20  # bytes that the system must grant for that
_SUSPENDABLE_STACK = 16 << 10
# In the runtime's JavaScript since it can run in the main thread.
_ABLE = b"--allow-fs-read="


def sandboxed_python(node: Path, prefix: Path, read: Iterable[Path] = (), write: Iterable[Path] = ()) -> list[str]:
    """The start of a command that runs a prefix's Python in a sandbox; Python's arguments follow.

    The prefix may be read.

    Raises WasmforgeError as `sandboxed_in`, and for a prefix whose runtime is too old.
    """
    prefix = prefix.resolve()
    script = prefix / "share/wasmforge/node.mjs"
    if _ABLE not in script.read_bytes():
        update = f"wasmforge create -p {prefix} python"
        raise WasmforgeError(f"the wasmforge-runtime of {prefix} is older than sandboxes. Update it with: {update}")
    return [*sandboxed_in(node, prefix, read, write), str(script)]


def sandboxed_in(node: Path, prefix: Path, read: Iterable[Path] = (), write: Iterable[Path] = ()) -> list[str]:
    """As `sandboxed`, for any script of a prefix, which may be read. Raises WasmforgeError, too, if it leads out."""
    prefix = prefix.resolve()
    if found := _link_out(prefix):
        raise WasmforgeError(f"{found} leads out of {prefix}, and so would a sandbox: remove that link")
    start = sandboxed(node, [prefix, *read], write)
    # As js/entry/node.mjs does, which is too late for the thread that it runs in.
    if _ask(node)[0] >= 24:
        start += ["--experimental-wasm-jspi", f"--wasm-stack-switching-stack-size={_SUSPENDABLE_STACK}"]
    return start


def run_sandboxed(command: Sequence[str], folder: Path, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command of the other functions to its end, from a folder, with a text as its input; collects its output."""
    return subprocess.run(
        command, input=given, capture_output=True, text=True, check=False, cwd=folder, env=environment()
    )


def sandboxed(node: Path, read: Iterable[Path], write: Iterable[Path] = ()) -> list[str]:
    """The start of a command that runs node in a sandbox; the script follows, which must be readable.

    read, write: files and folders, with all in them. What may be written may be read. A link in a folder is followed.
    Raises WasmforgeError for a node without the Permission Model, and for paths that cannot be told to it.
    """
    flags = _ask(node)[1]
    permission = next((flag for flag in _PERMISSION if flag in flags), None)
    if permission is None:
        raise WasmforgeError(f"{node} has no Permission Model, which a sandbox needs: install node 20 or newer")
    command = [str(node), permission, "--no-addons", "--no-warnings", "--require", str(_PRELOADED)]
    if _NO_SQLITE in flags:
        command.append(_NO_SQLITE)
    limit = resource.getrlimit(resource.RLIMIT_STACK)[0]
    if limit == resource.RLIM_INFINITY or limit >= _ENOUGH_STACK:
        command.append(f"--stack-size={_STACK}")
    written, readable = _outermost(write), _outermost([_PRELOADED, *read, *write])
    _check_names(readable)
    command += [f"--allow-fs-read={path}" for path in readable]
    return command + [f"--allow-fs-write={path}" for path in written]


@cache
def _ask(node: Path) -> tuple[int, list[str]]:
    """Node's version, and which of our flags it knows."""
    answer = subprocess.run([node, "-e", _QUESTION], capture_output=True, text=True, check=False, env=environment())
    major, flags = json.loads(answer.stdout) if answer.returncode == 0 else (0, [])
    return major, flags


def _outermost(paths: Iterable[Path]) -> list[str]:
    """As node takes them, without what lies in others: node 20 loses a folder if it has one inside, too."""
    told = dict.fromkeys(map(_told, paths))
    return [
        one for one in told if not any(one != other and other[-1] == "/" and one.startswith(other) for other in told)
    ]


def _check_names(paths: list[str]) -> None:
    """Raises WasmforgeError for paths that node mixes up: it loses a folder whose name starts that of another path."""
    for folder in (path[:-1] for path in paths if path[-1] == "/"):
        for other in paths:
            if other.startswith(folder) and other[len(folder)] != "/":
                raise WasmforgeError(
                    f"node cannot allow {folder} beside {other}, whose name starts with the other's: rename one"
                )


def environment() -> dict[str, str]:
    """The variables of the user that a sandbox may know."""
    return {name: os.environ[name] for name in _PASSED if name in os.environ}


def _link_out(folder: Path) -> Path | None:
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(place, name)
            if path.is_symlink() and not path.resolve().is_relative_to(folder):
                return path
    return None


def _told(path: Path) -> str:
    """A path as node takes it: a folder ends with a slash, or its name would stand for all that start so."""
    real = path.resolve()
    if set("*,") & set(str(real)):
        raise WasmforgeError(f"node cannot limit a sandbox to {real}: rename it, without `*` and `,`")
    if not real.exists():
        raise WasmforgeError(f"a sandbox may use {path}, but there is no such file or folder")
    if real == Path("/"):
        raise WasmforgeError("a sandbox that may use / limits nothing: name the folders that it needs")
    return f"{real}/" if real.is_dir() else str(real)
