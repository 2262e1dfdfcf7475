"""The inventory of an environment: its packages, and the Python distributions in them.

A bundle holds it as inventory.json, since its manifest knows neither licences nor distributions.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from wasmforge.common.errors import WasmforgeError
from wasmforge.inventory.package import Distribution, Package
from wasmforge.inventory.prefix import prefix_packages

INVENTORY = "inventory.json"
FORMAT = 1


def read_inventory(path: Path) -> list[Package]:
    """The packages of a prefix or a bundle. Raises WasmforgeError for another folder and a file that is damaged."""
    file = path / INVENTORY
    if file.is_file():
        return _read(file)
    if (path / "conda-meta").is_dir():
        return prefix_packages(path)
    if (path / "manifest.json").is_file():
        raise WasmforgeError(f"{path} has no {INVENTORY}; make the bundle anew with: wasmforge bundle PREFIX -o {path}")
    raise WasmforgeError(f"{path} is neither an environment nor a bundle: it has no conda-meta and no {INVENTORY}")


def write_inventory(prefix: Path, folder: Path) -> None:
    """Write the inventory of a prefix into a bundle: the same bytes for the same packages."""
    data = {"format": FORMAT, "packages": [asdict(package) for package in prefix_packages(prefix)]}
    text = json.dumps(data, separators=(",", ":"), sort_keys=True)
    (folder / INVENTORY).write_text(text + "\n")


def _read(file: Path) -> list[Package]:
    try:
        data = json.loads(file.read_text())
        if data["format"] != FORMAT:
            raise ValueError(f"format {data['format']!r}")
        return [_package(entry) for entry in data["packages"]]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise WasmforgeError(f"{file} is not an inventory that can be read ({error}); make the bundle anew") from error


def _package(entry: dict[str, Any]) -> Package:
    return Package(**{**entry, "distributions": tuple(Distribution(**one) for one in entry["distributions"])})
