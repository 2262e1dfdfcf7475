"""Reading and rewriting .conda files.

A .conda file is a zip of three stored members: metadata.json, and two
zstd-compressed tars, info-STEM.tar.zst and pkg-STEM.tar.zst.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import zstandard

from wasmforge.common.errors import BuildError
from wasmforge.common.replacing import new_file

RECORD = "info/wasmforge.json"

# The time of every file in a package, and of packages whose release has no date: 2026-01-01 UTC.
EPOCH = 1767225600

_ZIP_TIME = (2026, 1, 1, 0, 0, 0)

Fixes = dict[str, Callable[[bytes], bytes]]
"""What to make of the files in a package's info part."""


@dataclass(frozen=True)
class Label:
    """What a package says of its own build.

    build: the build string. number: the build number. time: the date it shows, in seconds since 1970.
    record: the content of info/wasmforge.json.
    pins: for each package of the same recipe, its name and version, the build string that rattler-build gave it, and
    the one that it has now. Exact pins hold it.
    """

    build: str
    number: int
    time: int
    record: dict[str, Any]
    pins: tuple[tuple[str, str, str, str], ...] = ()


def read_info(path: Path, names: set[str]) -> dict[str, Any]:
    """The named JSON files of a package's info part; missing ones are left out."""
    found: dict[str, Any] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            member = next(name for name in archive.namelist() if name.startswith("info-"))
            with archive.open(member) as compressed, _read_tar(compressed) as tar:
                for entry in tar:
                    if entry.name in names:
                        found[entry.name] = json.load(tar.extractfile(entry))  # type: ignore[arg-type]
                        if len(found) == len(names):
                            break
    except (OSError, StopIteration, zipfile.BadZipFile, tarfile.TarError, zstandard.ZstdError, ValueError) as error:
        raise BuildError(f"{path} is not a readable conda package ({error}); delete it and build it again") from error
    return found


