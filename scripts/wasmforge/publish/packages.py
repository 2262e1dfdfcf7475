"""The packages to publish, checked before the first one is uploaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from wasmforge.channel.channel import package_name
from wasmforge.channel.conda_file import repodata_record
from wasmforge.common.errors import UsageError, WasmforgeError


@dataclass(frozen=True)
class Package:
    file: Path
    subdir: str
    sha256: str

    @property
    def place(self) -> str:
        """Where it lies in a channel."""
        return f"{self.subdir}/{self.file.name}"


def read_packages(channel: Path, names: Sequence[str]) -> list[Package]:
    """The packages of a channel's folder, or those with one of the names.

    Raises UsageError if there is none, and WasmforgeError for one that lies elsewhere or is
    called otherwise than it says itself.
    """
    if not channel.is_dir():
        raise UsageError(f"no folder {channel}: -c names the channel whose packages are published")
    found = []
    known: set[str] = set()
    for file in sorted(channel.glob("*/*.conda")):
        name = package_name(file)
        known.add(name)
        if names and name not in names:
            continue
        record = repodata_record(file)
        own = f"{record.get('subdir')}/{record.get('name')}-{record.get('version')}-{record.get('build')}.conda"
        place = f"{file.parent.name}/{file.name}"
        if own != place:
            raise WasmforgeError(f"{file} says that it is {own}; give it this place and name, or build it again")
        found.append(Package(file, file.parent.name, record["sha256"]))
    missing = sorted(set(names) - known)
    if missing:
        raise UsageError(f"{channel} has no package {', '.join(missing)}")
    if not found:
        raise UsageError(f"{channel} has no packages; build some, or name another channel with -c")
    return found


def unlisted(packages: Sequence[Package], listed: Mapping[str, str | None], unchanged: str) -> list[Package]:
    """The packages that a channel does not list.

    listed: the sha256 of what it lists, by file name. Raises other_content for a package that it lists otherwise.
    """
    for package in packages:
        if package.file.name in listed and listed[package.file.name] != package.sha256:
            raise other_content(package, unchanged)
    return [package for package in packages if package.file.name not in listed]


def other_content(package: Package, unchanged: str) -> WasmforgeError:
    """The error for a name that the channel has with other bytes. unchanged: what was not done."""
    return WasmforgeError(
        f"{package.place} is in the channel with another content, and a name means one content for ever: caches and "
        f"lock files rely on it; build the package again with another build number. {unchanged}"
    )
