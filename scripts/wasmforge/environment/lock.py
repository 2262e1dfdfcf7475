"""Lock files: the exact packages of an environment, in rattler-lock's format (version 7).

Packages of a folder are named by their path from the lock file, so that a lock goes with the folder
it is about. py-rattler's LockFile reads all that we write, but cannot be given a wheel's sha256 and
requirements nor a relative path, so these are put into what it wrote.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from packaging.utils import canonicalize_name
from rattler import RepoDataRecord
from rattler.lock import (
    CondaLockedBinaryPackage,
    LockChannel,
    LockedPackage,
    LockFile,
    LockPlatform,
    PypiLockedPackage,
)

from wasmforge.common.errors import WasmforgeError
from wasmforge.common.hashing import hash_file
from wasmforge.common.platforms import TARGET_PLATFORM
from wasmforge.common.progress import Reporter
from wasmforge.common.replacing import new_file
from wasmforge.common.user_folders import UserFolders
from wasmforge.common.yaml_file import read_yaml_text
from wasmforge.environment.create import Solution, channel_url, install_solution, solve
from wasmforge.environment.default_channel import find_default_channel
from wasmforge.environment.package_store import local_path
from wasmforge.wheels.install import Wheel
from wasmforge.wheels.resolve import fetch
from wasmforge.wheels.target import Target

_ENVIRONMENT = "default"


def lock_environment(
    user: UserFolders, path: Path, specs: list[str], files: list[Path], channels: list[str], reporter: Reporter
) -> None:
    """Solves for the specs and environment files, and writes the lock file of the result."""
    solution = solve(user, specs, files, channels, reporter)
    write_lock(solution, path)
    reporter.say(f"wrote {path}: {len(solution.records)} conda packages, {len(solution.wheels)} wheels")


def create_from_lock(user: UserFolders, prefix: Path, path: Path, channels: list[str], reporter: Reporter) -> None:
    """Makes a prefix, or changes it to one, that has exactly a lock file's packages."""
    with reporter.step(f"check the packages of {path}"):
        solution = read_lock(user, path, channels)
    install_solution(user, solution, prefix, reporter)


def write_lock(solution: Solution, path: Path) -> None:
    """Writes the lock file, which appears whole or not at all."""
    folder = Path(os.path.abspath(path)).parent
    if not folder.is_dir():
        raise WasmforgeError(f"cannot write {path}: there is no folder {folder}")
    with new_file(path) as draft:
        _draft(solution).to_path(draft)
        data = yaml.safe_load(draft.read_text())
        _complete(data, {wheel.name: wheel for wheel, _ in solution.wheels}, folder)
        # JSON is YAML in which no text can be taken for a number.
        draft.write_text(json.dumps(data))
        # In rattler-lock's own order and spelling.
        LockFile.from_path(draft).to_path(draft)


def _draft(solution: Solution) -> LockFile:
    platform = LockPlatform(TARGET_PLATFORM)
    lock = LockFile([platform])
    # By their own addresses, for other tools; a folder of this machine means nothing elsewhere.
    channels = dict.fromkeys(record.channel.rstrip("/") for record in solution.records)
    remote = [LockChannel(channel) for channel in channels if not channel.startswith("file:")]
    lock.set_channels(_ENVIRONMENT, remote)
    for record in solution.records:
        lock.add_conda_package(_ENVIRONMENT, platform, record)
    for wheel, _ in solution.wheels:
        lock.add_pypi_package(_ENVIRONMENT, platform, wheel.name, wheel.version, wheel.url)
    return lock


def _complete(data: dict[str, Any], wheels: dict[str, Wheel], folder: Path) -> None:
    """Adds what LockFile has no way to set, and removes the folders of this machine."""
    locations = {}
    for entry in data["packages"]:
        kind = "conda" if "conda" in entry else "pypi"
        said = entry[kind]
        if kind == "conda":
            entry[kind] = _from(said, folder)
            if str(entry.get("channel", "")).startswith("file:"):
                del entry["channel"]
        else:
            wheel = wheels[entry["name"]]
            # A wheel of an index in a folder of this machine is found again by its name and sha256.
            entry[kind] = _from(said, folder) if wheel.direct else _shared(said)
            entry["sha256"] = wheel.sha256
            if wheel.requires:
                entry["requires_dist"] = list(wheel.requires)
            if wheel.requires_python:
                entry["requires_python"] = wheel.requires_python
        locations[kind, said] = entry[kind]
    for entries in data["environments"][_ENVIRONMENT]["packages"].values():
        for entry in entries:
            for kind in entry:
                entry[kind] = locations[kind, entry[kind]]


def _from(location: str, folder: Path) -> str:
    """A file's path relative to a folder; any other address unchanged."""
    path = local_path(location)
    return location if path is None else os.path.relpath(path, folder)


