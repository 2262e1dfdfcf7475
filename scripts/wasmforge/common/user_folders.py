"""The folders of this user: what git does not keep, and what every checkout shares."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class UserFolders:
    """The cache and the folders in it. All of it can be deleted: it is made again when needed."""

    cache: Path

    @property
    def tool_channel(self) -> Path:
        """Channel of the linux-64 tools and of the libraries' test packages."""
        return self.cache / "channel"

    @property
    def sources(self) -> Path:
        """Source files, each named by its sha256."""
        return self.cache / "sources"

    @property
    def logs(self) -> Path:
        """Logs of builds and tests, by platform."""
        return self.cache / "logs"

    @property
    def broken(self) -> Path:
        """Packages whose tests failed, kept for a look."""
        return self.cache / "broken"

    @property
    def package_cache(self) -> Path:
        """Conda packages that builds unpacked, in rattler's layout."""
        return self.cache / "pkgs"

    @property
    def packages(self) -> Path:
        """Conda packages that were checked and unpacked for environments, each in a folder named by its sha256."""
        return self.cache / "packages"

    @property
    def index(self) -> Path:
        """Indexes of channels, as rattler keeps them."""
        return self.cache / "index"

    @property
    def wheels(self) -> Path:
        """Wheels, each in a folder named by its sha256."""
        return self.cache / "wheels"

    @property
    def imports(self) -> Path:
        """What the modules of each package import, so that a bundle reads no source twice."""
        return self.cache / "imports"

    @property
    def compressed(self) -> Path:
        """Compressed files of bundles, each named by a hash of its content and method."""
        return self.cache / "compressed"


def find_user_folders() -> UserFolders:
    """The folders below WASMFORGE_CACHE, or else below ~/.cache/wasmforge."""
    given = os.environ.get("WASMFORGE_CACHE")
    return UserFolders(cache=Path(given).resolve() if given else Path.home() / ".cache" / "wasmforge")
