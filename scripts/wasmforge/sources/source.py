"""A file that a recipe is made from, and that it is not to be had."""

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


class NotAvailable(Exception):
    """A registry does not have a file, or cannot be asked; says why."""
