"""channeldata.json: what a channel says of each package name, for people and for pages that list packages."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rattler import Version

from wasmforge.channel.conda_file import read_info

CHANNELDATA = "channeldata.json"

# The index of each platform: what repodata.json says of a package, by file name.
Records = Mapping[str, Mapping[str, Mapping[str, Any]]]

_ABOUT = {  # the field, and how info/about.json calls it
    "description": "description",
    "dev_url": "dev_url",
    "doc_url": "doc_url",
    "home": "home",
    "license": "license",
    "license_family": "license_family",
    "summary": "summary",
}
_SCRIPTS = ("activate.d", "deactivate.d", "post_link", "pre_link", "pre_unlink")


def channeldata(records: Records, old: bytes | None, package: Callable[[str, str], Path]) -> bytes:
    """The file for these packages.

    old: the present file, whose entries are kept where they describe the newest package of their name.
    package: gives the file of a package from its subdir and name; asked for the others.
    """
    known = _entries(old)
    by_name = defaultdict(list)
    for subdir, platform in records.items():
        for file, record in platform.items():
            by_name[record["name"]].append((subdir, file, record))
    packages = {}
    for name, builds in sorted(by_name.items()):
        subdir, file, record = max(builds, key=_age)
        reference = f"{subdir}/{file}"
        entry = known.get(name, {})
        if entry.get("reference_package") != reference:
            entry = _describe(package(subdir, file))
        entry |= {
            "reference_package": reference,
            "version": record["version"],
            "timestamp": record.get("timestamp", 0) // 1000,
            "subdirs": sorted({one for one, _, _ in builds}),
            "run_exports": {
                one["version"]: one["run_exports"] for _, _, one in sorted(builds, key=_age) if one.get("run_exports")
            },
        }
        packages[name] = entry
    data = {"channeldata_version": 1, "packages": packages, "subdirs": sorted(records)}
    return (json.dumps(data, indent=1, sort_keys=True) + "\n").encode()


def _entries(old: bytes | None) -> dict[str, dict[str, Any]]:
    try:
        return dict(json.loads(old or b"{}").get("packages", {}))
    except (ValueError, AttributeError):
        return {}


def _age(build: tuple[str, str, Mapping[str, Any]]) -> tuple[Any, ...]:
    subdir, file, record = build
    return Version(record["version"]), record.get("build_number", 0), record.get("timestamp", 0), subdir, file


def _describe(file: Path) -> dict[str, Any]:
    """What the newest package of a name says of itself."""
    info = read_info(file, {"info/about.json", "info/paths.json"})
    about = info.get("info/about.json", {})
    paths = info.get("info/paths.json", {}).get("paths", [])
    modes = {path.get("file_mode") for path in paths if path.get("prefix_placeholder")}
    return {
        **{field: about.get(key) for field, key in _ABOUT.items()},
        "source_url": (about.get("extra") or {}).get("source_url"),
        **{script: any(_is_script(path["_path"], script) for path in paths) for script in _SCRIPTS},
        "text_prefix": "text" in modes,
        "binary_prefix": "binary" in modes,
    }


def _is_script(path: str, kind: str) -> bool:
    if kind.endswith(".d"):
        return path.startswith(f"etc/conda/{kind}/")
    return path.startswith(("bin/.", "Scripts/.")) and path.rpartition(".")[0].endswith(kind.replace("_", "-"))
