"""Finds and fetches wheels with pip, and so with the indexes, certificates and passwords that pip is set up with."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib import metadata, resources
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urldefrag, urlsplit
from urllib.request import url2pathname

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version

from wasmforge.common.errors import SolveError, UsageError, WasmforgeError
from wasmforge.common.hashing import hash_file
from wasmforge.common.replacing import copy_file
from wasmforge.common.silence import silence_limit
from wasmforge.common.temporary import temporary_folder
from wasmforge.common.user_folders import UserFolders
from wasmforge.sources.source import NotAvailable
from wasmforge.wheels.install import Wheel, conda_distributions, settle_extras
from wasmforge.wheels.target import Target

if TYPE_CHECKING:
    from wasmforge.sources.pip_client import IndexFile

# An explanation of a conflict can name every version of a package.
_MAX_LINES = 25
_MAX_NAMES = 12
# What starts a line of pip-for-target.py about a page of an index that could not be read.
_FAILED = "cannot read"


def parse_requirement(line: str, folder: Path) -> str:
    """Turn a line of a `pip:` section into a requirement (PEP 508). folder: where relative paths start.

    Raises UsageError for a line that is no requirement, such as an option of pip.
    """
    if line.startswith("-"):
        raise UsageError(f"{line!r} under `pip:` is an option of pip; only requirements and wheels can be given there")
    extras = re.search(r"\[[\w,\s.-]*\]$", line)
    address, _, fragment = line.removesuffix(extras.group() if extras else "").partition("#")
    if re.match(r"[\w.-]+(\[.*\])?\s*@", line) is None and ("://" in address or _is_path(address, folder)):
        if "://" not in address:
            file = (folder / address).resolve()
            if not file.is_file():
                raise WasmforgeError(f"{line!r} under `pip:`: there is no file {file}")
            address = file.as_uri()
        name = str(_wheel_name(address, line)[0])
        line = f"{name}{extras.group() if extras else ''} @ {address}{'#' + fragment if fragment else ''}"
    try:
        requirement = Requirement(line)
    except InvalidRequirement as error:
        raise UsageError(f"{line!r} under `pip:` is not a requirement: {error}") from error
    if requirement.url:
        _wheel_name(requirement.url, line)
    return line


def _is_path(text: str, folder: Path) -> bool:
    return "/" in text or text.endswith(".whl") or (folder / text).is_file()


def _wheel_name(address: str, said: str) -> tuple[Any, ...]:
    name = unquote(urlsplit(address).path.rpartition("/")[2])
    try:
        return parse_wheel_filename(name)
    except (InvalidWheelFilename, InvalidVersion) as error:
        raise WasmforgeError(
            f"{said!r} under `pip:` is not the address of a wheel: {error}. Only wheels can be installed; "
            "name one, or the package and its version"
        ) from error


def resolve(requirements: Sequence[str], prefix: Path, target: Target) -> list[Wheel]:
    """The wheels that the requirements need besides the conda packages of a prefix, sorted by name.

    Raises SolveError with the requirements that conflict or that no wheel satisfies.
    """
    asked = [Requirement(line) for line in requirements]
    applying = [one for one in asked if one.marker is None or one.marker.evaluate({**target.markers, "extra": ""})]
    for requirement in applying:
        if requirement.url:
            _check_tags(requirement, target)
    with temporary_folder() as folder:
        installed = _installed(prefix, target, folder / "installed")
        constraints = folder / "constraints.txt"
        constraints.write_text("".join(f"{name}=={version}\n" for name, version in installed.items()))
        report = folder / "report.json"
        code, output = _pip(
            target,
            [prefix / target.site_packages, folder / "installed"],
            ["install", "--dry-run", "--report", str(report), "--constraint", str(constraints)],
            requirements,
        )
        if code:
            raise SolveError(_explain(output, applying, target, installed))
        items = json.loads(report.read_text())["install"]
    wanted: dict[str, set[str]] = {}
    for requirement in applying:
        wanted.setdefault(str(canonicalize_name(requirement.name)), set()).update(requirement.extras)
    found = {str(canonicalize_name(item["metadata"]["name"])): item for item in items}
    requires = {name: item["metadata"].get("requires_dist", []) for name, item in found.items()}
    settled = settle_extras(requires, wanted, target)
    return [_wheel(name, item, settled[name]) for name, item in sorted(found.items())]


def _check_tags(requirement: Requirement, target: Target) -> None:
    address = requirement.url or ""
    tags = _wheel_name(address, str(requirement))[3]
    if not tags & target.tags:
        raise SolveError(
            f"the wheel {unquote(urlsplit(address).path.rpartition('/')[2])} of {requirement.name} is for "
            f"{_tag_text(tags)}, and this Python takes {target}; {_advice(requirement.name)}"
        )


def _installed(prefix: Path, target: Target, folder: Path) -> dict[str, str]:
    """The distributions of the conda packages with their versions; what has no metadata gets some in the folder."""
    found = {
        str(canonicalize_name(one.metadata["Name"])): one.version
        for one in metadata.distributions(path=[str(prefix / target.site_packages)])
    }
    for name, (_, version) in conda_distributions(prefix).items():
        try:
            known = name in found or not Version(version)
        except InvalidVersion:
            continue
        if not known:
            found[name] = version
            info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
            info.mkdir(parents=True)
            (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    return found


def _pip(target: Target, installed: Sequence[Path], command: list[str], arguments: Iterable[str]) -> tuple[int, str]:
    """Runs the pip beside this Python for the target; returns its exit code and what it said."""
    script = resources.files("wasmforge.wheels").joinpath("pip-for-target.py").read_text()
    options = [
        *("--only-binary", ":all:"),
        *("--platform", target.platform),
        *("--python-version", target.python),
        *("--implementation", "cp"),
        *("--abi", target.abi),
        *("--timeout", str(silence_limit())),
        *("--no-input", "--no-color", "--disable-pip-version-check"),
    ]
    given = json.dumps([target.markers, [str(path) for path in installed], _FAILED])
    # -I, since PYTHONPATH is for this Python.
    process = [sys.executable, "-I", "-c", script, given, *command, *options, "--", *arguments]
    done = subprocess.run(process, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    return done.returncode, done.stdout


def _wheel(name: str, item: dict[str, Any], requires: Sequence[str]) -> Wheel:
    info = item["download_info"]
    url, direct = urldefrag(info["url"])[0], bool(item.get("is_direct"))
    file = unquote(urlsplit(url).path.rpartition("/")[2])
    if "archive_info" not in info or not file.endswith(".whl"):
        raise SolveError(f"{name} would come from {info['url']}, which is not a wheel; {_advice(name)}")
    hashes = info["archive_info"].get("hashes") or {}
    return Wheel(
        name=name,
        version=item["metadata"]["version"],
        url=url,
        sha256=hashes.get("sha256", ""),
        requires=tuple(requires),
        requires_python=item["metadata"].get("requires_python") or "",
        direct=direct,
    )


def fetch(folders: UserFolders, wheels: Sequence[Wheel], target: Target) -> list[tuple[Wheel, Path]]:
    """The wheels' files, from the cache or else downloaded.

    The wheels are returned with their sha256, which an index may not have given.
    Raises WasmforgeError for a file that is gone or has another sha256.
    """
    with temporary_folder() as work:
        files: dict[str, Path] = {}
        missing = []
        for wheel in wheels:
            local = _local(folders, wheel)
            if local is None:
                missing.append(wheel)
            else:
                files[wheel.name] = local
        files |= _download(missing, work, target)
        return [_keep(folders, wheel, files[wheel.name]) for wheel in wheels]


def _local(folders: UserFolders, wheel: Wheel) -> Path | None:
    """The file in the cache or in a folder of this machine."""
    cached = folders.wheels / wheel.sha256 / wheel.file_name
    if wheel.sha256 and cached.is_file():
        if hash_file(cached) == wheel.sha256:
            return cached
        cached.unlink()
    if not wheel.url.startswith("file:"):
        return None
    path = Path(url2pathname(urlsplit(wheel.url).path))
    if path.is_file():
        return path
    if wheel.direct:
        raise WasmforgeError(f"the wheel {path} of {wheel.name} is gone; put it back or name another")
    return None


def _download(wheels: Sequence[Wheel], folder: Path, target: Target) -> dict[str, Path]:
    """Fetch wheels into a folder: by address, and by version and sha256 from pip's indexes where that fails."""
    files, problem = _download_by_address(wheels, folder, target)
    rest = [wheel for wheel in wheels if wheel.name not in files]
    if not rest:
        return files
    _check_known_to_indexes(rest, problem)
    return files | _download_from_indexes(rest, folder, target)