def read_files(path: Path, suffixes: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """The files of a package with one of the suffixes: path in the prefix, content."""
    try:
        with zipfile.ZipFile(path) as archive:
            member = next(name for name in archive.namelist() if name.startswith("pkg-"))
            with archive.open(member) as compressed, _read_tar(compressed) as tar:
                for entry in tar:
                    if entry.isreg() and entry.name.endswith(suffixes):
                        yield entry.name, tar.extractfile(entry).read()  # type: ignore[union-attr]
    except (OSError, StopIteration, zipfile.BadZipFile, tarfile.TarError, zstandard.ZstdError) as error:
        raise BuildError(f"{path} is not a readable conda package ({error}); delete it and build it again") from error


def read_entries(path: Path) -> Iterator[tuple[str, tuple[tarfile.TarInfo, bytes]]]:
    """Everything in a package: its path, below info/ for what is not installed; how it is stored; the content."""
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.namelist():
                if not member.endswith(".tar.zst"):
                    continue
                with archive.open(member) as compressed, _read_tar(compressed) as tar:
                    for entry in tar:
                        content = tar.extractfile(entry) if entry.isreg() else None
                        yield entry.name, (entry, content.read() if content else b"")
    except (OSError, zipfile.BadZipFile, tarfile.TarError, zstandard.ZstdError) as error:
        raise BuildError(f"{path} is not a readable conda package ({error}); delete it and build it again") from error


def input_hash(path: Path) -> str | None:
    """The input hash that a package was built from; None if it records none."""
    found: str | None = read_info(path, {RECORD}).get(RECORD, {}).get("input_hash")
    return found


def number_and_hash(path: Path) -> tuple[int, str | None]:
    """The build number of a package and its input hash; None if it records none."""
    info = read_info(path, {"info/index.json", RECORD})
    return int(info["info/index.json"].get("build_number", 0)), info.get(RECORD, {}).get("input_hash")


def repodata_record(path: Path) -> dict[str, Any]:
    """What a channel's index says of a package."""
    index = read_info(path, {"info/index.json"})["info/index.json"]
    md5, sha256 = hashlib.md5(usedforsecurity=False), hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            md5.update(block)
            sha256.update(block)
    return {**index, "md5": md5.hexdigest(), "sha256": sha256.hexdigest(), "size": path.stat().st_size}


def rewrite(source: Path, target: Path, label: Label, level: int) -> None:
    """Writes a package under its final name, so that its bytes depend on its content and its label alone.

    Order, times and owners are fixed, the address of the channel it was built
    with is dropped, and the label's record is added as info/wasmforge.json.
    """
    fixes = _fixes(label)
    with (
        new_file(target, durable=True) as draft,
        zipfile.ZipFile(source) as old,
        zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as new,
    ):
        members = sorted(old.namelist(), key=lambda name: (not name.startswith("metadata"), name))
        for name in members:
            if not name.endswith(".tar.zst"):
                _write_member(new, name, old.read(name))
                continue
            part = name.partition("-")[0]
            extra = {RECORD: _json(label.record)} if part == "info" else {}
            with old.open(name) as compressed:
                data = _rewrite_tar(compressed, extra, level, fixes if part == "info" else {})
            _write_member(new, f"{part}-{target.stem}.tar.zst", data)


def copy_for(source: Path, target: Path, platform: str) -> None:
    """Copies a noarch package as one of a platform: rattler-build tests a noarch one on the build machine's."""
    fixes = {"info/index.json": lambda text: _json({**json.loads(text), "subdir": platform})}
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name.startswith("info-"):
                data = _rewrite_tar(io.BytesIO(data), {}, 1, fixes)
            _write_member(new, name, data)


def _write_member(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    info = zipfile.ZipInfo(name, date_time=_ZIP_TIME)
    info.external_attr = 0o644 << 16
    archive.writestr(info, data, compress_type=zipfile.ZIP_STORED)


def _read_tar(compressed: Any) -> tarfile.TarFile:
    stream = zstandard.ZstdDecompressor(max_window_size=1 << 31).stream_reader(compressed)
    return tarfile.open(fileobj=stream, mode="r|")


def _rewrite_tar(compressed: Any, extra: dict[str, bytes], level: int, fixes: Fixes) -> bytes:
    """The tar with its entries in order and their metadata fixed, compressed anew."""
    with tempfile.TemporaryFile() as plain:
        zstandard.ZstdDecompressor(max_window_size=1 << 31).copy_stream(compressed, plain)
        plain.seek(0)
        out = io.BytesIO()
        # One thread: the bytes must not depend on the number of cores.
        packer = zstandard.ZstdCompressor(level=level, threads=0)
        with (
            packer.stream_writer(out, closefd=False) as stream,
            tarfile.open(fileobj=plain, mode="r:") as old,
            _tar_writer(stream) as new,
        ):
            for entry, data in _entries(old, extra, fixes):
                new.addfile(entry, data)
        return out.getvalue()


def _tar_writer(stream: Any) -> tarfile.TarFile:
    return tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT, encoding="utf-8")


def _entries(
    old: tarfile.TarFile, extra: dict[str, bytes], fixes: Fixes
) -> Iterator[tuple[tarfile.TarInfo, IO[bytes] | None]]:
    for name, added in sorted(extra.items()):
        yield _with_content(tarfile.TarInfo(name), added)
    # Hard links must follow what they link to.
    for entry in sorted(old.getmembers(), key=lambda member: (member.islnk(), member.name)):
        content = old.extractfile(entry) if entry.isreg() else None
        if content is not None and entry.name in fixes:
            yield _with_content(entry, fixes[entry.name](content.read()))
        else:
            yield _fixed(entry), content


def _with_content(entry: tarfile.TarInfo, content: bytes) -> tuple[tarfile.TarInfo, IO[bytes]]:
    entry.size = len(content)
    return _fixed(entry), io.BytesIO(content)


def _fixed(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.mtime = EPOCH
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.pax_headers = {}
    if entry.isreg():
        entry.mode = 0o755 if entry.mode & 0o111 else 0o644
    elif entry.isdir():
        entry.mode = 0o755
    return entry


def _json(data: Any) -> bytes:
    return (json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _fixes(label: Label) -> Fixes:
    """What a label changes in the info part."""
    index = {"build": label.build, "build_number": label.number, "timestamp": label.time * 1000}

    def with_pins(text: bytes) -> bytes:
        for name, version, built, now in label.pins:
            # As a requirement; and as info/hash_input.json has it, a value of the variant.
            for before, after in ((f"{name} ==", ""), (f'"{name}": "', '"')):
                spec = re.escape(f"{before}{version} {built}{after}".encode())
                text = re.sub(rb"(?<![\w.-])" + spec + rb"(?![\w.])", f"{before}{version} {now}{after}".encode(), text)
        return text

    return {
        "info/index.json": lambda text: _json({**json.loads(with_pins(text)), **index}),
        "info/about.json": lambda text: _json(_without_channels(json.loads(text))),
        "info/run_exports.json": with_pins,
        "info/hash_input.json": with_pins,
        "info/tests/tests.yaml": with_pins,
    }


def _without_channels(about: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in about.items() if key != "channels"}
