"""Finds the distributions of an inventory that an OSV dump calls vulnerable.

The format, and how to evaluate a range, is at https://ossf.github.io/osv-schema/. What cannot be compared counts as
vulnerable: a false alarm is better than silence.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from wasmforge.common.errors import WasmforgeError
from wasmforge.inventory.package import Distribution, Package

ECOSYSTEM = "PyPI"


@dataclass(frozen=True, order=True)
class Finding:
    """A vulnerability of a distribution. package: the package that holds it; fixed: the versions that have a fix."""

    name: str
    version: str
    id: str
    package: str
    aliases: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    summary: str = ""

    def __str__(self) -> str:
        names = ", ".join((self.id, *self.aliases))
        fixed = f"fixed in {', '.join(self.fixed)}" if self.fixed else "no fix is known"
        return _plain(f"{self.name} {self.version} in {self.package}: {names} ({fixed}): {self.summary}")


def find_vulnerable(packages: Iterable[Package], dump: Path) -> list[Finding]:
    """What a dump, a folder or a zip of JSON files, knows of the distributions.

    Raises WasmforgeError for a dump that cannot be read or has nothing about Python.
    """
    held: dict[str, list[tuple[Distribution, Package]]] = {}
    for package in packages:
        for distribution in package.python_distributions:
            held.setdefault(distribution.name, []).append((distribution, package))
    findings, known = set(), 0
    for file, text in _files(dump):
        try:
            record = json.loads(text)
            for affected in record.get("affected", []):
                about = affected.get("package", {})
                if about.get("ecosystem") != ECOSYSTEM:
                    continue
                known += 1
                if record.get("withdrawn"):
                    continue
                for distribution, package in held.get(canonicalize_name(about["name"]), []):
                    if is_affected(distribution.version, affected):
                        findings.add(_finding(distribution, package, record, affected))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise WasmforgeError(f"{file} is not an OSV record ({error!r}); fetch the dump anew") from error
    if not known:
        raise WasmforgeError(f"{dump} has no OSV record about {ECOSYSTEM}; fetch that ecosystem's dump")
    return sorted(findings)


def _files(dump: Path) -> Iterator[tuple[str, bytes]]:
    try:
        if dump.is_dir():
            for path in sorted(dump.rglob("*.json")):
                yield str(path), path.read_bytes()
            return
        with zipfile.ZipFile(dump) as archive:
            for name in sorted(name for name in archive.namelist() if name.endswith(".json")):
                yield f"{dump}/{name}", archive.read(name)
    except (OSError, EOFError, RuntimeError, zlib.error, zipfile.BadZipFile) as error:
        raise WasmforgeError(f"{dump} is neither a folder nor a zip of OSV records: {error}") from error


def is_affected(version: str, affected: dict[str, Any]) -> bool:
    """Whether an entry of `affected` is about a version: it is listed, or lies in a range of versions."""
    try:
        own = Version(version)
    except InvalidVersion:
        own = None
    if any(text == version or (own and _equals(text, own)) for text in affected.get("versions", [])):
        return True
    ranges = [one["events"] for one in affected.get("ranges", []) if one.get("type") == "ECOSYSTEM"]
    return any(own is None or _in_range(own, events) for events in ranges)


def _equals(text: str, version: Version) -> bool:
    try:
        return Version(text) == version
    except InvalidVersion:
        return False


def _in_range(version: Version, events: list[dict[str, str]]) -> bool:
    """Events say where a range begins (introduced) and ends: before `fixed` and `limit`, after `last_affected`."""
    try:
        # `0` is before every version, pre-releases of 0 included.
        steps = [(kind, None if text == "0" else Version(text)) for one in events for kind, text in one.items()]
    except InvalidVersion:
        return True
    # Of two at one version, the later in the list counts.
    inside = False
    for kind, at in sorted(steps, key=lambda step: (step[1] is not None, step[1] or version)):
        reached = at is None or (version > at if kind == "last_affected" else version >= at)
        if reached and kind in ("introduced", "fixed", "last_affected", "limit"):
            inside = kind == "introduced"
    return inside


def _finding(distribution: Distribution, package: Package, record: dict[str, Any], affected: dict[str, Any]) -> Finding:
    events = [event for one in affected.get("ranges", []) if one.get("type") == "ECOSYSTEM" for event in one["events"]]
    return Finding(
        name=distribution.name,
        version=distribution.version,
        id=record["id"],
        package=package.name,
        aliases=tuple(sorted(record.get("aliases") or ())),
        fixed=tuple(event["fixed"] for event in events if "fixed" in event),
        summary=record.get("summary") or "",
    )


def _plain(text: str) -> str:
    """On one line, without what a terminal would act on."""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())