def _download_by_address(wheels: Sequence[Wheel], folder: Path, target: Target) -> tuple[dict[str, Path], str]:
    """All wheels whose address is on a server, or none of them, and what pip said."""
    remote = [wheel for wheel in wheels if "://" in wheel.url and not wheel.url.startswith("file:")]
    if not remote:
        return {}, ""
    wanted = [f"{wheel.name} @ {wheel.url}" for wheel in remote]
    code, said = _pip(target, [], ["download", "--no-deps", "--dest", str(folder)], wanted)
    return ({} if code else _files(remote, folder)), said


def _check_known_to_indexes(wheels: Sequence[Wheel], problem: str) -> None:
    """Raises WasmforgeError if an index cannot have one of the wheels. problem: why its address failed."""
    unknown = [wheel for wheel in wheels if wheel.direct or not wheel.sha256]
    if unknown:
        raise _unavailable(unknown, problem)


def _download_from_indexes(wheels: Sequence[Wheel], folder: Path, target: Target) -> dict[str, Path]:
    listed = folder / "requirements.txt"
    listed.write_text("".join(f"{one.name}=={one.version} --hash=sha256:{one.sha256}\n" for one in wheels))
    command = ["download", "--no-deps", "--dest", str(folder), "--requirement", str(listed)]
    code, said = _pip(target, [], command, [])
    if code:
        raise _unavailable(wheels, said)
    return _files(wheels, folder)


