"""Checks that packages write only inside their prefix.

The installer takes all paths of a package as they are, so each package is checked before it is
linked: the archive before it is unpacked, its own folder after that, then all packages of an
environment together, since one may bring a link and another a path through it.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from rattler import PathsJson, RepoDataRecord
from rattler.package_streaming import PackageArchive

from wasmforge.common.errors import WasmforgeError
from wasmforge.common.inside import (
    folded,
    folder_leads_out,
    link_fault,
    name_fault,
    owned_fault,
    path_fault,
    refusal,
    refuse,
)

_SECTIONS: tuple[Literal["info", "pkg"], ...] = ("info", "pkg")
_ENTRY_POINT = re.compile(r"\s*(?P<name>[^=]+?)\s*=\s*[\w.]+\s*:\s*[\w.]+\s*", re.ASCII)

Kind = Literal["file", "link", "folder"]


@dataclass(frozen=True)
class Contents:
    """What a package brings: paths relative to the package, and the names of its Python entry points.

    files, links and folders: of paths.json; links are symbolic. name: the package's file.
    """

    name: str
    files: tuple[str, ...]
    links: tuple[str, ...]
    folders: tuple[str, ...]
    entry_points: tuple[str, ...]
    is_python: bool

    def placed(self, site_packages: str) -> Iterator[tuple[str, Kind]]:
        """Path in the prefix of each member, and what it is.

        site_packages: the folder of the environment's Python, relative to the prefix.
        """
        kinds: dict[Kind, tuple[str, ...]] = {"file": self.files, "link": self.links, "folder": self.folders}
        for kind, paths in kinds.items():
            for path in paths:
                yield self._place(path, site_packages), kind
        for entry_point in self.entry_points:
            yield f"bin/{entry_point}", "file"

    def _place(self, path: str, site_packages: str) -> str:
        """A noarch Python package has two folders that stand for those of the environment's Python."""
        start, slash, rest = path.partition("/")
        folders = {"site-packages": site_packages, "python-scripts": "bin"}
        return f"{folders[start]}/{rest}" if self.is_python and slash and start in folders else path


async def check_archive(name: str, file: Path) -> list[str]:
    """Refuses an archive with members that are not plain files, folders or links of the package.

    Unpacking leaves some of these out and moves others without a word. Returns the members that must
    be folders, for check_folders: the reader gives no other kind of member away.
    """
    archive = await PackageArchive.from_path(file)
    folders = []
    found: set[str] = set()
    for section in _SECTIONS:
        async for member in archive.stream(section):
            path = member.name.removeprefix("./").removesuffix("/")
            if not (member.is_file or member.is_link):
                folders.append(path)
                continue
            refuse(name, path, path_fault(path) or ("it is in the archive twice" if path in found else None))
            found.add(path)
            target = member.link_target or ""
            if member.is_symlink:
                refuse(name, path, _to(target, link_fault(path, target)))
            elif member.is_hardlink:
                refuse(name, path, _to(target, path_fault(target)))
    for path in found:
        refuse(name, path, _through(_parents(path), found))
    return folders


def check_folders(name: str, folder: Path, folders: Iterable[str]) -> None:
    """Refuses members of an archive that were to be folders and are none in the unpacked package."""
    for path in folders:
        refuse(name, path, None if (folder / path).is_dir() else "it is neither a file nor a folder nor a link")


def read_contents(record: RepoDataRecord, folder: Path) -> Contents:
    """Reads an unpacked package and checks it by itself. Raises WasmforgeError with package, path and reason."""
    name = record.file_name
    _check_record(record, name)
    tree_links = _check_tree(name, folder)
    index = _read(name, folder, "index")
    is_python = index.get("noarch") == "python"
    told = (record.name.normalized, str(record.version).lower(), str(record.build), bool(record.noarch.python))
    if (_lower(index, "name"), _lower(index, "version"), index.get("build"), is_python) != told:
        raise WasmforgeError(f"{name} says in info/index.json that it is another package than its channel says")
    try:
        entries = PathsJson.from_package_directory_with_deprecated_fallback(folder).paths
    except Exception as error:
        raise WasmforgeError(f"{name} has no list of its files that can be read: {error}") from error
    files: list[str] = []
    links: list[str] = []
    folders: list[str] = []
    for entry in entries:
        path = os.fspath(entry.relative_path)
        refuse(name, path, path_fault(path) or owned_fault(path) or _through(_parents(path), tree_links))
        if entry.path_type.directory:
            folders.append(path)
            continue
        if entry.path_type.softlink != (path in tree_links):
            refuse(name, path, "it is a symbolic link in the list of files or in the archive, but not in both")
        if entry.prefix_placeholder is not None:
            refuse(name, path, _placeholder_fault(entry.prefix_placeholder.placeholder, path in tree_links))
        (links if path in tree_links else files).append(path)
    for path, count in Counter(files + links).items():
        refuse(name, path, "it is in the list of files twice" if count > 1 else None)
    return Contents(name, tuple(files), tuple(links), tuple(folders), tuple(_entry_points(name, folder)), is_python)


