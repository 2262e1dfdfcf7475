"""How many packages fit into the repository, which holds its channel."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

# The hosts of repositories ask for smaller ones, and every clone has it all.
LIMIT = 450 * 1024**2  # bytes


@dataclass(frozen=True)
class Space:
    """used: bytes of the repository's objects. mean: bytes of a package of the channel."""

    used: int
    mean: int

    @property
    def packages(self) -> int:
        """How many more packages of the mean size fit; 0 if the repository is full."""
        return max(0, LIMIT - self.used) // self.mean

    @property
    def is_short(self) -> bool:
        """Whether less than a tenth is left."""
        return self.used > LIMIT * 0.9

    def text(self) -> str:
        mib = 1024**2
        return (
            f"the repository has {self.used / mib:.0f} of {LIMIT // mib} MiB: room for {self.packages} more packages "
            f"of {self.mean / mib:.1f} MiB, the mean of the channel"
        )


def measure(root: Path, channel: Path) -> Space | None:
    """The space of a checkout; None where there is no git, no repository or no package."""
    sizes = [path.stat().st_size for path in channel.glob("*/*.conda")]
    try:
        git = subprocess.run(["git", "count-objects", "-v"], cwd=root, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    counts = dict(line.split(": ", 1) for line in git.stdout.splitlines())
    used = 1024 * (int(counts["size"]) + int(counts["size-pack"]))
    return Space(used, max(1, sum(sizes) // len(sizes))) if sizes else None
