"""What an archive of a Python package says of itself: a wheel's METADATA, an sdist's PKG-INFO and pyproject.toml."""

from __future__ import annotations

import tarfile
import tomllib
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from packaging.metadata import parse_email
from packaging.requirements import InvalidRequirement, Requirement

from wasmforge.common.errors import SourceError


@dataclass(frozen=True)
class Project:
    """A release of a package. modules: what can be imported. suffixes: of the files that are compiled."""

    summary: str
    license: str
    classifiers: tuple[str, ...]
    urls: dict[str, str]
    requires: tuple[Requirement, ...]
    modules: tuple[str, ...]
    backend: str = ""
    build_requires: tuple[Requirement, ...] = ()
    suffixes: frozenset[str] = field(default_factory=frozenset)


# Folders of an sdist whose sources are not part of the package.
_ASIDE = frozenset({"benchmark", "benchmarks", "doc", "docs", "examples", "test", "tests", "tools"})


def read_wheel(path: Path) -> Project:
    """Read the metadata of a wheel. Raises SourceError for a file that is no wheel."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            found = [name for name in names if name.count("/") == 1 and name.endswith(".dist-info/METADATA")]
            return _project(archive.read(found[0]), modules=_modules(names))
    except (zipfile.BadZipFile, IndexError, InvalidRequirement) as error:
        raise SourceError(f"{path.name} cannot be read as a wheel: {error}") from error


def read_sdist(path: Path) -> Project:
    """Read the metadata of an sdist. Raises SourceError for a file that is no sdist."""
    try:
        with tarfile.open(path) as archive:
            names = archive.getnames()
            root = names[0].partition("/")[0]
            build = tomllib.loads(_text(archive, f"{root}/pyproject.toml")).get("build-system", {})
            inner = [PurePosixPath(name).relative_to(root) for name in names if name.startswith(f"{root}/")]
            sources = [name for name in inner if not _ASIDE & set(name.parts[:-1])]
            return _project(
                _text(archive, f"{root}/PKG-INFO").encode(),
                modules=_modules(_of_packages(sources)),
                # PEP 517's defaults.
                backend=_backend(build),
                build_requires=tuple(map(Requirement, build.get("requires", ["setuptools"]))),
                suffixes=frozenset(name.suffix.lower() for name in sources),
            )
    except (tarfile.TarError, tomllib.TOMLDecodeError, IndexError, InvalidRequirement) as error:
        raise SourceError(f"{path.name} cannot be read as a source distribution: {error}") from error


def _backend(build: dict[str, Any]) -> str:
    """The package of the build backend; for a backend inside the sdist, of the backend that it wraps."""
    backend = str(build.get("build-backend", "setuptools")).partition(":")[0].partition(".")[0]
    if "backend-path" not in build:
        return backend
    names = {requirement.partition(" ")[0].lower() for requirement in build.get("requires", [])}
    return "mesonpy" if any(name.startswith("meson-python") for name in names) else "setuptools"


def _text(archive: tarfile.TarFile, name: str) -> str:
    """A member's text; empty where there is none."""
    try:
        member = archive.extractfile(name)
    except KeyError:
        return ""
    return member.read().decode(errors="replace") if member else ""


def _project(metadata: bytes, **others: Any) -> Project:
    raw, _ = parse_email(metadata)
    urls = dict(raw.get("project_urls", {}))
    if raw.get("home_page"):
        urls = {"homepage": raw["home_page"], **urls}
    # Old metadata has the whole text of a licence in this field.
    license_ = raw.get("license_expression") or raw.get("license", "")
    return Project(
        summary=raw.get("summary", ""),
        license=license_ if len(license_) <= 80 and "\n" not in license_ else "",
        classifiers=tuple(raw.get("classifiers", [])),
        urls=urls,
        requires=tuple(map(Requirement, raw.get("requires_dist", []))),
        **others,
    )


def _of_packages(sources: list[PurePosixPath]) -> list[str]:
    """The files of an sdist as they will be installed; scripts beside the packages are those of the build."""
    names = [str(name).removeprefix("src/").removeprefix("lib/") for name in sources]
    packages = [name for name in names if "/" in name]
    return packages if any(name.endswith("/__init__.py") for name in packages) else names


def _modules(names: Iterable[str]) -> tuple[str, ...]:
    """The top-level modules and packages among the files of a package."""
    found = set()
    for name in map(PurePosixPath, names):
        if len(name.parts) == 1 and name.suffix == ".py" and name.stem not in ("setup", "conftest"):
            found.add(name.stem)
        elif len(name.parts) == 2 and name.name == "__init__.py" and not _ASIDE & {name.parts[0]}:
            found.add(name.parts[0])
    return tuple(sorted(module for module in found if not module.startswith("_")) or sorted(found))
