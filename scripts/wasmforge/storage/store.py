"""What files lie in: each has a name, some change and most never do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class ChangedMeanwhile(Exception):
    """Another publisher has written the file since it was read."""


class AlreadyThere(Exception):
    """A file with this name is in the store, with this content or another."""


@dataclass(frozen=True)
class Version:
    """The content of a file at one moment, and the store's mark for it."""

    data: bytes
    mark: str = ""


Report = Callable[[int], None]
"""Called with the bytes of a file that came so far. What it raises ends the transfer."""


def silent(_done: int) -> None:
    pass


class Store(Protocol):
    """A folder or a bucket. Names are relative to it, with slashes.

    A write is whole or not at all: no reader sees half a file.
    """

    def lock(self) -> AbstractContextManager[None]:
        """Held while a publisher works. Stores that compare and swap let several work at once."""

    def read(self, name: str) -> Version | None:
        """The file now; None if there is none."""

    def fetch(self, name: str, target: Path, report: Report = silent) -> None:
        """Copy a file to a path; raises FileNotFoundError if there is none."""

    def write(self, name: str, data: bytes, seen: Version | None) -> None:
        """Replace the version that was seen, None for no file; raises ChangedMeanwhile if the file is another now."""

    def add(self, name: str, file: Path) -> None:
        """Copy a file that will never change; raises AlreadyThere."""

    def names(self, folder: str) -> Iterator[str]:
        """The names of the files in a folder, without those below it."""

    def folders(self) -> list[str]:
        """The names of the folders at the top."""