def check_together(packages: Iterable[Contents], records: Iterable[RepoDataRecord], prefix: Path) -> None:
    """Refuses paths through links or files of the same environment, and through links on the disk that lead out."""
    site_packages = _site_packages(records)
    files: dict[str, str] = {}
    links: dict[str, str] = {}
    placed = [(one.name, path, kind) for one in packages for path, kind in one.placed(site_packages)]
    for name, path, kind in placed:
        if kind == "file":
            files.setdefault(path, name)
        elif kind == "link":
            # Some file systems take names for the same that differ in case or in the form of accents.
            links.setdefault(folded(path), name)
    checked = set()
    for name, path, _ in placed:
        for parent in _parents(path):
            if parent in checked:
                continue
            owner = links.get(folded(parent))
            if owner:
                refuse(name, path, f"it goes through {parent}, a symbolic link of {owner}")
            owner = files.get(parent)
            if owner:
                refuse(name, path, f"it goes through {parent}, a file of {owner}")
            if folder_leads_out(prefix, parent):
                refuse(name, path, f"{prefix / parent} leads out of {prefix}: remove that link, or name another folder")
            checked.add(parent)


def _check_record(record: RepoDataRecord, name: str) -> None:
    refuse(name, name, name_fault(name))
    place = record.python_site_packages_path
    if place is not None:
        refuse(name, place, _as("python_site_packages_path", path_fault(place) or owned_fault(place)))


def _check_tree(name: str, folder: Path) -> set[str]:
    """Checks what unpacking made, which is what will be linked. Returns the symbolic links."""
    links = set()
    pending = [folder]
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                path = Path(entry.path).relative_to(folder).as_posix()
                refuse(name, path, path_fault(path))
                if entry.is_symlink():
                    target = os.readlink(entry.path)
                    refuse(name, path, _to(target, link_fault(path, target)))
                    links.add(path)
                elif entry.is_dir():
                    pending.append(Path(entry.path))
                elif not entry.is_file():
                    refuse(name, path, "it is neither a file nor a folder nor a link")
    return links


def _through(parents: list[str], others: set[str]) -> str | None:
    return next((f"it goes through {parent}, which is no folder" for parent in parents if parent in others), None)


def _placeholder_fault(placeholder: str, is_link: bool) -> str | None:
    if is_link:
        return "a symbolic link has no prefix to replace"
    if "\0" in placeholder or "\n" in placeholder or not re.match(r"/[^/]|[A-Za-z]:[\\/]", placeholder):
        return f"its prefix_placeholder {placeholder!r} is no absolute path"
    return None


def _entry_points(name: str, folder: Path) -> list[str]:
    noarch = _read(name, folder, "link", {}).get("noarch")
    found = []
    for text in noarch.get("entry_points") or [] if isinstance(noarch, dict) else []:
        match = _ENTRY_POINT.fullmatch(text) if isinstance(text, str) else None
        if not match:
            raise refusal(name, text, "as an entry point: it is not of the form NAME = MODULE:FUNCTION")
        refuse(name, match["name"], _as("an entry point's name", name_fault(match["name"])))
        found.append(match["name"])
    return found


def _read(name: str, folder: Path, what: str, default: dict[str, Any] | None = None) -> dict[str, Any]:
    path = folder / "info" / f"{what}.json"
    if default is not None and not path.exists():
        return default
    try:
        data = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise WasmforgeError(f"{name} has no info/{what}.json that can be read: {error}") from error
    if not isinstance(data, dict):
        raise WasmforgeError(f"{name} has an info/{what}.json that is no object")
    return data


def _lower(index: dict[str, Any], key: str) -> str:
    """rattler writes names and versions in small letters."""
    return str(index.get(key)).lower()


def _site_packages(records: Iterable[RepoDataRecord]) -> str:
    for record in records:
        if record.name.normalized == "python":
            minor = ".".join(str(record.version).split(".")[:2])
            return record.python_site_packages_path or f"lib/python{minor}/site-packages"
    return "site-packages"


def _parents(path: str) -> list[str]:
    return [str(parent) for parent in PurePosixPath(path).parents][:-1]


def _to(target: str, fault: str | None) -> str | None:
    return fault and f"it is a link to {target!r}: {fault}"


def _as(what: str, fault: str | None) -> str | None:
    return fault and f"as {what}: {fault}"
