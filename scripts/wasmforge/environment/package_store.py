"""Unpacked packages that were checked, each in a folder named by its sha256.

rattler's own cache finds a package by its name, and takes packages of a folder's channel unread:
two checkouts that build one package from different sources would get each other's files.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from rattler import MatchSpec, PathsEntry, PathsJson, RepoDataRecord
from rattler.package_cache import PackageCache, PackageCacheLayer, ValidationMode
from rattler.package_streaming import download_to_path, extract

from wasmforge.common.errors import WasmforgeError
from wasmforge.common.hashing import hash_file
from wasmforge.common.replacing import new_folder
from wasmforge.common.temporary import temporary_folder
from wasmforge.environment.fetching import FetchError, make_client, persist, raise_if_full
from wasmforge.environment.package_check import Contents, check_archive, check_folders, read_contents

_AT_ONCE = 8


def local_path(location: str) -> Path | None:
    """The file of a path or of an address with file:; None for another address."""
    if location.startswith("file:"):
        return Path(url2pathname(urlsplit(location).path))
    return None if "://" in location else Path(location)


class PackageStore:
    """The folder that keeps the packages."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def obtain(self, records: Sequence[RepoDataRecord]) -> list[Contents]:
        """Fetches, checks and unpacks the packages that are not there yet; returns what each brings.

        Raises WasmforgeError for a file that is not what its channel's index says, or that could write outside
        of a prefix.
        """
        for record in records:
            if record.sha256 is None:
                raise WasmforgeError(f"{record.url} cannot be checked: its channel's index gives no sha256 for it")
        free = asyncio.Semaphore(_AT_ONCE)

        async def obtain(record: RepoDataRecord) -> Contents:
            async with free:
                if not await asyncio.to_thread(self._has, record):
                    async with _locked(self._place(record).parent):
                        # Another run may have added it meanwhile.
                        if not await asyncio.to_thread(self._has, record):
                            await self._add(record)
                return await asyncio.to_thread(read_contents, record, self._place(record))

        return list(await asyncio.gather(*map(obtain, records)))

    def cache(self, records: Sequence[RepoDataRecord]) -> PackageCache:
        """These packages as a cache for rattler, which looks for each in the folder of its sha256 alone."""
        layers = [
            PackageCacheLayer(self._place(record).parent)
            .with_filter(MatchSpec(f"{record.name.normalized}[sha256={_sha256(record)}]"))
            .with_validation_mode(ValidationMode.fast())
            for record in records
        ]
        return PackageCache.from_layers(layers)

    def _place(self, record: RepoDataRecord) -> Path:
        # The last part is the name that rattler looks for.
        name = f"{record.name.normalized}-{record.version}-{record.build}"
        return self._folder / _sha256(record) / name

    def _has(self, record: RepoDataRecord) -> bool:
        """Whether the package is there, and no file of it was changed: prefixes may share them as hard links."""
        folder = self._place(record)
        if not folder.is_dir():
            return False
        try:
            entries = PathsJson.from_package_directory_with_deprecated_fallback(folder).paths
            return all(_is_unchanged(folder, entry) for entry in entries)
        except Exception:  # rattler's errors have no common class
            return False

    async def _add(self, record: RepoDataRecord) -> None:
        place = self._place(record)
        with temporary_folder(self._folder, ".") as folder:
            file = local_path(record.url)
            if file is None:
                file = folder / record.name.normalized
                # rattler reads the format from the name.
                file = file.with_name(file.name + (".tar.bz2" if record.url.endswith(".tar.bz2") else ".conda"))
                await _download(record, file)
            await asyncio.to_thread(_check_file, record, file)
            try:
                folders = await check_archive(record.file_name, file)
                with new_folder(place, replace=True, work=self._folder) as draft:
                    # These are of the bytes that were unpacked.
                    sha256, md5 = await asyncio.to_thread(extract, file, draft)
                    _expect(record, "sha256", sha256.hex(), _sha256(record))
                    if record.md5 is not None:
                        _expect(record, "md5", md5.hex(), record.md5.hex())
                    check_folders(record.file_name, draft, folders)
                    read_contents(record, draft)
            except WasmforgeError:
                raise
            except Exception as error:  # rattler's errors have no common class
                raise_if_full(error, place)
                raise WasmforgeError(f"{file} cannot be unpacked: {error}") from error


@asynccontextmanager
async def _locked(folder: Path) -> AsyncIterator[None]:
    """Makes the folder, and keeps other runs out of it during the block."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                # Not in a thread: all threads of two runs could wait for packages of each other.
                await asyncio.sleep(0.05)
        yield


def _is_unchanged(folder: Path, entry: PathsEntry) -> bool:
    path, expected = folder / entry.relative_path, entry.sha256
    if entry.path_type.softlink or entry.path_type.directory or expected is None:
        return os.path.lexists(path)
    return hash_file(path) == expected.hex()


def _check_file(record: RepoDataRecord, file: Path) -> None:
    try:
        size, sha256 = file.stat().st_size, hash_file(file)
    except OSError as error:
        raise WasmforgeError(f"{file}, which its channel's index lists, cannot be read: {error.strerror}") from error
    if record.size is not None:
        _expect(record, "size", str(size), str(record.size))
    _expect(record, "sha256", sha256, _sha256(record))


def _expect(record: RepoDataRecord, what: str, found: str, expected: str) -> None:
    if found != expected:
        raise WasmforgeError(
            f"{record.url} is not the package that its channel's index lists: its {what} is {found}, "
            f"the index says {expected}. If you trust the file, index the channel anew; else remove it"
        )


async def _download(record: RepoDataRecord, file: Path) -> None:
    client = make_client()
    try:
        await persist(lambda: download_to_path(client, record.url, file), lambda: _size(file))
    except FetchError as error:
        channel = record.channel or record.url.removesuffix(record.file_name)
        raise WasmforgeError(
            f"the package {record.file_name} of the channel {channel} cannot be fetched from {record.url}: {error}"
        ) from error


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


def _sha256(record: RepoDataRecord) -> str:
    assert record.sha256 is not None
    return record.sha256.hex()
