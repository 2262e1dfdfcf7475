"""Reads the packages of a prefix as an inventory needs them."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from packaging.metadata import RawMetadata, parse_email
from packaging.utils import canonicalize_name
from rattler import AboutJson
from rattler.package_streaming import extract

from wasmforge.common.conda_meta import Fields, record_error, record_files
from wasmforge.common.inside import folder_leads_out, path_fault
from wasmforge.common.temporary import temporary_folder
from wasmforge.inventory.package import Distribution, Package

# A wheel's metadata, and that of older packages.
_METADATA = re.compile(r"(?:\.dist-info/METADATA|\.egg-info/PKG-INFO)$")


def prefix_packages(prefix: Path) -> list[Package]:
    """The packages, sorted by name. Raises WasmforgeError for a record that cannot be read."""
    return sorted(
        (_read(prefix, path) for path in record_files(prefix)), key=lambda package: (package.name, package.version)
    )


def _read(prefix: Path, path: Path) -> Package:
    fields = Fields.read(prefix, path)
    files = [entry.text("_path") for entry in fields.object("paths_data").objects("paths")]
    record = fields.data
    try:
        metadata = [parsed for file in files if _METADATA.search(file) and (parsed := _metadata(prefix, file))]
        return _wheel(record, metadata) if record.get("channel") == "pypi" else _conda(record, metadata)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise record_error(path, repr(error)) from error


def _conda(record: dict[str, Any], metadata: list[RawMetadata]) -> Package:
    about = _about(record)
    return Package(
        kind="conda",
        name=record["name"],
        version=record["version"],
        build=record["build"],
        subdir=record.get("subdir") or "noarch",
        sha256=record.get("sha256") or "",
        licence=record.get("license") or (about and about.license) or "",
        homepage=_public(*about.home) if about else "",
        source=_public(about.source_url, *about.dev_url) if about else "",
        url=_public(record.get("url")),
        distributions=_distributions(metadata),
    )


def _wheel(record: dict[str, Any], metadata: list[RawMetadata]) -> Package:
    name = canonicalize_name(record["name"])
    own = next((one for one in metadata if canonicalize_name(one["name"]) == name), RawMetadata())
    links = {label.lower(): link for label, link in own.get("project_urls", {}).items()}
    return Package(
        kind="pypi",
        name=name,
        version=record["version"],
        sha256=record.get("sha256") or "",
        licence=_licence(own),
        homepage=_public(own.get("home_page"), links.get("homepage")),
        source=_public(links.get("source"), links.get("source code"), links.get("repository")),
        url=_public(record.get("url")),
        distributions=_distributions([one for one in metadata if one is not own]),
    )


def _distributions(metadata: list[RawMetadata]) -> tuple[Distribution, ...]:
    found = {Distribution(canonicalize_name(one["name"]), one["version"], _licence(one)) for one in metadata}
    return tuple(sorted(found))


def _metadata(prefix: Path, file: str) -> RawMetadata | None:
    """None for a file without name and version, and for one that is not in the prefix."""
    if path_fault(file) or folder_leads_out(prefix, os.path.dirname(file)):
        return None
    if not (prefix / file).is_file() or (prefix / file).is_symlink():
        return None
    metadata, _ = parse_email((prefix / file).read_bytes())
    return metadata if metadata.get("name") and metadata.get("version") else None


def _licence(metadata: RawMetadata) -> str:
    """The expression, else the field `License` if it is not a whole text, else the classifiers."""
    if expression := metadata.get("license_expression"):
        return expression
    field = metadata.get("license", "").strip()
    if field and field != "UNKNOWN" and "\n" not in field:
        return field
    classifiers = [one for one in metadata.get("classifiers", []) if one.startswith("License ::")]
    return ", ".join(one.rpartition(" :: ")[2] for one in classifiers)


def _about(record: dict[str, Any]) -> AboutJson | None:
    """What the package says of itself, from where it was unpacked or else from its file; None if both are gone."""
    unpacked = record.get("extracted_package_dir")
    if unpacked and (Path(unpacked) / "info/about.json").is_file():
        return _read_about(Path(unpacked))
    address = urlsplit(record.get("url") or "")
    archive = record.get("package_tarball_full_path") or (address.scheme == "file" and url2pathname(address.path))
    if not archive or not Path(archive).is_file():
        return None
    with temporary_folder() as folder:
        try:
            extract(Path(archive), folder)
        except Exception:  # rattler's errors have no common class
            return None
        return _read_about(folder)


def _read_about(folder: Path) -> AboutJson | None:
    try:
        return AboutJson.from_package_directory(folder)
    except Exception:  # rattler's errors have no common class
        return None


def _public(*addresses: str | None) -> str:
    """The first that is an address of the web, not a folder of this machine; without the secrets of its user.

    Those are a name and password, a query, and conda's `/t/TOKEN` at the start of the path.
    """
    parts = (urlsplit(one) for one in addresses if one)
    part = next((one for one in parts if one.scheme in ("http", "https")), None)
    if part is None:
        return ""
    path = re.sub(r"^/t/[^/]+(?=/)", "", part.path)
    return part._replace(netloc=part.netloc.rpartition("@")[2], path=path, query="").geturl()
