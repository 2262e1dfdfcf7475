"""Where things are: the checkout, the cache, and the channels in both."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from wasmforge.common.errors import UsageError
from wasmforge.common.user_folders import UserFolders, find_user_folders

# Where a recipe finds its sources, relative to the folder a build is started
# in; conda_build_config.yaml says the same as a URL.
STORE_FOLDER = Path("build/sources")

# Where builds work. The path reaches into packages (prefix placeholders, names
# of source files), so it is the same on every machine. Not /tmp: that may be
# in memory.
WORK_FOLDER = Path("/var/tmp/wasmforge")


@dataclass(frozen=True, kw_only=True)
class Layout(UserFolders):
    """The folders that one run works in: those of the user and those of a checkout.

    root: the checkout. work: where rattler-build works, one build at a time.
    flavour: the variant's name; "release" is what the checkout's channel holds.
    """

    root: Path
    work: Path = WORK_FOLDER
    flavour: str = "release"

    @property
    def archives(self) -> Path:
        """The list that says which registry has which source archive."""
        return self.root / "recipes" / "archives.yaml"

    @property
    def library_channel(self) -> Path:
        """Channel of the packages for the browser (emscripten-wasm32, noarch)."""
        if self.flavour == "release":
            return self.root / "emscripten-forge" / "channel"
        return self.cache / "flavours" / self.flavour / "channel"

    @property
    def staging_channel(self) -> Path:
        """Channel of packages that are built but whose tests have not passed."""
        return self.cache / "flavours" / self.flavour / "staging"

    @property
    def toolbox(self) -> Path:
        """The folder that is the PATH of every build."""
        return self.work / "toolbox"


def find_layout(flavour: str = "release") -> Layout:
    """The layout of the checkout that the current folder or this file is in.

    WASMFORGE_ROOT, WASMFORGE_CACHE and WASMFORGE_WORK override its parts.
    Packages built with another WASMFORGE_WORK may differ in bytes.
    """
    return Layout(
        root=_find_root(),
        cache=find_user_folders().cache,
        work=Path(os.environ.get("WASMFORGE_WORK", WORK_FOLDER)).resolve(),
        flavour=flavour,
    )


def find_checkout() -> Path | None:
    """WASMFORGE_ROOT, or the checkout that the current folder or this file is in; None if there is none."""
    given = os.environ.get("WASMFORGE_ROOT")
    if given:
        return Path(given).resolve()
    here = Path.cwd()
    for folder in (here, *here.parents, *Path(__file__).resolve().parents):
        if (folder / "conda_build_config.yaml").is_file() and (folder / "recipes").is_dir():
            return folder
    return None


def _find_root() -> Path:
    root = find_checkout()
    if root is None:
        raise UsageError(
            "this command needs a checkout of wasmforge, and none of the folders above has conda_build_config.yaml "
            "and recipes/; change into the checkout or set WASMFORGE_ROOT"
        )
    return root
