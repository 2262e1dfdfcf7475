"""Makes small .conda files to try the code that reads them on."""

from __future__ import annotations

import io
import json
import tarfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import zstandard


def make_package(
    path: Path,
    files: dict[str, bytes],
    links: dict[str, str] | None = None,
    mode: int = 0o600,
    about: dict[str, str] | None = None,
) -> Path:
    """A package named by its path, NAME-VERSION-BUILD.conda, with the current time in it."""
    name, version, build = path.stem.rsplit("-", 2)
    index = {"name": name, "version": version, "build": build, "build_number": 0, "depends": [], "subdir": "noarch"}
    info = {
        "info/index.json": json.dumps({**index, "timestamp": int(time.time() * 1000)}).encode(),
        "info/about.json": json.dumps({"summary": name, "channels": ["file:///somewhere"], **(about or {})}).encode(),
    }
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", json.dumps({"conda_pkg_format_version": 2}))
        archive.writestr(f"pkg-{path.stem}.tar.zst", _tar(files, links or {}, mode))
        archive.writestr(f"info-{path.stem}.tar.zst", _tar(info, {}, mode))
    return path


def read_package(path: Path) -> dict[str, tarfile.TarInfo]:
    """All tar entries of a package, by name."""
    return {entry.name: entry for tar in _tars(path) for entry in tar}


def read_members(path: Path) -> dict[str, bytes]:
    """The content of each file of a package, by name; info/ holds what is not installed."""
    return {entry.name: tar.extractfile(entry).read() for tar in _tars(path) for entry in tar if entry.isfile()}


def _tars(path: Path) -> Iterator[tarfile.TarFile]:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith(".tar.zst"):
                data = zstandard.ZstdDecompressor().decompressobj().decompress(archive.read(name))
                with tarfile.open(fileobj=io.BytesIO(data)) as tar:
                    yield tar


def _tar(files: dict[str, bytes], links: dict[str, str], mode: int) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode, entry.mtime, entry.uid, entry.uname = len(content), mode, time.time(), 1000, "me"
            tar.addfile(entry, io.BytesIO(content))
        for name, target in links.items():
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = tarfile.SYMTYPE, target
            tar.addfile(entry)
    return zstandard.ZstdCompressor().compress(out.getvalue())
