"""Downloads, and the package indexes, as the pip of this machine is set up.

pip itself reads its configuration, asks the indexes and parses their pages, so addresses, `find-links`, certificates,
proxies and passwords are those of `pip install`. Its modules are used, since no command of pip does this: `pip
download` takes only wheels that fit this machine, and runs the build hook of an sdist for its metadata.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from pip._internal.commands.download import DownloadCommand
from pip._internal.exceptions import DiagnosticPipError, PipError
from pip._internal.index.collector import IndexContent, LinkCollector, parse_links
from pip._internal.models.candidate import InstallationCandidate
from pip._internal.models.index import PyPI
from pip._internal.models.link import Link
from pip._internal.network.utils import HEADERS, raise_for_status, response_chunks
from pip._internal.utils.urls import url_to_path

from wasmforge.sources.source import NotAvailable

_PAGE_TYPES = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.5, text/html;q=0.1"


@dataclass(frozen=True)
class IndexFile:
    """A file of an index. sha256, requires_python: empty if the index does not say."""

    name: str
    url: str
    sha256: str
    requires_python: str = ""
    yanked: bool = False


def project_files(project: str) -> list[IndexFile]:
    """All files of a project in pip's indexes and `find-links`; empty if none of them knows it.

    Raises NotAvailable if an index cannot be asked and no other has the project.
    """
    found: list[Link] = []
    problems: list[str] = []

    def read(page: Link) -> Iterable[InstallationCandidate]:
        try:
            found.extend(_page(page))
        except (PipError, OSError, ValueError) as error:
            problems.append(f"{page.url}: {_reason(error)}")
        return ()

    sources = _collector().collect_sources(project, read)
    for source in filter(None, sources.index_urls):
        list(source.page_candidates())
    listed = len(found)
    for source in filter(None, sources.find_links):
        found.extend(source.file_links())
        list(source.page_candidates())
    # An index's page is about one project, a page or a folder of `find-links` about any.
    links = found[:listed] + [link for link in found[listed:] if _project(link.filename) == canonicalize_name(project)]
    if problems and not links:
        raise NotAvailable(f"pip, package {project}: " + "; ".join(problems))
    return [_file(link) for link in links]


def index_hosts() -> set[str]:
    """The hosts of the package indexes: pip's default, and those of this machine."""
    hosts = {urlsplit(url).hostname for url in _collector().search_scope.index_urls}
    return {host for host in (PyPI.netloc, PyPI.file_storage_domain, *hosts) if host}


def download(url: str, target: Path, report: Callable[[int, int | None], None] = lambda done, total: None) -> Path:
    """Download a URL into a file.

    report: called with the bytes so far, and with the size if the server says it.
    Raises OSError if the whole file cannot be had.
    """
    headers = {**HEADERS, "User-Agent": "wasmforge"}
    try:
        with _collector().session.get(url, headers=headers, stream=True) as response, target.open("wb") as file:
            raise_for_status(response)
            length = response.headers.get("Content-Length")
            total, done = int(length) if length else None, 0
            for block in response_chunks(response):
                file.write(block)
                done += len(block)
                report(done, total)
    except PipError as error:
        raise OSError(_reason(error)) from error
    if total is not None and done != total:
        raise OSError(f"{done} of {total} bytes came from {urlsplit(url).netloc}")
    return target


@cache
def _collector() -> LinkCollector:
    command = DownloadCommand("download", "")
    options, _ = command.parse_args(["--no-input", "--no-cache-dir"])
    return LinkCollector.create(command._build_session(options), options)


def _page(page: Link) -> list[Link]:
    """The links of an index's page (PEP 503, PEP 691); none if the index has no such page."""
    url = page.url_without_fragment
    if page.is_file and os.path.isdir(url_to_path(url)):
        url = f"{url.rstrip('/')}/index.html"
    response = _collector().session.get(url, headers={"Accept": _PAGE_TYPES, "Cache-Control": "max-age=0"})
    if response.status_code == 404:
        return []
    raise_for_status(response)
    kind = response.headers.get("Content-Type", "")
    return list(parse_links(IndexContent(response.content, kind, None, response.url, cache_link_parsing=False)))


def _file(link: Link) -> IndexFile:
    return IndexFile(
        link.filename,
        link.url_without_fragment,
        link._hashes.get("sha256", ""),
        link.requires_python or "",
        link.is_yanked,
    )


def _project(file_name: str) -> str:
    """The project that a wheel or an sdist is of; empty for other files."""
    try:
        return str((parse_wheel_filename if file_name.endswith(".whl") else parse_sdist_filename)(file_name)[0])
    except (InvalidWheelFilename, InvalidSdistFilename):
        return ""


def _reason(error: Exception) -> str:
    """What went wrong, in one line: pip's own errors are made for its terminal."""
    return str(error.context or error.message) if isinstance(error, DiagnosticPipError) else str(error)
