"""Wheels of an environment: which they are, and how they get into a prefix.

Installed wheels have records in conda-meta like conda packages, so that whatever reads a prefix
finds them; their build is `pypi_0`, their channel `pypi`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import warnings
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit

from installer import install
from installer.destinations import SchemeDictionaryDestination
from installer.exceptions import InstallerError
from installer.records import RecordEntry
from installer.sources import WheelFile
from installer.utils import Scheme, parse_entrypoints
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from wasmforge.common.errors import WasmforgeError
from wasmforge.common.inside import folder_leads_out, name_fault, owned_fault, path_fault, refuse
from wasmforge.common.progress import Reporter
from wasmforge.common.replacing import new_file
from wasmforge.common.temporary import temporary_folder
from wasmforge.wheels.target import Target

BUILD = "pypi_0"
CHANNEL = "pypi"
_METADATA = re.compile(r"(?:^|/)site-packages/([^/]+)-[^/-]+\.dist-info/METADATA$")


@dataclass(frozen=True)
class Wheel:
    """A wheel that an environment has.

    name: normalised. url: where it comes from; the bare file name for one that pip's index has in
    a folder of this machine. requires: its requirements there, with markers and extras already
    evaluated. direct: whether the user gave its address.
    """

    name: str
    version: str
    url: str
    sha256: str
    requires: tuple[str, ...] = ()
    requires_python: str = ""
    direct: bool = False

    @property
    def file_name(self) -> str:
        return unquote(urlsplit(self.url).path.rpartition("/")[2])


def conda_distributions(prefix: Path) -> dict[str, tuple[str, str]]:
    """The distributions that the conda packages of a prefix provide: name -> (package, version).

    Their names are those of the dist-info folders; a package without one provides its own name.
    """
    found = {}
    for path in sorted((prefix / "conda-meta").glob("*.json")):
        record = json.loads(path.read_text())
        if record.get("channel") == CHANNEL:
            continue
        names = [match.group(1) for file in record["files"] if (match := _METADATA.search(file))]
        for name in names or [record["name"]]:
            found[str(canonicalize_name(name))] = (record["name"], record["version"])
    return found


def install_wheels(
    wheels: Iterable[tuple[Wheel, Path]], folder: Path, prefix: Path, target: Target, reporter: Reporter
) -> None:
    """Installs wheel files into a folder that will be, or is, the prefix, and that has its conda packages.

    A file that another package has with other content is left out, with a warning.
    Raises WasmforgeError for a file that is no wheel.
    """
    distributions = conda_distributions(folder)
    packages = {package for package, _ in distributions.values()}
    # Beside the prefix, so that nothing of a broken wheel gets into it.
    with temporary_folder(folder.parent, f".{folder.name[:50]}-wheels-") as staging:
        for wheel, file in sorted(wheels, key=lambda pair: pair[0].name):
            if wheel.name in packages:
                raise WasmforgeError(
                    f"the wheel {wheel.file_name} and a conda package are both named {wheel.name}; take one of them out"
                )
            stage = staging / wheel.name
            files = _unpack(file, stage, prefix, target)
            _move(wheel, files, stage, folder, reporter)
            _write_record(wheel, file, files, folder, prefix, distributions)


@dataclass
class _Destination(SchemeDictionaryDestination):
    """Keeps hashes of scripts, which name the prefix, out of RECORD, so that it is the same in every prefix."""

    written: dict[Path, None] = field(default_factory=dict)

    def write_to_fs(self, scheme: Scheme, path: str, stream: BinaryIO, is_executable: bool) -> RecordEntry:
        entry = super().write_to_fs(scheme, path, stream, is_executable)
        self.written[self._path_with_destdir(scheme, path)] = None
        return RecordEntry(path, None, None) if scheme == "scripts" else entry


def _unpack(file: Path, stage: Path, prefix: Path, target: Target) -> list[str]:
    """Unpacks a wheel, after a check that it stays in its folders; returns the files' paths relative to the prefix."""
    site = str(stage / target.site_packages)
    destination = _Destination(
        {
            "purelib": site,
            "platlib": site,
            "headers": str(stage / "include" / f"python{target.minor}" / file.name.partition("-")[0]),
            "scripts": str(stage / "bin"),
            "data": str(stage),
        },
        interpreter=str(prefix / "bin" / "python"),
        script_kind="posix",
        # INSTALLER may be in the wheel already.
        overwrite_existing=True,
    )
    try:
        with WheelFile.open(file) as source, warnings.catch_warnings():
            # Bytecode in a wheel is left out, which is no news for the user.
            warnings.simplefilter("ignore", RuntimeWarning)
            _check_paths(file, source)
            install(source, destination, {"INSTALLER": b"wasmforge\n"})
    except (InstallerError, zipfile.BadZipFile, ValueError, KeyError, AssertionError, EOFError) as error:
        raise WasmforgeError(f"{file.name} is not a wheel that can be installed: {error}") from error
    files = sorted(path.relative_to(stage).as_posix() for path in destination.written)
    for path in files:
        refuse(file.name, path, owned_fault(path))
    return files


