"""Adds packages to a published channel without a moment at which its index is broken.

Packages come first and never change, then the index, file by file. Whoever publishes at the same
time is not overwritten: each file of the index replaces the version that was read before
repodata.json was, and repodata.json never loses a package. So the last one to write a file knows
of all packages. A publisher that is killed leaves packages that no index lists, or an index file
that lists fewer than another; the next run with any packages completes both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from wasmforge.common.errors import WasmforgeError
from wasmforge.common.hashing import hash_file
from wasmforge.common.progress import Reporter
from wasmforge.common.temporary import temporary_folder
from wasmforge.common.threads import threads
from wasmforge.publish import index as index_files
from wasmforge.publish.channeldata import CHANNELDATA, channeldata
from wasmforge.publish.index import Index, extend_index, records
from wasmforge.publish.packages import Package, other_content, unlisted
from wasmforge.storage.store import AlreadyThere, ChangedMeanwhile, Store, Version

# Each keeps one package in memory.
_UPLOADS = 4
# Others must publish at the same moment to make one try fail.
_TRIES = 50
_UNCHANGED = "The index has not changed"


def publish(store: Store, packages: Sequence[Package], reporter: Reporter) -> int:
    """Returns how many packages the index did not list before.

    Raises WasmforgeError for a package whose name has another content in the channel: then the
    index does not change.
    """
    with store.lock():
        subdirs = sorted({"noarch", *(package.subdir for package in packages)})
        new = []
        for subdir in subdirs:
            new += _unlisted(store, subdir, [package for package in packages if package.subdir == subdir])
        _upload(store, new, reporter)
        with reporter.step("index"):
            for subdir in subdirs:
                _retry(lambda subdir=subdir: _index(store, subdir, packages))  # type: ignore[misc]
            _retry(lambda: _describe(store, packages))
    return len(new)


def _unlisted(store: Store, subdir: str, packages: Sequence[Package]) -> list[Package]:
    version = store.read(f"{subdir}/{index_files.REPODATA}")
    listed = records(version.data if version else None)
    return unlisted(packages, {name: record.get("sha256") for name, record in listed.items()}, _UNCHANGED)


def _upload(store: Store, packages: Sequence[Package], reporter: Reporter) -> None:
    if not packages:
        return
    done = 0
    total = sum(package.file.stat().st_size for package in packages)
    text = f"upload {len(packages)} packages, {total / 1e6:.1f} MB"
    with reporter.step(text, lambda: f"{done} of {len(packages)}"), threads(_UPLOADS) as pool:
        for _ in pool.map(lambda package: _add(store, package), packages):
            done += 1


def _add(store: Store, package: Package) -> None:
    try:
        store.add(package.place, package.file)
    except AlreadyThere:
        # Of an interrupted run, or of another publisher.
        with temporary_folder() as folder:
            copy = folder / package.file.name
            store.fetch(package.place, copy)
            if hash_file(copy) != package.sha256:
                raise other_content(package, _UNCHANGED) from None


def _retry(change: Callable[[], None]) -> None:
    for _ in range(_TRIES):
        with suppress(ChangedMeanwhile):
            return change()
    raise WasmforgeError("other publishers change the index all the time; start again later: what was uploaded stays")


def _index(store: Store, subdir: str, packages: Sequence[Package]) -> None:
    """Make the index list the packages, too."""
    files = [package.file for package in packages if package.subdir == subdir]
    derived = (index_files.SHARD_INDEX, index_files.RUN_EXPORTS, index_files.ZST)
    # Before repodata.json: see the top.
    seen = {name: store.read(f"{subdir}/{name}") for name in derived}
    present = store.read(f"{subdir}/{index_files.REPODATA}")
    index = extend_index(subdir, present.data if present else None, files)
    _add_shards(store, subdir, index)
    _replace(store, f"{subdir}/{index_files.REPODATA}", index.repodata, present)
    # repodata.json.zst comes last: where it is right, the others are.
    zst, shard_index = seen[index_files.ZST], seen[index_files.SHARD_INDEX]
    done = zst is not None and shard_index is not None and index_files.holds(zst.data, index.repodata)
    if not done:
        _replace(store, f"{subdir}/{index_files.SHARD_INDEX}", index.shard_index, shard_index)
    _replace(store, f"{subdir}/{index_files.RUN_EXPORTS}", index.run_exports, seen[index_files.RUN_EXPORTS])
    if not done:
        _replace(store, f"{subdir}/{index_files.ZST}", index.zst, zst)


def _add_shards(store: Store, subdir: str, index: Index) -> None:
    there = set(store.names(f"{subdir}/shards"))
    with temporary_folder() as folder:
        for name in sorted(index.shards.keys() - there):
            file = folder / name
            file.write_bytes(index.shards[name])
            with suppress(AlreadyThere):
                store.add(f"{subdir}/shards/{name}", file)


def _describe(store: Store, packages: Sequence[Package]) -> None:
    """Make channeldata.json say what all indexes list."""
    seen = store.read(CHANNELDATA)
    tables = {}
    for subdir in store.folders():
        version = store.read(f"{subdir}/{index_files.REPODATA}")
        if version:
            tables[subdir] = records(version.data)
    here = {package.place: package.file for package in packages}
    with temporary_folder() as folder:

        def package(subdir: str, name: str) -> Path:
            place = f"{subdir}/{name}"
            if place in here:
                return here[place]
            store.fetch(place, folder / name)
            return folder / name

        data = channeldata(tables, seen.data if seen else None, package)
    _replace(store, CHANNELDATA, data, seen)


def _replace(store: Store, name: str, data: bytes, seen: Version | None) -> None:
    if seen is None or seen.data != data:
        store.write(name, data, seen)
