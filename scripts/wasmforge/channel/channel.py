"""A conda channel in a folder: packages, and an index that always matches them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from wasmforge.channel import conda_file as conda
from wasmforge.common.replacing import move_file, new_file
from wasmforge.common.temporary import remove_dead

SUBDIRS = ("noarch", "linux-64", "emscripten-wasm32")

# While this lies in a subdir its index may say something else than its files.
_DIRTY = ".reindex"


class Channel:
    """A channel folder with one subfolder per platform.

    Every change leaves a mark first and takes it away last, so that after a
    kill at any moment `repair` knows what to index anew.
    """

    def __init__(self, path: Path, subdirs: Iterable[str] = SUBDIRS) -> None:
        self.path = path
        self.subdirs = tuple(subdirs)

    @property
    def url(self) -> str:
        return self.path.as_uri()

    def file(self, subdir: str, stem: str) -> Path:
        return self.path / subdir / f"{stem}.conda"

    def input_hash(self, subdir: str, stem: str) -> str | None:
        """The recorded input hash of a package; None if the channel does not have it."""
        file = self.file(subdir, stem)
        return conda.input_hash(file) if file.is_file() else None

    def builds(self, subdir: str, name: str, version: str) -> list[tuple[int, str | None]]:
        """The build number and the recorded input hash of each build of a version."""
        files = [file for file in self.packages(subdir) if file.stem.rsplit("-", 1)[0] == f"{name}-{version}"]
        return [conda.number_and_hash(file) for file in files]

    def packages(self, subdir: str) -> list[Path]:
        return sorted((self.path / subdir).glob("*.conda"))

    def repair(self) -> bool:
        """Make each index match its files; returns whether an existing index did not."""
        return any([self._repair(subdir) for subdir in self.subdirs])

    def add(self, subdir: str, file: Path) -> None:
        """Move a finished package into the channel, in place of a file with its name."""
        self._change(subdir, put=[file])

    def remove(self, subdir: str, files: Iterable[Path]) -> None:
        files = list(files)
        if files:
            self._change(subdir, drop=files)

    def others(self, subdir: str, name: str, keep: set[str]) -> list[Path]:
        """The packages of a name in a subdir whose stems are not among those to keep."""
        return [file for file in self.packages(subdir) if package_name(file) == name and file.stem not in keep]

    def _change(self, subdir: str, put: Iterable[Path] = (), drop: Iterable[Path] = ()) -> None:
        folder = self.path / subdir
        folder.mkdir(parents=True, exist_ok=True)
        records = self._records(subdir)
        put = list(put)
        for file in put:
            records[file.name] = conda.repodata_record(file)
        mark = folder / _DIRTY
        mark.touch()
        for file in put:
            move_file(file, folder / file.name)
        for file in drop:
            records.pop(file.name, None)
            file.unlink(missing_ok=True)
        self._write(subdir, records)
        mark.unlink()

    def _repair(self, subdir: str) -> bool:
        folder = self.path / subdir
        folder.mkdir(parents=True, exist_ok=True)
        remove_dead(folder)
        files = {file.name: file.stat().st_size for file in self.packages(subdir)}
        records = self._records(subdir)
        listed = {name: record.get("size") for name, record in records.items()}
        mark, new = folder / _DIRTY, not files and not (folder / "repodata.json").exists()
        if not (new or mark.exists()) and files == listed:
            return False
        mark.touch()
        self._write(subdir, {name: conda.repodata_record(folder / name) for name in files})
        mark.unlink()
        return not new

    def _records(self, subdir: str) -> dict[str, Any]:
        try:
            data = json.loads((self.path / subdir / "repodata.json").read_text())
            return dict(data["packages.conda"])
        except (OSError, ValueError, KeyError, TypeError):
            return {}

    def _write(self, subdir: str, records: dict[str, Any]) -> None:
        data = {
            "info": {"subdir": subdir},
            "packages": {},
            "packages.conda": dict(sorted(records.items())),
            "removed": [],
            "repodata_version": 1,
        }
        with new_file(self.path / subdir / "repodata.json", durable=True) as draft, draft.open("w") as file:
            json.dump(data, file, indent=1, sort_keys=True)
            file.write("\n")


def package_name(file: Path) -> str:
    """The package name in NAME-VERSION-BUILD.conda."""
    return file.stem.rsplit("-", 2)[0]
