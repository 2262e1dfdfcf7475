"""How a package enters its channel."""

from __future__ import annotations

from pathlib import Path

from wasmforge.build.channels import Channels
from wasmforge.build.plan import PlannedPackage


def admit(channels: Channels, package: PlannedPackage, file: Path) -> None:
    """Move a file into the channel of its package and take out the builds that it replaces."""
    output = package.output
    package.home.add(output.subdir, file)
    staged = channels.staging.file(output.subdir, package.stem)
    if staged.is_file():
        channels.staging.remove(output.subdir, [staged])
    for subdir in channels.subdirs(output):
        package.home.remove(subdir, package.home.others(subdir, output.name, set(package.builds)))
