"""The index of one platform's packages, written by rattler's indexer."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import zstandard
from rattler import Subdir
from rattler.index import index_fs

from wasmforge.common.errors import WasmforgeError

REPODATA = "repodata.json"
ZST = "repodata.json.zst"
SHARD_INDEX = "repodata_shards.msgpack.zst"
RUN_EXPORTS = "run_exports.json"


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
    data = json.loads(repodata) if repodata else {}
    return {**data.get("packages", {}), **data.get("packages.conda", {})}


def extend_index(subdir: str, repodata: bytes | None, files: list[Path]) -> Index:
    """The index of the packages in repodata.json and of more package files."""
    listed = records(repodata)
    new = [file for file in files if file.name not in listed]
    with tempfile.TemporaryDirectory(prefix="wasmforge-index-") as name:
        channel = Path(name)
        folder = channel / subdir
        folder.mkdir()
        (channel / "noarch").mkdir(exist_ok=True)
        if repodata:
            (folder / REPODATA).write_bytes(repodata)
        # The indexer forgets the packages that are not there, and does not read those that it knows.
        for known in listed:
            (folder / known).touch()
        for file in new:
            _link(file, folder / file.name)
        asyncio.run(index_fs(channel, target_platform=Subdir(subdir), write_zst=True, write_shards=True))
        made = (folder / REPODATA).read_bytes()
        _check(subdir, listed, new, made)
        if repodata and not new:
            made = repodata
        return Index(
            made,
            zst=zstandard.ZstdCompressor(level=19).compress(made) if made is repodata else (folder / ZST).read_bytes(),
            shard_index=(folder / SHARD_INDEX).read_bytes(),
            shards={file.name: file.read_bytes() for file in sorted((folder / "shards").glob("*"))},
        )


def holds(zst: bytes, repodata: bytes) -> bool:
    """Whether a repodata.json.zst is that of a repodata.json."""
    try:
        return zstandard.ZstdDecompressor().decompressobj().decompress(zst) == repodata
    except zstandard.ZstdError:
        return False


def _check(subdir: str, listed: dict[str, Any], new: list[Path], made: bytes) -> None:
    """An indexer that read the placeholders, or left a package out, must not spoil a channel."""
    result = records(made)
    lost = sorted(name for name, record in listed.items() if result.get(name, {}).get("sha256") != record.get("sha256"))
    lost += sorted(file.name for file in new if file.name not in result)
    if lost:
        raise WasmforgeError(f"rattler's index of {subdir} lacks {', '.join(lost[:5])}; the channel is unchanged")


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copyfile(source, target)