def _files(wheels: Sequence[Wheel], folder: Path) -> dict[str, Path]:
    return {wheel.name: folder / wheel.file_name for wheel in wheels}


def _unavailable(wheels: Sequence[Wheel], said: str) -> WasmforgeError:
    names = ", ".join(f"{wheel.file_name} (sha256 {wheel.sha256 or 'unknown'})" for wheel in wheels)
    return WasmforgeError(f"pip cannot fetch {names}:\n{_last_errors(said)}")


def _keep(folders: UserFolders, wheel: Wheel, file: Path) -> tuple[Wheel, Path]:
    """Checks a file and puts it into the cache."""
    if not file.is_file():
        raise WasmforgeError(f"pip fetched another file than {wheel.file_name} for {wheel.name} {wheel.version}")
    found = hash_file(file)
    if wheel.sha256 and found != wheel.sha256:
        raise WasmforgeError(
            f"the wheel {wheel.file_name} of {wheel.name} has the sha256 {found} where {wheel.sha256} is expected; "
            "it was changed or damaged. If the change is right, make the lock file again with: wasmforge lock"
        )
    kept = folders.wheels / found / wheel.file_name
    if file != kept:
        copy_file(file, kept, work=folders.wheels)
    return replace(wheel, sha256=found), kept


def _explain(output: str, asked: Sequence[Requirement], target: Target, installed: dict[str, str]) -> str:
    """Pip's explanation of a failure, and what the indexes have of packages without a wheel that fits."""
    if "DO NOT MATCH THE HASHES" in output:
        told = output.partition("DO NOT MATCH THE HASHES")[2].partition("\n")[2]
        return f"a wheel does not have the sha256 that is given for it:\n{_block(told)}"
    nothing = re.findall(r"No matching distribution found for (.+)", output)
    if nothing and not _failed_pages(output):
        return "\n".join(_offered(text, target) for text in dict.fromkeys(nothing))
    if "ResolutionImpossible" in output:
        told = output.partition("ERROR: Cannot install")[2].partition("To fix this")[0]
        lines = [f"no set of wheels goes together: pip cannot install{_block(told, indent=False)}"]
        ours = [name for name in installed if re.search(rf"\(constraint\) {re.escape(name)}==", told)]
        if ours:
            names = ", ".join(f"{name} {installed[name]}" for name in sorted(ours))
            lines.append(f"The constraints are the environment's conda packages: {names}. Change those, or the wheels.")
        absent = told.partition("no matching distributions available")[2].split()
        lines += [_offered(name, target) for name in absent if name.isidentifier() and name not in installed][:3]
        return "\n".join(lines)
    return f"pip cannot find wheels for {', '.join(map(str, asked))}:\n{_last_errors(output)}"


