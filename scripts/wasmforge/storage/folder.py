"""Files in a folder. A lock file lets one publisher after the other work."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wasmforge.common.file_lock import locked_file
from wasmforge.common.progress import Reporter
from wasmforge.common.replacing import new_file
from wasmforge.common.temporary import remove_dead
from wasmforge.storage.store import AlreadyThere, ChangedMeanwhile, Report, Version, silent

LOCK = ".publish.lock"


class FolderStore:
    def __init__(self, path: Path, reporter: Reporter) -> None:
        self.path = path
        self._reporter = reporter

    @contextmanager
    def lock(self) -> Iterator[None]:
        self.path.mkdir(parents=True, exist_ok=True)
        waiting = f"waiting for another wasmforge that publishes to {self.path}"
        with locked_file(self.path / LOCK, waiting, self._reporter):
            for folder in (self.path, *(self.path / name for name in self.folders())):
                remove_dead(folder)
                remove_dead(folder / "shards")
            yield

    def read(self, name: str) -> Version | None:
        try:
            return Version((self.path / name).read_bytes())
        except FileNotFoundError:
            return None

    def write(self, name: str, data: bytes, seen: Version | None) -> None:
        if self.read(name) != seen:
            raise ChangedMeanwhile(name)
        with new_file(self.path / name, durable=True) as draft:
            draft.write_bytes(data)

    def add(self, name: str, file: Path) -> None:
        target = self.path / name
        if target.exists():
            raise AlreadyThere(name)
        with new_file(target, durable=True) as draft:
            shutil.copyfile(file, draft)

    def fetch(self, name: str, target: Path, report: Report = silent) -> None:
        shutil.copyfile(self.path / name, target)
        report(target.stat().st_size)

    def names(self, folder: str) -> Iterator[str]:
        path = self.path / folder
        if path.is_dir():
            yield from (file.name for file in path.iterdir() if file.is_file())

    def folders(self) -> list[str]:
        return [path.name for path in self.path.iterdir() if path.is_dir() and not path.name.startswith(".")]
