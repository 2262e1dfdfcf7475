"""The source store: files by sha256, and the places they come from.

A file is looked for in the cache, then in the folder that WASMFORGE_MIRROR
names, then by package name through the machine's own pip, apt and npm, then at
the recipe's upstream URLs. Whatever is found must have the recipe's hash.
"""

from __future__ import annotations

import os
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from wasmforge.common.errors import SourceError
from wasmforge.common.hashing import hash_file
from wasmforge.common.replacing import copy_file, move_file, new_file
from wasmforge.common.user_folders import UserFolders
from wasmforge.sources import registries
from wasmforge.sources.source import Source

_TIMEOUT_S = 60

# Downloads at a time; most of the time of a small one is waiting for answers.
_AT_ONCE = 4

Progress = Callable[[str, int, int | None], None]
"""Called with a file's name, the bytes so far, and the bytes in all if known."""


def _silent(_name: str, _done: int, _total: int | None) -> None:
    pass


@dataclass(frozen=True)
class Store:
    """The files of one cache, each under its sha256."""

    layout: UserFolders
    progress: Progress = _silent

    def path(self, source: Source) -> Path:
        return self.layout.sources / source.sha256

    def fetch(self, source: Source) -> Path:
        """The file of a source, brought into the cache if need be.

        Raises SourceError when no place has it, or one has it with another hash.
        """
        path = self.path(source)
        if path.is_file():
            if hash_file(path) == source.sha256:
                return path
            # A file of the cache that went bad (a full disk, a crash) is no one's source.
            path.unlink()
        self.layout.sources.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.layout.sources, prefix=".fetch-") as folder:
            found = self._find(source, Path(folder))
            _check(found, source)
            (move_file if found.is_relative_to(folder) else copy_file)(found, path)
        return path

    def fill(self, sources: list[Source], folder: Path) -> None:
        """Puts the sources into a folder under their own names, as recipes name them."""
        folder.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            files = list(pool.map(self.fetch, sources))
        for source, file in zip(sources, files, strict=True):
            # A file URL is decoded before it is opened, the name in it may be encoded.
            for name in {source.name, unquote(source.name)}:
                with new_file(folder / name) as draft:
                    draft.symlink_to(file)

    def _find(self, source: Source, folder: Path) -> Path:
        mirror = os.environ.get("WASMFORGE_MIRROR")
        tried: list[str] = []
        if mirror:
            found = _in_mirror(Path(mirror), source)
            if found:
                return found
            tried.append(f"the mirror {mirror}: not there")
        try:
            found = registries.fetch(source.name, source.sha256, folder, self.download)
            if found:
                return found
            tried.append("pip, apt, npm: archives.yaml does not list it")
        except registries.NotAvailable as error:
            tried.append(str(error))
        for url in source.urls:
            if "://" not in url or url.startswith("file:"):
                continue
            try:
                return self.download(url, folder / "upstream", source.name)
            except (OSError, urllib.error.URLError) as error:
                tried.append(f"{url}: {error}")
        raise SourceError(
            f"cannot get {unquote(source.name)} (sha256 {source.sha256}):\n  " + "\n  ".join(tried) + "\n"
            "put the file into a folder, name that in WASMFORGE_MIRROR, and try again"
        )

    def download(self, url: str, target: Path, name: str) -> Path:
        """Fetches a URL into a file; raises OSError when it cannot be had whole."""
        request = urllib.request.Request(url, headers={"User-Agent": "wasmforge"})
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer, target.open("wb") as file:
            length = answer.headers.get("Content-Length")
            total, done = int(length) if length else None, 0
            while block := answer.read(1 << 18):
                file.write(block)
                done += len(block)
                self.progress(name, done, total)
        if total is not None and done != total:
            raise OSError(f"{done} of {total} bytes came from {urlsplit(url).netloc}")
        return target


def _check(found: Path, source: Source) -> None:
    actual = hash_file(found)
    if actual != source.sha256:
        raise SourceError(
            f"wrong hash of {unquote(source.name)}:\n"
            f"  expected sha256 {source.sha256} (the recipe)\n"
            f"  found    sha256 {actual}, {found.stat().st_size} bytes\n"
            f"  in       {found}\n"
            "the file is damaged or is not the one the recipe means; nothing was built"
        )


def _in_mirror(mirror: Path, source: Source) -> Path | None:
    """The mirror's file with the source's hash by its SHA256SUMS, else with its name."""
    sums = mirror / "SHA256SUMS"
    if sums.is_file():
        for line in sums.read_text().splitlines():
            digest, _, name = line.partition(" ")
            file = mirror / name.strip().lstrip("*")
            if digest == source.sha256 and file.is_file():
                return file
    names = {source.name, unquote(source.name), source.name.replace(":", "%3a")}
    return next((file for name in sorted(names) for file in sorted(mirror.rglob(name)) if file.is_file()), None)