def _block(text: str, indent: bool = True) -> str:
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    if len(lines) > _MAX_LINES:
        lines = [*lines[:_MAX_LINES], f"    … and {len(lines) - _MAX_LINES} more lines"]
    return "\n".join("  " + line if indent else line for line in lines)


def _failed_pages(output: str) -> list[str]:
    return [line for line in output.splitlines() if line.startswith(f"{_FAILED} ")]


def _last_errors(output: str) -> str:
    """What pip says of a failure: the pages that it could not read, else its errors, in two forms, else the end."""
    lines = output.splitlines()
    told = _failed_pages(output) or [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR:")]
    told = told or [line.lstrip("×╰─> ") for line in lines if line.startswith(("×", "╰─>"))]
    indexes = [line for line in lines if line.startswith("Looking in indexes:")]
    return _block("\n".join([*(dict.fromkeys(told) or lines[-5:]), *indexes[:1]]))


def _offered(text: str, target: Target) -> str:
    """Why the indexes have nothing that fits a requirement."""
    # pip takes a while to import, and is needed for this message alone.
    from wasmforge.sources.pip_client import project_files

    try:
        requirement = Requirement(text.partition(" (from")[0])
        files = project_files(requirement.name)
    except NotAvailable as error:
        return f"pip cannot ask its indexes for {text}: {error}"
    except InvalidRequirement as error:
        return f"no wheel of {text} fits this Python, which takes {target} ({error})"
    name = requirement.name
    if not files:
        return f"no package {name!r} is in pip's indexes; look at its name, and at pip's settings (pip config list)"
    versions: dict[Version, list[IndexFile]] = {}
    for file in files:
        if (version := _version(file.name)) is not None:
            versions.setdefault(version, []).append(file)
    fitting = [version for version in versions if requirement.specifier.contains(version, prereleases=True)]
    if not fitting:
        known = ", ".join(map(str, sorted(versions, reverse=True)[:_MAX_NAMES]))
        return f"no version of {name} satisfies {requirement.specifier}; pip's indexes have {known or 'none'}"
    newest = max(fitting)
    wheels = [file for file in versions[newest] if file.name.endswith(".whl")]
    tags = {tag for file in wheels for tag in parse_wheel_filename(file.name)[3]}
    if tags & target.tags:
        return (
            f"{name} {newest} has a wheel, which pip does not take: it is for Python "
            f"{wheels[0].requires_python or '(any)'}, and this one is {target.python}"
        )
    has = f"wheels for {_tag_text(tags)}" if tags else "no wheel, only sources"
    return f"no wheel of {name} fits: {name} {newest} has {has}, and this Python takes {target}; {_advice(name)}"


def _version(file_name: str) -> Version | None:
    try:
        if file_name.endswith(".whl"):
            return parse_wheel_filename(file_name)[1]
        return parse_sdist_filename(file_name)[1]
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion):
        return None


def _tag_text(tags: Iterable[Any]) -> str:
    names = sorted(map(str, tags))
    more = f" and {len(names) - _MAX_NAMES} others" if len(names) > _MAX_NAMES else ""
    return ", ".join(names[:_MAX_NAMES]) + more


def _advice(name: str) -> str:
    return (
        f"name {name} among the conda packages if a channel has it, take another version, "
        f"or make a recipe (wasmforge recipe {name})"
    )
