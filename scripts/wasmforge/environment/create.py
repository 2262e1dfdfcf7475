"""Environments for emscripten-wasm32: solved from channels, installed as conda prefixes."""

from __future__ import annotations

import asyncio
import errno
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rattler import RepoDataRecord, Subdir, install
from rattler.exceptions import InstallerError

from wasmforge.common.errors import UsageError, WasmforgeError
from wasmforge.common.file_lock import locked_file
from wasmforge.common.platforms import TARGET_PLATFORM
from wasmforge.common.progress import Reporter
from wasmforge.common.replacing import new_folder
from wasmforge.common.temporary import temporary_folder
from wasmforge.common.user_folders import UserFolders
from wasmforge.common.yaml_file import read_yaml
from wasmforge.environment.default_channel import default_channel
from wasmforge.environment.fetching import raise_if_full
from wasmforge.environment.installed import installed_packages
from wasmforge.environment.package_check import check_together
from wasmforge.environment.package_store import PackageStore
from wasmforge.environment.solver import solve_environment

# Wheels are imported where they are used: most environments have none.
if TYPE_CHECKING:
    from wasmforge.wheels.install import Wheel


_SCHEMES = ("http", "https", "file")
_LOCK = ".wasmforge-lock"


@dataclass
class Wanted:
    """The packages that the user wants: conda specs, the channels to look in, and requirements for wheels."""

    specs: list[str] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)
    requirements: list[str] = field(default_factory=list)


@dataclass
class Solution:
    """The packages of an environment, each with its sha256; wheels with their files."""

    records: list[RepoDataRecord]
    wheels: list[tuple[Wheel, Path]] = field(default_factory=list)


def create_environment(
    user: UserFolders, prefix: Path, specs: list[str], files: list[Path], channels: list[str], reporter: Reporter
) -> None:
    """Solves for the specs and installs them into a prefix.

    A new prefix appears whole or not at all; one that exists is changed in
    place to what the specs say. Raises SolveError with the solver's
    explanation, and WasmforgeError for a prefix that is no environment.
    """
    prefix = Path(os.path.realpath(prefix))
    _check_prefix(prefix)
    solution = solve(user, specs, files, channels, reporter)
    install_solution(user, solution, prefix, reporter)


def solve(user: UserFolders, specs: list[str], files: list[Path], channels: list[str], reporter: Reporter) -> Solution:
    """The packages that the specs and environment files name, with all that these need."""
    wanted = Wanted([*specs], [*channels])
    for file in files:
        said = read_environment_file(file)
        wanted.specs += said.specs
        wanted.channels += said.channels
        wanted.requirements += said.requirements
    if not wanted.specs and not wanted.requirements:
        raise UsageError("nothing to install: name packages or give an environment file")
    urls = [channel_url(channel) for channel in wanted.channels] or [channel_url(default_channel())]
    with reporter.step("solve"):
        records = asyncio.run(solve_environment(urls, wanted.specs, TARGET_PLATFORM, user.index))
    if not wanted.requirements:
        return Solution(records)
    return Solution(records, _solve_wheels(user, records, wanted.requirements, reporter))


def _solve_wheels(
    user: UserFolders, records: list[RepoDataRecord], requirements: list[str], reporter: Reporter
) -> list[tuple[Wheel, Path]]:
    from wasmforge.wheels.resolve import fetch, resolve
    from wasmforge.wheels.target import Target

    target = Target.of(records)
    with reporter.step("find and fetch wheels"), temporary_folder() as work:
        # Their files say which distributions the conda packages are: install them, as links into the cache.
        folder = work / "conda"
        asyncio.run(_install(user, records, folder, folder, reporter))
        return fetch(user, resolve(requirements, folder, target), target)


def install_solution(user: UserFolders, solution: Solution, prefix: Path, reporter: Reporter) -> None:
    """Makes a prefix that has these packages and no others."""
    prefix = Path(os.path.realpath(prefix))
    exists = _check_prefix(prefix)
    count = len(solution.records) + len(solution.wheels)
    with reporter.step(f"install {count} packages into {prefix}"):
        if exists:
            with locked_file(prefix / _LOCK, f"waiting for another wasmforge that changes {prefix}", reporter):
                _install_all(user, solution, prefix, prefix, reporter)
        else:
            try:
                with new_folder(prefix) as folder:
                    _install_all(user, solution, folder, prefix, reporter)
            except OSError as error:
                if error.errno not in (errno.ENOTEMPTY, errno.EEXIST) or str(error.filename2) != str(prefix):
                    raise
                raise WasmforgeError(
                    f"{prefix} has been made by another program meanwhile; it is left as that made it"
                ) from error
    lines = [f"{record.name.normalized} {record.version} {record.build}" for record in solution.records]
    lines += [f"{wheel.name} {wheel.version} pypi" for wheel, _ in solution.wheels]
    for line in sorted(lines):
        reporter.say("  " + line)


