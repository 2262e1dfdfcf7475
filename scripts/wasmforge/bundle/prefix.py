"""Reads an installed prefix: its packages and their files, checked against conda-meta."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from rattler import MatchSpec
from rattler.exceptions import InvalidMatchSpecError

from wasmforge.common.errors import WasmforgeError
from wasmforge.common.hashing import hash_file
from wasmforge.common.platforms import TARGET_PLATFORM

REQUIRED = ("python", "wasmforge-runtime")


@dataclass(frozen=True)
class InstalledFile:
    """A file of a package.

    path: relative to the prefix, with slashes. link: the target if it is a symbolic link.
    placeholder: whether the installer wrote the prefix's own path into it.
    """

    prefix: Path
    path: str
    link: str | None = None
    sha256: str | None = None
    placeholder: str | None = None

    @property
    def _absolute(self) -> Path:
        return self.prefix / self.path

    @property
    def executable(self) -> bool:
        return os.access(self._absolute, os.X_OK)

    def read(self) -> bytes:
        """The content for a prefix that is mounted at the root."""
        data = self._absolute.read_bytes()
        return data if self.placeholder is None else _relocate(data, self.prefix, self.placeholder)

    def check(self, package: str) -> None:
        """Raises WasmforgeError if the file is not what the package's record says."""
        try:
            if self.link is not None or self.sha256 is None:
                os.lstat(self._absolute)
                return
            found = hash_file(self._absolute)
        except OSError as error:
            problem = f"{self._absolute} of the package {package} cannot be read ({error.strerror})"
            raise WasmforgeError(f"{problem}; install the package again") from error
        if found != self.sha256:
            raise WasmforgeError(
                f"{self._absolute} is not as the package {package} installed it: "
                f"its sha256 is {found}, the record says {self.sha256}; install the package again"
            )


@dataclass(frozen=True)
class InstalledPackage:
    """A record of conda-meta. depends: names without versions."""

    name: str
    version: str
    build: str
    subdir: str
    depends: tuple[str, ...]
    files: tuple[InstalledFile, ...]

    @cached_property
    def label(self) -> str:
        return f"{self.name}-{self.version}-{self.build}"


Map = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]


def read_prefix(prefix: Path, map: Map = map) -> list[InstalledPackage]:
    """The packages, sorted by name, with every file checked. map: may be that of a pool.

    Raises WasmforgeError with the reason if this is not a prefix for emscripten-wasm32 that has
    python and wasmforge-runtime, whole.
    """
    records = sorted((prefix / "conda-meta").glob("*.json"))
    if not records:
        raise WasmforgeError(f"{prefix} is not a conda environment: it has no conda-meta/*.json")
    packages = sorted((_read_record(prefix, path) for path in records), key=lambda package: package.name)
    for package in packages:
        if package.subdir not in (TARGET_PLATFORM, "noarch"):
            raise WasmforgeError(
                f"{prefix} is not for {TARGET_PLATFORM}: its package {package.label} is for {package.subdir}. "
                f"Make one with: wasmforge create -p PREFIX python"
            )
    missing = [name for name in REQUIRED if name not in {package.name for package in packages}]
    if missing:
        raise WasmforgeError(f"{prefix} has no {missing[0]}. Add it with: wasmforge create -p {prefix} python")
    for _ in map(_check, [(file, package.label) for package in packages for file in package.files]):
        pass
    return packages


def _check(work: tuple[InstalledFile, str]) -> None:
    file, package = work
    file.check(package)


def _read_record(prefix: Path, path: Path) -> InstalledPackage:
    try:
        record = json.loads(path.read_text())
        entries = record["paths_data"]["paths"]
        return InstalledPackage(
            name=record["name"],
            version=record["version"],
            build=record["build"],
            subdir=record.get("subdir", "noarch"),
            depends=tuple(_dependency(spec) for spec in record.get("depends", [])),
            files=tuple(_read_entry(prefix, entry) for entry in entries if entry.get("path_type") != "directory"),
        )
    except (OSError, ValueError, KeyError, TypeError, InvalidMatchSpecError) as error:
        raise WasmforgeError(f"{path} is not a record of an installed package ({error!r})") from error


def _dependency(spec: str) -> str:
    """The name of the package that a dependency asks for."""
    name = MatchSpec(spec).name
    if name is None or name.normalized is None:
        raise ValueError(f"the dependency {spec!r} names no package")
    return name.normalized


def _read_entry(prefix: Path, entry: dict[str, Any]) -> InstalledFile:
    path = entry["_path"]
    absolute = prefix / path
    placeholder = entry.get("file_mode", "text") if entry.get("prefix_placeholder") else None
    return InstalledFile(
        prefix,
        path,
        # An installer may link to files or copy links: the file in the prefix decides, not the record.
        link=os.readlink(absolute) if entry.get("path_type") == "softlink" and absolute.is_symlink() else None,
        # With a placeholder, `sha256` is the hash before the prefix was written into the file.
        sha256=entry.get("sha256_in_prefix") or (None if placeholder else entry.get("sha256")),
        placeholder=placeholder,
    )


def _relocate(data: bytes, prefix: Path, mode: str) -> bytes:
    """Replace the prefix's path by the root; in binary files keep each string's length."""
    old = os.fsencode(prefix)
    if mode == "binary":

        def shorten(match: re.Match[bytes]) -> bytes:
            text = match.group(1).replace(old + b"/", b"/").replace(old, b"/")
            return text + b"\0" * (len(match.group(0)) - len(text))

        return re.sub(rb"(" + re.escape(old) + rb"[^\0]*)\0", shorten, data)
    return data.replace(old + b"/", b"/").replace(old, b"/")
