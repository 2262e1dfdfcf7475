"""Makes channels of packages that a careful packager would not make: every member and field is said by the test."""

from __future__ import annotations

import bz2
import hashlib
import io
import json
import tarfile
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import zstandard


@dataclass
class Hostile:
    """A package of a channel's noarch folder.

    members: of the archive, path and content, or path and a tarfile.TarInfo for what is no file. paths: entries of
    paths.json; default: what the members are. noarch, link: of index.json and link.json. record: fields of the
    channel's index that say something else than the truth. suffix: .conda or .tar.bz2.
    """

    name: str
    members: list[tuple[str, bytes | tarfile.TarInfo]]
    paths: list[dict[str, Any]] | None = None
    version: str = "1.0"
    noarch: str = "generic"
    link: dict[str, Any] | None = None
    record: dict[str, Any] = field(default_factory=dict)
    depends: tuple[str, ...] = ()
    suffix: str = ".conda"

    @property
    def file_name(self) -> str:
        return f"{self.name}-{self.version}-0{self.suffix}"


def symlink(target: str) -> tarfile.TarInfo:
    return _special(tarfile.SYMTYPE, target)


def hard_link(target: str) -> tarfile.TarInfo:
    return _special(tarfile.LNKTYPE, target)


def fifo() -> tarfile.TarInfo:
    return _special(tarfile.FIFOTYPE)


def entry(path: str, content: bytes = b"", path_type: str = "hardlink", **more: str) -> dict[str, Any]:
    """An entry of paths.json."""
    digest = hashlib.sha256(content).hexdigest()
    return {"_path": path, "path_type": path_type, "sha256": digest, "size_in_bytes": len(content), **more}


def make_channel(folder: Path, *packages: Hostile) -> Path:
    """Makes or replaces a channel that has these packages."""
    (folder / "noarch").mkdir(parents=True, exist_ok=True)
    records = {package.file_name: _write(folder / "noarch" / package.file_name, package) for package in packages}
    old = {name: record for name, record in records.items() if name.endswith(".tar.bz2")}
    new = {name: record for name, record in records.items() if name not in old}
    index = {"info": {"subdir": "noarch"}, "packages": old, "packages.conda": new}
    (folder / "noarch" / "repodata.json").write_text(json.dumps(index))
    return folder


def _write(path: Path, package: Hostile) -> dict[str, Any]:
    index = {
        "name": package.name,
        "version": package.version,
        "build": "0",
        "build_number": 0,
        "depends": list(package.depends),
        "subdir": "noarch",
        "noarch": package.noarch,
    }
    paths = package.paths
    if paths is None:
        paths = [_entry_of(name, content) for name, content in package.members]
    info = {"index": index, "paths": {"paths_version": 1, "paths": paths}}
    if package.link is not None:
        info["link"] = {"package_metadata_version": 1, **package.link}
    described = [(f"info/{name}.json", json.dumps(data).encode()) for name, data in info.items()]
    if package.suffix == ".tar.bz2":
        path.write_bytes(bz2.compress(_tar([*described, *package.members])))
    else:
        stem = path.name.removesuffix(package.suffix)
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("metadata.json", json.dumps({"conda_pkg_format_version": 2}))
            archive.writestr(f"pkg-{stem}.tar.zst", zstandard.compress(_tar(package.members)))
            archive.writestr(f"info-{stem}.tar.zst", zstandard.compress(_tar(described)))
    data = path.read_bytes()
    hashes = {"sha256": hashlib.sha256(data).hexdigest(), "md5": hashlib.md5(data).hexdigest(), "size": len(data)}
    said = {**index, **hashes, **package.record}
    return {key: value for key, value in said.items() if value is not None}


def _entry_of(name: str, content: bytes | tarfile.TarInfo) -> dict[str, Any]:
    if isinstance(content, bytes):
        return entry(name, content)
    return entry(name, path_type="softlink" if content.issym() else "hardlink")


def _tar(members: Any) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, content in members:
            info = tarfile.TarInfo() if isinstance(content, bytes) else content
            info.name = name
            info.size = len(content) if isinstance(content, bytes) else 0
            tar.addfile(info, io.BytesIO(content) if isinstance(content, bytes) else None)
    return out.getvalue()


def _special(kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo()
    info.type, info.linkname = kind, target
    return info
