"""Adds up how many bytes of a bundle each package takes, and when they are fetched."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from rich.table import Table

# Whose file each of the manifest's `runtime` is.
OWNERS = {"glue": "wasmforge-runtime", "wasm": "wasmforge-core"}


@dataclass
class PackageSize:
    """Bytes as they are sent: compressed where the bundle has that. wanted_by: packages that need this one."""

    name: str
    start: int = 0
    imported: int = 0
    read: int = 0
    wanted_by: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        return self.start + self.imported + self.read


def package_sizes(folder: Path) -> list[PackageSize]:
    """The packages of a bundle, the largest first."""
    manifest = json.loads((folder / "manifest.json").read_text())
    index = json.loads((folder / manifest["index"]["file"]).read_text())
    users = _users(manifest["packages"])
    sizes = {name: PackageSize(name, wanted_by=users[name]) for name in manifest["packages"]}
    sent = partial(_sent, folder)
    for name, record in manifest["base"].items():
        sizes[name].start += sent(record)
    for key, record in manifest["runtime"].items():
        sizes[OWNERS[key]].start += sent(record)
    for part in index["parts"]:
        sizes[part["package"]].imported += sent(part.get("archive"))
        sizes[part["package"]].read += sum(sent(store) for store in part.get("late", ()))
    for module in index["modules"]:
        sizes[module["package"]].imported += sent(module)
    for name in manifest["eager"]:
        sizes[name].start, sizes[name].imported = sizes[name].start + sizes[name].imported, 0
    return sorted(sizes.values(), key=lambda size: (-size.total, size.name))


def snapshot_sizes(folder: Path) -> dict[str, int]:
    """The snapshots of a bundle: the modules that are imported in it -> bytes as they are sent."""
    manifest = json.loads((folder / "manifest.json").read_text())
    return {", ".join(record["imports"]) or "Python": _sent(folder, record) for record in manifest["snapshots"]}


def _sent(folder: Path, record: dict[str, Any] | None) -> int:
    if not record:
        return 0
    file = folder / str(record["file"])
    compressed = file.with_name(file.name + ".br")
    return (compressed if compressed.exists() else file).stat().st_size


def _users(packages: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    return {
        name: tuple(sorted(user for user, record in packages.items() if name in record["depends"])) for name in packages
    }


def table(sizes: Iterable[PackageSize]) -> Table:
    """A table for the terminal, in kB. It marks packages that no other needs: they could be left out."""
    result = Table(
        "package", "kB", "at start", "when imported", "when read", "needed by", box=None, header_style="bold"
    )
    for column in result.columns[1:5]:
        column.justify = "right"
    rows = list(sizes)
    for size in rows:
        users = ", ".join(size.wanted_by[:3]) + (", …" if len(size.wanted_by) > 3 else "")
        result.add_row(
            size.name,
            *(_kilobytes(number) for number in (size.total, size.start, size.imported, size.read)),
            users or "none: could be left out",
        )
    totals = (sum(getattr(size, name) for size in rows) for name in ("total", "start", "imported", "read"))
    result.add_row("all", *(_kilobytes(number) for number in totals), "", style="bold")
    return result


def _kilobytes(number: int) -> str:
    return f"{number / 1000:,.0f}" if number else ""
