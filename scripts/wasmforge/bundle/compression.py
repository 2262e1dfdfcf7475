"""How a bundle's files are compressed: by which methods, and how hard."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import brotli  # type: ignore[import-untyped]

# 16 MB: the largest window that every browser accepts.
_WINDOW_BITS = 24
# CPU time for a MB of the demo's bundle, by brotli's quality and gzip's level. Other machines differ by a factor that
# the progress finds.
_BROTLI_SECONDS = {9: 0.12, 11: 1.7}
_GZIP_SECONDS = {6: 0.03, 9: 0.1}


class Compression(StrEnum):
    """What the maker of a bundle chooses; docs/how-to/host.md has what each costs and saves."""

    FAST = "fast"
    BEST = "best"
    NONE = "none"


@dataclass(frozen=True)
class Method:
    """A way to compress that gives the same bytes for the same content wherever `identity` is the same."""

    suffix: str
    level: int

    @property
    def identity(self) -> str:
        if self.suffix == ".br":
            return f"brotli {brotli.__version__} quality {self.level} window {_WINDOW_BITS}"
        return f"gzip {zlib.ZLIB_RUNTIME_VERSION} level {self.level}"

    def compress(self, data: bytes) -> bytes:
        if self.suffix == ".br":
            compressed: bytes = brotli.compress(data, quality=self.level, lgwin=_WINDOW_BITS)
            return compressed
        # Not gzip.compress, whose header is another in newer Pythons.
        return zlib.compress(data, self.level, wbits=31)

    def expected_seconds(self, size: int) -> float:
        """About how long it takes for so many bytes."""
        return (_BROTLI_SECONDS if self.suffix == ".br" else _GZIP_SECONDS)[self.level] * size / 1e6


_FAST = (Method(".br", 9), Method(".gz", 6))
_BEST = (Method(".br", 11), Method(".gz", 9))


def methods(compression: Compression, *, at_start: bool) -> Sequence[Method]:
    """The methods for a file, each of which makes another one beside it.

    at_start: whether every visit fetches the file before Python runs. These are compressed well in any case: in the
    demo's bundle they are 12 of 220 MB.
    """
    if compression is Compression.NONE:
        return ()
    return _BEST if at_start or compression is Compression.BEST else _FAST
