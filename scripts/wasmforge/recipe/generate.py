"""`wasmforge recipe`: writes a first recipe from the metadata of a Python package.

A pure wheel is installed as it is, a source distribution is compiled. A person has to write the test, and to add what
the metadata lacks, such as patches and libraries in C.

rattler-build has a generator too. It is not used, since it asks a JSON interface (INDEX/NAME/json) that a simple index
(PEP 503, PEP 691) or a folder does not have, and takes its addresses from no configuration of pip.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import Version

from wasmforge.common.errors import RecipeError, SourceError, UsageError
from wasmforge.common.hashing import hash_file
from wasmforge.common.layout import Layout
from wasmforge.common.markers import Markers, build_markers, target_markers
from wasmforge.common.platforms import TARGET_PLATFORM
from wasmforge.common.temporary import temporary_folder
from wasmforge.recipe.graph import Graph
from wasmforge.recipe.project_metadata import Project, read_sdist, read_wheel
from wasmforge.recipe.recipes import PINS, load_recipes
from wasmforge.sources import pip_client
from wasmforge.sources.source import NotAvailable

_FACTS = yaml.safe_load((Path(__file__).parent / "generate.yaml").read_text())


@dataclass(frozen=True)
class Archive:
    """The file that a recipe is made from."""

    name: str
    version: Version
    file: pip_client.IndexFile
    pure: bool


def generate(layout: Layout, spec: str) -> tuple[Path, list[str]]:
    """Write recipes/NAME and its line in archives.yaml.

    spec: NAME or NAME==VERSION, in the syntax of PEP 508.
    Returns the folder, and the required packages that no recipe provides.
    Raises UsageError, SourceError or RecipeError, and then leaves nothing behind.
    """
    wanted = _parse(spec)
    name = canonicalize_name(wanted.name)
    graph = Graph(load_recipes(layout))
    _check_new(layout, graph, name)
    python = _python(layout)
    try:
        archive = choose(name, wanted.specifier, pip_client.project_files(name), python)
    except NotAvailable as error:
        raise SourceError(str(error)) from error
    with temporary_folder() as temporary:
        try:
            path = pip_client.download(archive.file.url, temporary / archive.file.name)
        except OSError as error:
            raise SourceError(f"cannot get {archive.file.name}: {error}") from error
        digest = hash_file(path)
        if archive.file.sha256 not in ("", digest):
            raise SourceError(f"wrong hash of {archive.file.name}: the index says {archive.file.sha256}, not {digest}")
        project = (read_wheel if archive.pure else read_sdist)(path)
    recipe = Recipe(archive, project, digest, python)
    folder = layout.root / "recipes" / name
    contents = {"recipe.yaml": recipe.text(), recipe.test_file: recipe.test()}
    folder.mkdir(parents=True)
    for file, text in contents.items():
        (folder / file).write_text(text)
    _list_archive(layout.archives, archive)
    provided = {output.name for output in graph.outputs}
    return folder, [needed for needed in recipe.needed() if needed not in provided and needed != name]


def _parse(spec: str) -> Requirement:
    try:
        return Requirement(spec)
    except InvalidRequirement as error:
        raise UsageError(f"{spec!r} is not the name of a package or NAME==VERSION") from error


def _check_new(layout: Layout, graph: Graph, name: str) -> None:
    paths = [layout.root / "recipes" / name]
    paths += [out.recipe.folder for out in graph.outputs if (out.platform, out.name) == (TARGET_PLATFORM, name)]
    for path in paths:
        if path.exists():
            raise UsageError(f"there is a recipe for {name}: {path.relative_to(layout.root)}")


def _python(layout: Layout) -> str:
    """The version of Python that the channel is built for, such as 3.13."""
    pins = yaml.safe_load((layout.root / PINS).read_text())
    return ".".join(str(pins["python"][0]).split(".")[:2])


def choose(name: str, wanted: SpecifierSet, files: list[pip_client.IndexFile], python: str) -> Archive:
    """The newest release with a usable file; of its files, the pure wheel before the sources."""
    if not files:
        raise UsageError(f"no package {name!r} in pip's index")
    usable: list[Archive] = []
    others: set[Version] = set()
    for file in files:
        if file.yanked or not _allows(file.requires_python, python):
            continue
        try:
            if file.name.endswith(".whl"):
                _, version, _, tags = parse_wheel_filename(file.name)
                pure = any(tag.abi == "none" and tag.platform == "any" for tag in tags)
            elif file.name.endswith((".tar.gz", ".tgz")):
                project, version = parse_sdist_filename(file.name)
                # A page may hold archives of documentation, whose names read like those of sources.
                if project != name:
                    continue
                tags, pure = None, False
            else:
                continue
        except (InvalidWheelFilename, InvalidSdistFilename):
            continue
        if not wanted.contains(version):
            continue
        if tags is not None and not pure:
            others.add(version)
        else:
            usable.append(Archive(name, version, file, pure))
    if not usable and others:
        raise RecipeError(f"{name} {max(others)} has only wheels of other platforms, and no sources to compile")
    if not usable:
        raise UsageError(f"no release of {name} fits {wanted or 'any version'} and Python {python}")
    return max(usable, key=lambda archive: (not archive.version.is_prerelease, archive.version, archive.pure))


def _allows(requires_python: str, python: str) -> bool:
    try:
        return SpecifierSet(requires_python).contains(f"{python}.99")
    except InvalidSpecifier:
        return True


@dataclass(frozen=True)
class Recipe:
    """The text of a recipe."""

    archive: Archive
    project: Project
    sha256: str
    python: str

    @property
    def test_file(self) -> str:
        return f"test_{self.archive.name.replace('-', '_')}.py"

    def needed(self) -> list[str]:
        """The packages that the recipe names."""
        lines = [*self._build(), *self._host(), *self._run()]
        return list(dict.fromkeys(line.split()[0] for line in lines if not line.startswith("$")))

    def text(self) -> str:
        version = str(self.archive.version)
        compiled = bool(self._compilers())
        lines = ["context:", f'  version: "{version}"', ""]
        lines += ["package:", f"  name: {self.archive.name}", "  version: ${{ version }}", ""]
        file = self.archive.file.name.replace(version, "${{ version }}")
        lines += ["source:", f"  - url: ${{{{ source_store }}}}/{file}", f"    sha256: {self.sha256}", ""]
        lines += ["build:", "  number: 0", *([] if compiled else ["  noarch: python"])]
        lines += [f"  script: {'wasm-wheel-install' if self.archive.pure else 'wasm-pip-install'}", ""]
        lines += ["requirements:"]
        for section, names in (("build", self._build()), ("host", self._host()), ("run", self._run())):
            lines += [f"  {section}:", *(f"    - {_scalar(name)}" for name in names)]
        lines += ["", "tests:", "  - script:", f"      - python {self.test_file}"]
        lines += ["    requirements:", "      build:", "        - nodejs"]
        lines += ["    files:", "      recipe:", f"        - {self.test_file}", ""]
        lines += ["about:", *(f"  {key}: {_scalar(value)}" for key, value in self._about().items() if value)]
        lines += ["  license_file:", *(f"    - {_scalar(file)}" for file in self._licence_files()), ""]
        lines += ["extra:", "  recipe-maintainers:", "    - wasmforge"]
        if address := self._about().get("repository"):
            lines += ["  upstream:", f"    - url: {_scalar(address)}"]
        lines.append("")
        return "\n".join(lines)

    def test(self) -> str:
        """A test that imports the modules, and says what is left to do."""
        lines = ['"""Imports alone prove little: call what the package is for, and compare the results."""', ""]
        lines += [f"import {module}" for module in self.project.modules]
        lines += ["", *(f"assert {module}.__name__" for module in self.project.modules), ""]
        return "\n".join(lines)

    def _compilers(self) -> list[str]:
        if self.archive.pure:
            return []
        needs = [name for name, suffixes in _FACTS["languages"].items() if self.project.suffixes & set(suffixes)]
        # C++ and Fortran are linked, and configured, with the C compiler's package.
        return ["c", *(name for name in needs if name != "c")] if needs else []

    def _build(self) -> list[str]:
        if self.archive.pure:
            return ["wasm-wheel-install"]
        tools = list(_FACTS["backends"].get(self.project.backend, []))
        for requirement in _wanted(self.project.build_requires, build_markers(f"{self.python}.0")):
            name = canonicalize_name(requirement.name)
            if name in _FACTS["unsupported"]:
                raise RecipeError(f"{self.archive.name} is built with {name}, whose compiler the channel does not have")
            tools.append(_FACTS["tools"].get(name, name))
        compilers = [f"${{{{ compiler('{name}') }}}}" for name in self._compilers()]
        return [*compilers, "cross-python_emscripten-wasm32", *sorted({tool for tool in tools if tool})]

    def _host(self) -> list[str]:
        return ["python", *(["numpy"] if "numpy" in self._build() else [])]

    def _run(self) -> list[str]:
        found: dict[str, str] = {}
        for requirement in _wanted(self.project.requires, target_markers(f"{self.python}.0")):
            name = canonicalize_name(requirement.name)
            specifier = ",".join(sorted(map(_conda, requirement.specifier), reverse=True))
            found[name] = f"{name} {specifier}".strip()
        # What is built against NumPy gets the versions that fit from NumPy's own recipe.
        if "numpy" in self._host():
            found.pop("numpy", None)
        return ["python", *(found[name] for name in sorted(found))]

    def _about(self) -> dict[str, str]:
        return {
            "homepage": self._address("homepage"),
            "license": self._license(),
            "repository": self._address("repository"),
            "summary": self.project.summary.rstrip("."),
        }

    def _licence_files(self) -> list[str]:
        """Where the texts usually are; wasm-wheel-install unpacks wheels into wheel/."""
        return ["wheel/*.dist-info/licenses/**"] if self.archive.pure else ["LICENSE*"]

    def _license(self) -> str:
        """The SPDX expression of the licence, or else its text in the metadata."""
        try:
            return str(canonicalize_license_expression(self.project.license))
        except InvalidLicenseExpression:
            ends = [classifier.rpartition(" :: ")[2] for classifier in self.project.classifiers]
            return next((_FACTS["licenses"][end] for end in ends if end in _FACTS["licenses"]), self.project.license)

    def _address(self, kind: str) -> str:
        """The best of the project's addresses for "homepage" or "repository"; empty without one."""
        hosts = pip_client.index_hosts()
        labelled = {label.lower(): url for label, url in self.project.urls.items()}
        ranked = [labelled.get(label, "") for label in _FACTS[kind]]
        return next((url for url in [*ranked, *labelled.values()] if url and urlsplit(url).hostname not in hosts), "")


