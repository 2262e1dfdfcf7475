"""The index of one platform's packages, written by rattler's indexer."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import zstandard
from rattler import Subdir
from rattler.index import index_fs

from wasmforge.common.errors import WasmforgeError
from wasmforge.common.temporary import temporary_folder

REPODATA = "repodata.json"
ZST = "repodata.json.zst"
SHARD_INDEX = "repodata_shards.msgpack.zst"
RUN_EXPORTS = "run_exports.json"

_ZST_LEVEL = 19  # as rattler and the large channels


@dataclass(frozen=True)
class Index:
    """The files of an index.

    shards: a file for each package name (CEP 16), named by the hash of its content.
    """

    repodata: bytes
    zst: bytes
    shard_index: bytes
    shards: Mapping[str, bytes]

    @property
    def run_exports(self) -> bytes:
        """What packages that are built against these ones need to run (CEP 12)."""
        data = json.loads(self.repodata)
        table: dict[str, Any] = {"info": {"subdir": data["info"]["subdir"], "version": 1}}
        for kind in ("packages", "packages.conda"):
            table[kind] = {
                name: {"run_exports": record.get("run_exports", {})} for name, record in sorted(data[kind].items())
            }
        return (json.dumps(table, indent=1, sort_keys=True) + "\n").encode()


def records(repodata: bytes | None) -> dict[str, dict[str, Any]]:
    """What a repodata.json says of each package, by file name."""
    return all_records(json.loads(repodata)) if repodata else {}


def all_records(data: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """As records, of a repodata.json that was read."""
    return {**data.get("packages", {}), **data.get("packages.conda", {})}


def extend_index(subdir: str, repodata: bytes | None, files: list[Path]) -> Index:
    """The index of the packages in repodata.json and of more package files."""
    listed = records(repodata)
    new = [file for file in files if file.name not in listed]
    if new or not repodata:
        repodata = _join(repodata, _read(subdir, new))
    # The indexer forgets packages that are not there, and does not read those that it knows: empty files will do.
    # They are in memory where possible, as a disk can take minutes for a large channel's.
    with temporary_folder(_memory(), "wasmforge-index-") as channel:
        folder = channel / subdir
        folder.mkdir()
        (folder / REPODATA).write_bytes(repodata)
        for known in records(repodata):
            (folder / known).touch()
        _run_indexer(channel, subdir, whole=True)
        made = (folder / REPODATA).read_bytes()
        _check(subdir, records(repodata), made)
        zst = (folder / ZST).read_bytes()
        if not new and made != repodata:  # another tool's; it stays byte for byte
            made, zst = repodata, zstandard.ZstdCompressor(level=_ZST_LEVEL).compress(repodata)
        return Index(
            made,
            zst,
            shard_index=(folder / SHARD_INDEX).read_bytes(),
            shards={file.name: file.read_bytes() for file in sorted((folder / "shards").glob("*"))},
        )


def holds(zst: bytes, repodata: bytes) -> bool:
    """Whether a repodata.json.zst is that of a repodata.json."""
    try:
        return zstandard.ZstdDecompressor().decompressobj().decompress(zst) == repodata
    except zstandard.ZstdError:
        return False


def _read(subdir: str, files: list[Path]) -> bytes:
    """The repodata.json of package files."""
    with temporary_folder(prefix="wasmforge-index-") as channel:
        folder = channel / subdir
        folder.mkdir()
        for file in files:
            _link(file, folder / file.name)
        _run_indexer(channel, subdir, whole=False)
        made = (folder / REPODATA).read_bytes()
    lost = sorted({file.name for file in files} - records(made).keys())
    if lost:
        raise _incomplete(subdir, lost)
    return made


def _join(old: bytes | None, new: bytes) -> bytes:
    """Both tables of packages in one file."""
    if not old:
        return new
    data, more = json.loads(old), json.loads(new)
    for kind in ("packages", "packages.conda"):
        data[kind] = {**data.get(kind, {}), **more.get(kind, {})}
    return json.dumps(data).encode()


def _run_indexer(channel: Path, subdir: str, *, whole: bool) -> None:
    (channel / "noarch").mkdir(exist_ok=True)
    asyncio.run(index_fs(channel, target_platform=Subdir(subdir), write_zst=whole, write_shards=whole))


def _check(subdir: str, listed: dict[str, Any], made: bytes) -> None:
    """An indexer that reads the empty files, or leaves a package out, must not spoil a channel."""
    result = records(made)
    lost = sorted(name for name, record in listed.items() if result.get(name, {}).get("sha256") != record.get("sha256"))
    if lost:
        raise _incomplete(subdir, lost)


def _incomplete(subdir: str, lost: list[str]) -> WasmforgeError:
    return WasmforgeError(
        f"rattler's index of {subdir} lacks {', '.join(lost[:5])}; the channel's index has not changed"
    )


def _memory() -> Path | None:
    """A folder that Linux keeps in memory; None for the system's folder for temporary files."""
    folder = Path("/dev/shm")
    return folder if folder.is_dir() and os.access(folder, os.W_OK) else None


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copyfile(source, target)