def _shared(location: str) -> str:
    path = local_path(location)
    return location if path is None else path.name


def read_lock(user: UserFolders, path: Path, channels: Sequence[str]) -> Solution:
    """The packages of a lock file, those of folders checked by their sha256, and wheels fetched.

    A package that is not where the lock says is also looked for, by file name and sha256, in the
    channels and in the default channel. Raises WasmforgeError for a lock that cannot be read or is for
    another platform, and for a package that is gone or differs.
    """
    # The default one may be missing where all packages are found elsewhere.
    places = [*map(channel_url, channels), *filter(None, [find_default_channel()])]
    folders = [folder.resolve() for place in places if (folder := local_path(place))]
    finder = _Finder(path, Path(os.path.abspath(path)).parent, folders)
    records, wheels = [], []
    for package in _read(path):
        if package.hashes is None or package.hashes.sha256 is None:
            raise WasmforgeError(f"{path} gives no sha256 for {package.name}, so it cannot be checked; {_ANEW}")
        if isinstance(package, CondaLockedBinaryPackage):
            records.append(finder.record(package))
        elif isinstance(package, PypiLockedPackage):
            wheels.append(finder.wheel(package))
        else:
            raise WasmforgeError(f"{path}: {package.name} is locked as sources to build; {_ANEW}")
    return Solution(records, fetch(user, wheels, Target.of(records)) if wheels else [])


_ANEW = "make the lock file anew with: wasmforge lock"


def _read(path: Path) -> list[LockedPackage]:
    if not path.is_file():
        raise WasmforgeError(f"there is no lock file {path}")
    read_yaml_text(path)
    try:
        lock = LockFile.from_path(path)
        environment = lock.default_environment()
        platforms = {platform.name: platform for platform in lock.platforms()}
    except Exception as error:
        raise WasmforgeError(f"{path} is not a lock file that can be read ({error}); {_ANEW}") from error
    if TARGET_PLATFORM not in platforms:
        names = ", ".join(sorted(platforms)) or "no platform"
        raise WasmforgeError(f"{path} is for {names}, not for {TARGET_PLATFORM}; {_ANEW}")
    packages = environment.packages(platforms[TARGET_PLATFORM]) if environment else None
    if not packages:
        raise WasmforgeError(f"{path} has no packages for {TARGET_PLATFORM}; {_ANEW}")
    return packages


class _Finder:
    """Turns a lock file's entries into packages that can be installed here."""

    def __init__(self, lock: Path, folder: Path, channels: list[Path]) -> None:
        self._lock = lock
        self._folder = folder
        self._channels = channels

    def record(self, package: CondaLockedBinaryPackage) -> RepoDataRecord:
        path = local_path(package.location)
        if path is None:
            return package.repo_data_record()
        about = package.package_record
        assert about is not None and package.hashes is not None and package.hashes.sha256 is not None
        others = [channel / about.subdir / path.name for channel in self._channels]
        found = self._find(package, [self._folder / path, *others])
        return RepoDataRecord(about, found.name, found.as_uri(), found.parent.parent.as_uri() + "/")

    def wheel(self, package: PypiLockedPackage) -> Wheel:
        assert package.hashes is not None and package.hashes.sha256 is not None
        path = local_path(package.location)
        url, direct = package.location, False
        if path is not None:
            file = Path(os.path.normpath(self._folder / path))
            # A bare name comes from an index; its file may still lie beside the lock.
            direct = path.name != package.location
            url = file.as_uri() if direct or file.is_file() else package.location
        return Wheel(
            name=str(canonicalize_name(package.name)),
            version=package.version,
            url=url,
            sha256=package.hashes.sha256.hex(),
            requires=tuple(package.requires_dist),
            requires_python=package.requires_python or "",
            direct=direct,
        )

    def _find(self, package: LockedPackage, places: list[Path]) -> Path:
        assert package.hashes is not None and package.hashes.sha256 is not None
        expected = package.hashes.sha256.hex()
        seen = {}
        for place in dict.fromkeys(Path(os.path.normpath(place)) for place in places):
            if place.is_file():
                seen[place] = hash_file(place)
                if seen[place] == expected:
                    return place
        if not seen:
            looked = ", ".join(dict.fromkeys(os.path.normpath(place.parent) for place in places))
            raise WasmforgeError(
                f"{places[0].name}, which {self._lock} names, is gone: it is not in {looked}. "
                f"Name the channel that has it with -c, or {_ANEW}"
            )
        place, found = next(iter(seen.items()))
        raise WasmforgeError(
            f"{place} is not the package that {self._lock} names: its sha256 is {found}, the lock says {expected}. "
            f"Name the channel that has the other with -c, or {_ANEW}"
        )