def read_environment_file(path: Path) -> Wanted:
    """Read an environment.yml. Raises WasmforgeError for one that is not valid or not supported."""
    data = read_yaml(path)
    dependencies = data.get("dependencies") if isinstance(data, dict) else None
    if not isinstance(dependencies, list):
        raise WasmforgeError(f"{path} has no list under `dependencies:`")
    channels = data.get("channels") or []
    if not isinstance(channels, list) or not all(isinstance(channel, str) for channel in channels):
        raise WasmforgeError(f"{path}: what stands under `channels:` is not a list of addresses and folders")
    wanted = Wanted(channels=[_relative_to(path, channel) for channel in channels])
    for entry in dependencies:
        if isinstance(entry, str):
            wanted.specs.append(entry)
        elif isinstance(entry, dict) and list(entry) == ["pip"]:
            wanted.requirements += _read_requirements(path, entry["pip"])
        else:
            raise WasmforgeError(f"{path}: {_shortened(entry)} under `dependencies:` is not a package specification")
    return wanted


def _shortened(entry: object) -> str:
    """An entry for a message: YAML's aliases can make a few lines of a file into gigabytes of text."""
    return f"the {type(entry).__name__} there" if isinstance(entry, (dict, list)) else repr(entry)


def _read_requirements(path: Path, entries: Any) -> list[str]:
    from wasmforge.wheels.resolve import parse_requirement

    if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
        raise WasmforgeError(f"{path}: what stands under `pip:` is not a list of requirements")
    try:
        return [parse_requirement(entry.strip(), path.absolute().parent) for entry in entries]
    except WasmforgeError as error:
        raise WasmforgeError(f"{path}: {error}") from error


def _relative_to(file: Path, channel: str) -> str:
    """The channel of an environment file: a folder's path is relative to the file."""
    folder = file.parent / channel
    return str(folder) if "://" not in channel and folder.is_dir() else channel


def _check_prefix(prefix: Path) -> bool:
    """Whether the prefix holds an environment; False when it is free to be made."""
    if (prefix / "conda-meta").is_dir():
        return True
    if prefix.exists() and (not prefix.is_dir() or any(prefix.iterdir())):
        raise WasmforgeError(f"{prefix} exists and is no conda environment; name another folder or empty this one")
    return False


def channel_url(channel: str) -> str:
    """The address of a channel that is given as one or as a folder."""
    if "://" in channel:
        if channel.partition("://")[0].lower() not in _SCHEMES:
            raise UsageError(f"no channel {channel!r}: an address starts with http://, https:// or file://")
        return channel
    folder = Path(channel).resolve()
    if not folder.is_dir():
        raise WasmforgeError(f"no channel {channel!r}: it is neither an address (with ://) nor a folder")
    if not any(folder.glob("*/repodata.json")):
        raise WasmforgeError(f"{folder} is no channel: none of its folders has a repodata.json")
    return folder.as_uri()


def _install_all(user: UserFolders, solution: Solution, folder: Path, prefix: Path, reporter: Reporter) -> None:
    # This removes the wheels of an earlier run, too: they are not among the records.
    asyncio.run(_install(user, solution.records, folder, prefix, reporter))
    if solution.wheels:
        from wasmforge.wheels.install import install_wheels
        from wasmforge.wheels.target import Target

        install_wheels(solution.wheels, folder, prefix, Target.of(solution.records), reporter)


async def _install(
    user: UserFolders, records: list[RepoDataRecord], folder: Path, prefix: Path, reporter: Reporter
) -> None:
    """Installs into a folder that will be, or is, the prefix. Checks everything before it writes anything there."""
    installed = installed_packages(folder, reporter)
    store = PackageStore(user.packages)
    check_together(await store.obtain(records), records, folder)
    options: dict[str, Any] = {} if folder == prefix else {"alternative_target_prefix": prefix}
    try:
        await install(
            records,
            folder,
            package_cache=store.cache(records),
            installed_packages=installed,
            platform=Subdir(TARGET_PLATFORM),
            show_progress=False,
            **options,
        )
    except InstallerError as error:
        raise_if_full(error, prefix)
        raise WasmforgeError(f"the packages cannot be installed into {prefix}: {error}") from error
