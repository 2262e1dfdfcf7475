"""A file that a recipe is made from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """One file that a recipe fetches.

    sha256: what the file must hash to. urls: where it may be, in the order to try.
    """

    sha256: str
    urls: tuple[str, ...]

    @property
    def name(self) -> str:
        """The file's name, as the first URL spells it."""
        return self.urls[0].rpartition("/")[2]
