"""Bytecode for bundles: compiles modules that have none, and drops the check of the source's time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from wasmforge.bundle.modules.prefix_python import run_in_prefix
from wasmforge.bundle.prefix import InstalledFile

_HEADER_SIZE = 16
_UNCHECKED_HASH = (1).to_bytes(4, "little")

_COMPILE = Path(__file__).with_name("module_bytecode.py")


def without_source_check(pyc: bytes) -> bytes:
    """Mark a .pyc as valid whatever its source's time is (PEP 552: an unchecked hash)."""
    if len(pyc) < _HEADER_SIZE or pyc[4:8] != b"\0\0\0\0":
        return pyc
    return pyc[:4] + _UNCHECKED_HASH + b"\0" * 8 + pyc[_HEADER_SIZE:]


def compile_missing(prefix: Path, packages: Sequence[Sequence[InstalledFile]]) -> list[dict[str, bytes]]:
    """Compile modules that were installed without bytecode; for each package: path of the .pyc -> content.

    Installers cannot compile noarch packages for a Python that does not run on their machine: that Python does it,
    under node.
    """
    missing = [(number, file) for number, files in enumerate(packages) for file in _uncompiled(files)]
    result: list[dict[str, bytes]] = [{} for _ in packages]
    if not missing:
        return result
    # The sandbox knows no links to the prefix.
    place = prefix.resolve()
    work = [(str(place / file.path), file.path) for _, file in missing]
    purpose = f"{missing[0][1].path} and {len(missing) - 1} other modules have no bytecode and must be compiled"
    with run_in_prefix(prefix, _COMPILE, work, purpose) as out:
        for index, (number, file) in enumerate(missing):
            compiled = out / str(index)
            if compiled.exists():
                result[number][cached_path(file.path)] = compiled.read_bytes()
    return result


def _uncompiled(files: Sequence[InstalledFile]) -> list[InstalledFile]:
    paths = {file.path for file in files}
    return [file for file in files if _is_module(file) and not {cached_path(file.path), file.path + "c"} & paths]


def _is_module(file: InstalledFile) -> bool:
    return file.path.endswith(".py") and file.path.startswith("lib/python") and file.link is None


def cached_path(path: str) -> str:
    """lib/python3.13/a/b.py -> lib/python3.13/a/__pycache__/b.cpython-313.pyc"""
    folder, _, name = path.rpartition("/")
    tag = path.split("/")[1].removeprefix("python").replace(".", "")
    return f"{folder}/__pycache__/{name.removesuffix('.py')}.cpython-{tag}.pyc"


def source_path(path: str) -> str | None:
    """The inverse of cached_path; None if the path is not of a cached file."""
    match = re.fullmatch(r"(.*)/__pycache__/([^/.]+)\.cpython-\d+\.pyc", path)
    return f"{match.group(1)}/{match.group(2)}.py" if match else None
