"""Rules about each package that a recipe renders to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from wasmforge.common.errors import RecipeError
from wasmforge.recipe.graph import Graph
from wasmforge.recipe.lint.finding import Finding
from wasmforge.recipe.recipes import Output
from wasmforge.sources import pip_client
from wasmforge.sources.source import Source

_NAME = re.compile(r"[a-z0-9_][a-z0-9_.-]*")
_ARCHIVE = re.compile(r"\.(zip|whl|deb|tgz|tar\.[a-z0-9]+)$")


def check_package(graph: Graph, output: Output, archives: dict[str, Any]) -> Iterator[Finding]:
    """The findings in one rendered package.

    archives: what recipes/archives.yaml says of each archive.
    """

    def finding(rule: str, message: str) -> Finding:
        return Finding(output.recipe.path, output.name, rule, message)

    if not _NAME.fullmatch(output.name):
        yield finding("name", f"write the name in lower-case letters, digits and -_. ({output.name!r})")
    if "-" in output.version:
        yield finding("version", f"a version has no hyphen: {output.version!r}")
    about = output.data.get("about", {})
    for rule, message in _about(about, ours=_is_ours(output)):
        yield finding(rule, message)
    hosts = pip_client.index_hosts()
    for source in output.sources:
        for rule, message in _source(source, archives, hosts):
            yield finding(rule, message)
    noarch = output.data.get("build", {}).get("noarch")
    if noarch == "python" and not ("python" in output.host and "python" in output.run):
        yield finding("noarch", "a noarch: python package needs python in requirements.host and requirements.run")
    try:
        if noarch and any(tool.strong_exports for tool in graph.build(output)):
            yield finding("noarch", "a noarch package has no compiler; remove noarch or the compiler")
    except RecipeError as error:
        yield finding("requirements", str(error))


def _about(about: dict[str, Any], ours: bool) -> Iterator[tuple[str, str]]:
    # rattler-build reads no recipe whose licence is no SPDX expression.
    if not about.get("license"):
        yield "license", "add about.license, as an SPDX expression"
    if not about.get("license_file"):
        yield "license-file", "name the files with the licences' texts in about.license_file"
    if not about.get("summary") or "\n" in about["summary"].strip():
        yield "summary", "say in about.summary what the package does, on one line"
    if not ours:
        for key in ("homepage", "repository"):
            if not about.get(key):
                yield key, f"add about.{key}, the project's address"


def _is_ours(output: Output) -> bool:
    """Whether the package is written in this checkout, so that no other project has a page about it."""
    path = output.recipe.path.as_posix()
    return not output.sources or any(f"/emscripten-forge/{folder}/" in path for folder in ("packages", "runtime"))


def _source(source: Source, archives: dict[str, Any], hosts: set[str]) -> Iterator[tuple[str, str]]:
    name = unquote(source.name)
    upstream = [url for url in source.urls if not url.startswith("file:")]
    for url in upstream:
        if urlsplit(url).hostname in hosts:
            yield "index", f"{url} is an address of a package index; list {name} in archives.yaml instead"
        elif not _ARCHIVE.search(url) and not urlsplit(url).path.endswith(".gz"):
            yield "archive", f"{url} is no archive; name one of a release"
    entry = archives.get(name) or archives.get(source.name) or {}
    # A .deb and an archive that Debian packed have no other upstream.
    if not upstream and not ({"pip", "npm", "repacked"} & set(entry)) and not name.endswith(".deb"):
        yield "upstream", f"{name}: name the address of the upstream release in source.url"
