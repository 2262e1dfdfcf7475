"""Reads what the modules of packages import, and caches it: a package is read once on a machine."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from wasmforge.bundle.modules import module_imports
from wasmforge.bundle.modules.prefix_python import run_in_prefix
from wasmforge.bundle.prefix import InstalledFile
from wasmforge.common.replacing import new_file

# Part of the names of cached files. Raise it when module_imports.py finds other imports than before.
_VERSION = 3

Sources = Mapping[str, InstalledFile]
"""Module -> its source."""

Imports = dict[str, list[str]]
"""Module -> the absolute names that it may import."""


class ImportReader:
    """Parses sources with this Python; sources with newer syntax with the prefix's own.

    cache: a folder for the results, which nothing else writes to.
    """

    def __init__(self, cache: Path, prefix: Path) -> None:
        self._cache = cache
        self._prefix = prefix

    def read(self, packages: Mapping[str, Sources]) -> dict[str, Imports]:
        """What the modules of each package import.

        Raises WasmforgeError where the prefix's Python is needed and cannot run.
        """
        places = {name: self._cache / f"{_key(sources)}.json" for name, sources in packages.items()}
        found = {name: kept for name, place in places.items() if (kept := _load(place)) is not None}
        new = self._read_all({name: sources for name, sources in packages.items() if name not in found})
        for name, imports in new.items():
            # A cache that is full or cannot be written costs time alone.
            with suppress(OSError), new_file(places[name]) as draft:
                draft.write_text(json.dumps(imports))
        return found | new

    def _read_all(self, packages: Mapping[str, Sources]) -> dict[str, Imports]:
        found: dict[str, Imports] = {}
        newer: list[tuple[str, str]] = []
        for name, sources in packages.items():
            found[name] = {}
            for module, file in sources.items():
                try:
                    found[name][module] = module_imports.imports_of(file.read(), module, _is_package(file))
                except (SyntaxError, ValueError, RecursionError, MemoryError):
                    newer.append((name, module))
        if newer:
            files = [(module, packages[name][module]) for name, module in newer]
            for (name, module), names in zip(newer, self._read_in_prefix(files), strict=True):
                found[name][module] = names
        return found

    def _read_in_prefix(self, files: list[tuple[str, InstalledFile]]) -> list[list[str]]:
        # The sandbox knows no links to the prefix.
        place = self._prefix.resolve()
        work = [(str(place / file.path), module, _is_package(file)) for module, file in files]
        version = ".".join(map(str, sys.version_info[:2]))
        purpose = f"Python {version} cannot parse {files[0][1].path}, so the environment's own Python must"
        with run_in_prefix(self._prefix, Path(module_imports.__file__), work, purpose) as out:
            result: list[list[str]] = json.loads((out / "result.json").read_text())
        return result


def _is_package(file: InstalledFile) -> bool:
    return file.path.endswith("/__init__.py")


def _key(sources: Sources) -> str:
    """A hash of the sources and of the version of the reader."""
    key = hashlib.sha256(f"{_VERSION}\n".encode())
    for module, file in sorted(sources.items()):
        key.update(f"{module} {file.path} {file.sha256 or hashlib.sha256(file.read()).hexdigest()}\n".encode())
    return key.hexdigest()


def _load(path: Path) -> Imports | None:
    try:
        found: Imports = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    return found