def _wanted(requirements: tuple[Requirement, ...], markers: Markers) -> list[Requirement]:
    return [one for one in requirements if one.marker is None or one.marker.evaluate(dict(markers))]


def _conda(specifier: Any) -> str:
    """A version specifier in conda's syntax."""
    if specifier.operator in ("==", "==="):
        return f"=={specifier.version}" if not specifier.version.endswith(".*") else f"={specifier.version[:-2]}"
    return f"{specifier.operator}{specifier.version}"


def _scalar(text: str) -> str:
    """A string on one line of YAML, quoted where it must be; a template is left alone."""
    if text.startswith("${{"):
        return text
    return str(yaml.safe_dump(text, width=10**6, allow_unicode=True)).partition("\n")[0]


def _list_archive(archives: Path, archive: Archive) -> None:
    """Add the archive to the libraries of archives.yaml, and leave the rest of the file as it is."""
    line = f"{archive.file.name}: {{pip: {archive.name}=={archive.version}}}"
    lines = archives.read_text().splitlines() if archives.is_file() else []
    if any(known.startswith(f"{archive.file.name}:") for known in lines):
        return
    end = lines.index("# Libraries.") if "# Libraries." in lines else len(lines) - 1
    while end + 1 < len(lines) and lines[end + 1].strip():
        end += 1
    lines.insert(end + 1, line)
    archives.write_text("\n".join(lines) + "\n")
