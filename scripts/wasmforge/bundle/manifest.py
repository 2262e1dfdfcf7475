"""Describes a bundle: manifest.json for its own pages, pyodide-lock.json for Pyodide's tools.

Packages are described once, in the form of Pyodide's lock file: the lock is `info` and `packages` of the
manifest, and the pages' `lockfile` is the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from wasmforge.bundle.contents import Contents
from wasmforge.bundle.files import FileRecord
from wasmforge.common.errors import UsageError

FORMAT = 4
MANIFEST = "manifest.json"
LOCK = "pyodide-lock.json"

Manifest = dict[str, Any]


def lock_info(versions: Mapping[str, str]) -> dict[str, Any]:
    """The lock's `info`. versions: those of all packages by name."""
    return {
        "arch": "wasm32",
        "platform": "emscripten",
        "abi_version": versions.get("emscripten-abi"),
        "python": versions["python"],
        "version": versions["python"],
    }


def lock_package(contents: Contents, depends: Sequence[str], file: FileRecord | None) -> dict[str, Any]:
    """The lock's record of a package. file: its file for tools that expect one; None for a package without files."""
    return {
        "name": contents.name,
        "version": contents.package.version,
        "imports": contents.imports(),
        "depends": list(depends),
        "file_name": file["file"] if file else "",
        "sha256": file["sha256"] if file else "",
        "install_dir": "site",
        "package_type": "package",
    }


def first_files(base: Mapping[str, FileRecord], index: Mapping[str, Any]) -> dict[str, FileRecord]:
    """For each package one file, for tools that expect a package to be a file."""
    files: dict[str, FileRecord] = {}
    for unit in [*index["modules"], *reversed(index["parts"])]:
        if record := unit.get("archive") or ("file" in unit and unit):
            files[unit["package"]] = record
    return {**files, **base}


def eager_packages(wanted: Sequence[str], known: Sequence[str]) -> list[str]:
    """The packages to load when Python starts. Raises UsageError for one that the environment does not have."""
    if "all" in wanted:
        return sorted(known)
    for name in wanted:
        if name not in known:
            raise UsageError(
                f"cannot load {name} at the start: the environment has no such package, only {', '.join(known)}"
            )
    return sorted(wanted)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest and the lock file."""
    (folder / MANIFEST).write_bytes(to_json(manifest))
    (folder / LOCK).write_bytes(to_json({"info": manifest["info"], "packages": manifest["packages"]}))


def to_json(data: Mapping[str, Any]) -> bytes:
    """Compact, and the same bytes for the same data."""
    return (json.dumps(data, separators=(",", ":"), sort_keys=True) + "\n").encode()
