"""Reads an installed prefix: its packages and their files, checked against conda-meta."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from rattler import MatchSpec
from rattler.exceptions import InvalidMatchSpecError

from wasmforge.common.conda_meta import Fields, record_files
from wasmforge.common.errors import WasmforgeError
from wasmforge.common.hashing import hash_file
from wasmforge.common.inside import folder_leads_out, link_fault, name_fault, path_fault
from wasmforge.common.platforms import TARGET_PLATFORM

REQUIRED = ("python", "wasmforge-runtime")
_WORD = re.compile(r"[\w.!+~-]+", re.ASCII)


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
        """Raises WasmforgeError if the file leads out of the prefix or is not what the package's record says."""
        try:
            if self._absolute.is_symlink() and folder_leads_out(self.prefix, self.path):
                raise self.refusal(package, f"is a link that leads out of {self.prefix}")
            if self.link is not None:
                return
            if not self._absolute.is_file():
                os.stat(self._absolute)
                raise self.refusal(package, "is not a file")
            found = hash_file(self._absolute) if self.sha256 else None
        except OSError as error:
            raise self.refusal(package, f"cannot be read ({error.strerror})") from error
        if found != self.sha256:
            raise WasmforgeError(
                f"{self._absolute} is not as the package {package} installed it: "
                f"its sha256 is {found}, the record says {self.sha256}; install the package again"
            )

    def refusal(self, package: str, fault: str) -> WasmforgeError:
        return WasmforgeError(f"{self._absolute} of the package {package} {fault}; install the package again")


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
    packages = sorted((_read_record(prefix, path) for path in record_files(prefix)), key=lambda package: package.name)
    for package in packages:
        if package.subdir not in (TARGET_PLATFORM, "noarch"):
            raise WasmforgeError(
                f"{prefix} is not for {TARGET_PLATFORM}: its package {package.label} is for {package.subdir}. "
                f"Make one with: wasmforge create -p PREFIX python"
            )
    missing = [name for name in REQUIRED if name not in {package.name for package in packages}]
    if missing:
        raise WasmforgeError(f"{prefix} has no {missing[0]}. Add it with: wasmforge create -p {prefix} python")
    _check_folders(prefix, packages)
    for _ in map(_check, [(file, package.label) for package in packages for file in package.files]):
        pass
    return packages


def _check_folders(prefix: Path, packages: list[InstalledPackage]) -> None:
    """Raises WasmforgeError if a file lies outside of the prefix because a folder on its path is a link."""
    places = {os.path.dirname(file.path): (file, package) for package in packages for file in package.files}
    for folder, (file, package) in places.items():
        if folder_leads_out(prefix, folder):
            raise WasmforgeError(
                f"{prefix / file.path} of the package {package.label} is outside of {prefix}, where a link leads; "
                "install the package again"
            )


def _check(work: tuple[InstalledFile, str]) -> None:
    file, package = work
    file.check(package)


def _read_record(prefix: Path, path: Path) -> InstalledPackage:
    record = Fields.read(prefix, path)
    entries = record.object("paths_data").objects("paths")
    return InstalledPackage(
        name=_word(record, "name"),
        version=_word(record, "version"),
        build=_word(record, "build"),
        subdir=_word(record, "subdir") if "subdir" in record.data else "noarch",
        depends=tuple(_dependency(record, spec) for spec in record.texts("depends")),
        files=tuple(_read_entry(prefix, entry) for entry in entries if entry.optional_text("path_type") != "directory"),
    )


def _word(record: Fields, key: str) -> str:
    """A text that may be a part of a file's name, and of its address as it is."""
    text = record.text(key)
    fault = name_fault(text) or (None if _WORD.fullmatch(text) else "it has a character that it must not have")
    if fault:
        raise record.error(key, fault)
    return text


def _dependency(record: Fields, spec: str) -> str:
    """The name of the package that a dependency asks for."""
    try:
        name = MatchSpec(spec).name
    except InvalidMatchSpecError as error:
        raise record.error("depends", f"{spec!r} is no dependency ({' '.join(str(error).split())})") from error
    if name is None or name.normalized is None:
        raise record.error("depends", f"{spec!r} names no package")
    return name.normalized


def _read_entry(prefix: Path, entry: Fields) -> InstalledFile:
    path = entry.text("_path")
    if fault := path_fault(path):
        raise entry.error("_path", fault)
    link = _link(prefix, path, entry)
    placeholder = (entry.optional_text("file_mode") or "text") if entry.optional_text("prefix_placeholder") else None
    before, after = entry.optional_text("sha256"), entry.optional_text("sha256_in_prefix")
    # With a placeholder, `sha256` is the hash before the prefix was written into the file.
    sha256 = after or (None if placeholder else before)
    return InstalledFile(prefix, path, link, sha256 or None, placeholder)


def _link(prefix: Path, path: str, entry: Fields) -> str | None:
    """The target if the record and the file say that it is a symbolic link.

    An installer may link to files or copy links: then the file in the prefix is what counts.
    """
    place = prefix / path
    try:
        target = os.readlink(place) if entry.optional_text("path_type") == "softlink" and place.is_symlink() else None
    except OSError as error:
        raise entry.error("_path", f"it cannot be read ({error.strerror})") from error
    if target is not None and (fault := link_fault(path, target)):
        raise entry.error("_path", f"it is a link to {target!r}: {fault}")
    return target


def _relocate(data: bytes, prefix: Path, mode: str) -> bytes:
    """Replace the prefix's path by the root; in binary files keep each string's length."""
    # It may have been made by the name of a link to it.
    for name in dict.fromkeys((prefix, prefix.resolve())):
        data = _replace(data, os.fsencode(name), mode)
    return data


def _replace(data: bytes, old: bytes, mode: str) -> bytes:
    if mode == "binary":

        def shorten(match: re.Match[bytes]) -> bytes:
            text = match.group(1).replace(old + b"/", b"/").replace(old, b"/")
            return text + b"\0" * (len(match.group(0)) - len(text))

        return re.sub(rb"(" + re.escape(old) + rb"[^\0]*)\0", shorten, data)
    return data.replace(old + b"/", b"/").replace(old, b"/")
