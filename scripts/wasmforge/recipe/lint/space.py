"""How many packages fit into the repository, which holds its channel with all that it ever held."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

_MIB = 1024**2

# The hosts of repositories ask for smaller ones, and every clone has it all.
LIMIT = 450 * _MIB  # bytes


@dataclass(frozen=True)
class Space:
    """used: bytes of a clone of this branch. sizes: bytes of each package of the channel."""

    used: int
    sizes: tuple[int, ...]

    @property
    def left(self) -> int:
        """The bytes that are left; 0 if the repository is full."""
        return max(0, LIMIT - self.used)

    @property
    def mean(self) -> int:
        """The bytes of a package."""
        return sum(self.sizes) // len(self.sizes)

    @property
    def packages(self) -> int:
        """How many more packages of the mean size fit."""
        return self.left // self.mean

    @property
    def is_short(self) -> bool:
        """Whether less than a tenth is left, or less than a build of the whole channel."""
        return self.left < max(LIMIT // 10, sum(self.sizes))

    def text(self) -> str:
        return (
            f"the repository has {self.used / _MIB:.0f} of {LIMIT // _MIB} MiB: room for {self.packages} more packages "
            f"of {self.mean / _MIB:.2f} MiB, the mean of the channel, or for {self.left // sum(self.sizes)} builds "
            f"of all {len(self.sizes)}"
        )


def measure(root: Path, channel: Path) -> Space | None:
    """The space of a checkout; None where there is no git, no whole history or no package."""
    sizes = tuple(path.stat().st_size for path in channel.glob("*/*.conda"))
    try:
        if not sizes or _git(root, "rev-parse", "--is-shallow-repository") != "false":
            return None
        # Not count-objects, which counts all that lies in a repository: other branches, and what nothing refers to.
        return Space(int(_git(root, "rev-list", "--disk-usage", "--objects", "HEAD")), sizes)
    except (OSError, subprocess.CalledProcessError):
        return None


def _git(root: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True).stdout.strip()