def _check_paths(file: Path, source: WheelFile) -> None:
    with zipfile.ZipFile(file) as archive:
        for member in archive.infolist():
            fault = path_fault(member.filename.removesuffix("/"))
            if stat.S_ISLNK(member.external_attr >> 16):
                fault = "it is a symbolic link, which wheels cannot have"
            refuse(file.name, member.filename, fault)
    if "entry_points.txt" not in source.dist_info_filenames:
        return
    for name, *_ in parse_entrypoints(source.read_dist_info("entry_points.txt")):
        fault = name_fault(name)
        refuse(file.name, name, fault and f"as a script's name: {fault}")


def _move(wheel: Wheel, files: list[str], stage: Path, folder: Path, reporter: Reporter) -> None:
    """Moves the files into the prefix; removes from the list those that another package has."""
    outside = {parent for parent in {*map(os.path.dirname, files)} if folder_leads_out(folder, parent)}
    for path in files:
        if os.path.dirname(path) in outside:
            refuse(wheel.file_name, path, f"it leads out of {folder} by a link there")
    for path in list(files):
        source, goal = stage / path, folder / path
        if os.path.lexists(goal):
            if not goal.is_file() or goal.read_bytes() != source.read_bytes():
                reporter.say(f"{path} of {wheel.name} is left out: another package has it", "yellow")
                files.remove(path)
            continue
        goal.parent.mkdir(parents=True, exist_ok=True)
        os.rename(source, goal)


def _write_record(
    wheel: Wheel, file: Path, files: list[str], folder: Path, prefix: Path, distributions: dict[str, tuple[str, str]]
) -> None:
    names = {str(canonicalize_name(Requirement(text).name)) for text in wheel.requires}
    record = {
        "name": wheel.name,
        "version": wheel.version,
        "build": BUILD,
        "build_number": 0,
        "channel": CHANNEL,
        "subdir": "noarch",
        "depends": ["python", *sorted(distributions.get(name, (name, ""))[0] for name in names)],
        "fn": file.name,
        # Not where it came from, which may be a folder of this machine.
        "url": f"pkg:pypi/{wheel.name}@{wheel.version}",
        "sha256": wheel.sha256,
        "size": file.stat().st_size,
        "files": files,
        "paths_data": {"paths_version": 1, "paths": [_path_entry(folder, path, prefix) for path in files]},
    }
    path = folder / "conda-meta" / f"{wheel.name}-{wheel.version}-{BUILD}.json"
    with new_file(path) as draft:
        draft.write_text(json.dumps(record, indent=2) + "\n")


def _path_entry(folder: Path, path: str, prefix: Path) -> dict[str, Any]:
    data = (folder / path).read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    entry = {
        "_path": path, "path_type": "hardlink", "sha256": digest, "sha256_in_prefix": digest, "size_in_bytes": len(data)
    }  # fmt: skip
    if path.startswith("bin/") and os.fsencode(prefix) in data:
        entry |= {"file_mode": "text", "prefix_placeholder": str(prefix)}
    return entry


def settle_extras(
    metadata: dict[str, Sequence[str]], asked: dict[str, set[str]], target: Target
) -> dict[str, list[str]]:
    """What each distribution requires in an environment, with its markers evaluated.

    metadata: Requires-Dist by distribution. asked: the extras that the user wants of each. The
    extras that distributions require of each other are added.
    """
    extras = {name: set(asked.get(name, ())) for name in metadata}
    while True:
        needed = {name: _applying(metadata[name], extras[name], target) for name in metadata}
        wanted = [
            (str(canonicalize_name(requirement.name)), extra)
            for requirements in needed.values()
            for requirement in requirements
            for extra in requirement.extras
        ]
        new = [(name, extra) for name, extra in wanted if name in extras and extra not in extras[name]]
        if not new:
            return {name: sorted({_bare(one) for one in requirements}) for name, requirements in needed.items()}
        for name, extra in new:
            extras[name].add(extra)


def _applying(requirements: Sequence[str], extras: set[str], target: Target) -> list[Requirement]:
    found = []
    for requirement in map(Requirement, requirements):
        marker = requirement.marker
        if marker is None or any(marker.evaluate({**target.markers, "extra": extra}) for extra in ("", *extras)):
            found.append(requirement)
    return found


def _bare(requirement: Requirement) -> str:
    """Name and versions, without an address, which may be on this machine."""
    return f"{requirement.name}{requirement.specifier}"
