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
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ARCHIVE = re.compile(r"\.(zip|whl|deb|tgz|tar\.[a-z0-9]+)$")


def check_package(graph: Graph, output: Output) -> Iterator[Finding]:
    """The findings in one rendered package."""

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
    releases = output.data.get("extra", {}).get("upstream") or []
    for rule, message in (*_addresses(output.sources, hosts), *_upstream(output.sources, releases, hosts)):
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


def _addresses(sources: tuple[Source, ...], hosts: set[str]) -> Iterator[tuple[str, str]]:
    for source in sources:
        for url in _upstream_urls(source):
            if urlsplit(url).hostname in hosts:
                name = unquote(source.name)
                yield "index", f"{url} is an address of a package index; list {name} in archives.yaml instead"
            elif not _ARCHIVE.search(url) and not urlsplit(url).path.endswith(".gz"):
                yield "archive", f"{url} is no archive; name one of a release"


def _upstream(sources: tuple[Source, ...], releases: Any, hosts: set[str]) -> Iterator[tuple[str, str]]:
    """releases: extra.upstream, for sources that upstream publishes as other files, or with an index alone."""
    if not isinstance(releases, list) or not all(isinstance(release, dict) for release in releases):
        yield "upstream", "extra.upstream is a list of releases, each with its url and perhaps its sha256"
        return
    for release in releases:
        address = urlsplit(str(release.get("url", "")))
        if address.scheme != "https" or not address.hostname or address.hostname in hosts:
            yield "upstream", f"extra.upstream: {release.get('url')!r} is no https address of a project"
        if not _SHA256.fullmatch(str(release.get("sha256", "0" * 64))):
            yield "upstream", f"extra.upstream: the sha256 of {release.get('url')} has not 64 hexadecimal digits"
    for source in sources:
        if not releases and not _upstream_urls(source):
            name = unquote(source.name)
            yield (
                "upstream",
                f"{name}: name the upstream release in source.url, or in extra.upstream if its file differs",
            )


def _upstream_urls(source: Source) -> list[str]:
    return [url for url in source.urls if not url.startswith("file:")]
