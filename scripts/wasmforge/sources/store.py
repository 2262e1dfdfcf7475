"""The source store: files by sha256, and the places they come from.

A file is looked for in the cache, then in the folder that WASMFORGE_MIRROR
names, then by package name through the machine's own pip, apt and npm, then at
the recipe's upstream URLs. Whatever is found must have the recipe's hash.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from wasmforge.common.errors import SourceError
from wasmforge.common.hashing import hash_file
from wasmforge.common.layout import Layout
from wasmforge.common.replacing import copy_file, move_file, new_file
from wasmforge.common.temporary import temporary_folder
from wasmforge.common.threads import threads
from wasmforge.sources import pip_client, registries
from wasmforge.sources.source import NotAvailable, Source

# Downloads at a time. A small one mostly waits for answers.
_AT_ONCE = 4

Progress = Callable[[str, int, int | None], None]
"""Called with a file's name, the bytes so far, and its size in bytes or None."""


def _silent(_name: str, _done: int, _total: int | None) -> None:
    pass


@dataclass(frozen=True)
class Store:
    """The files of one cache, each under its sha256."""

    layout: Layout
    progress: Progress = _silent

    def path(self, source: Source) -> Path:
        return self.layout.sources / source.sha256

    def fetch(self, source: Source) -> Path:
        """The file of a source in the cache, which is fetched if it is not there.

        Raises SourceError if no place has the file, or if a file that is found has another hash.
        """
        path = self.path(source)
        if path.is_file():
            if hash_file(path) == source.sha256:
                return path
            # A full disk or a crash has damaged it.
            path.unlink()
        self.layout.sources.mkdir(parents=True, exist_ok=True)
        with temporary_folder(self.layout.sources, ".fetch-") as folder:
            found = self._find(source, folder)
            _check(found, source)
            (move_file if found.is_relative_to(folder) else copy_file)(found, path)
        return path

    def fill(self, sources: list[Source], folder: Path) -> None:
        """Put the sources into a folder under their own names, as recipes name them."""
        folder.mkdir(parents=True, exist_ok=True)
        with threads(_AT_ONCE) as pool:
            files = list(pool.map(self.fetch, sources))
        for source, file in zip(sources, files, strict=True):
            # A file URL may be decoded before the file is opened.
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
            found = registries.fetch(self.layout.archives, source.name, source.sha256, folder, self._download)
            if found:
                return found
            tried.append("pip, apt, npm: archives.yaml does not list it")
        except NotAvailable as error:
            tried.append(str(error))
        for url in source.urls:
            if "://" not in url or url.startswith("file:"):
                continue
            try:
                return self._download(url, folder / "upstream", source.name)
            except OSError as error:
                tried.append(f"{url}: {error}")
        raise SourceError(
            f"cannot get {unquote(source.name)} (sha256 {source.sha256}):\n  " + "\n  ".join(tried) + "\n"
            "put the file into a folder, set WASMFORGE_MIRROR to that folder, and try again"
        )

    def _download(self, url: str, target: Path, name: str) -> Path:
        return pip_client.download(url, target, lambda done, total: self.progress(name, done, total))


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
