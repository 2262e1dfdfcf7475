"""Source archives by package name, through the machine's own pip, apt and npm.

recipes/archives.yaml says which package an archive belongs to. Where the packages
come from is the machine's configuration, not ours.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import yaml

ARCHIVES = Path(__file__).resolve().parents[3] / "recipes" / "archives.yaml"

Download = Callable[[str, Path, str], Path]


class NotAvailable(Exception):
    """The registry does not have the archive, or could not be asked; says why."""


def fetch(name: str, sha256: str, folder: Path, download: Download) -> Path | None:
    """Downloads the archive of this name into a folder; None when it is not listed."""
    listed = yaml.safe_load(ARCHIVES.read_text()) or {}
    entry = listed.get(unquote(name)) or listed.get(name)
    if entry is None:
        return None
    if "pip" in entry:
        return _pip(name, sha256, entry, folder, download)
    if "npm" in entry:
        return _npm(entry, folder)
    if "apt" in entry:
        return _apt(name, entry, folder, download)
    raise NotAvailable(f"{ARCHIVES.name}: {name} names none of pip, apt, npm")


def _pip(name: str, sha256: str, entry: dict[str, Any], folder: Path, download: Download) -> Path:
    """An archive from the package index that pip is set up with.

    The index's page is read directly: `pip download` would run an sdist's
    build hook for its metadata, and takes only wheels that fit this machine.
    """
    project = _normalized(str(entry["pip"]).partition("==")[0])
    problems = []
    for index in _pip_indexes():
        try:
            files = list(_index_files(_page(index, project)))
        except (OSError, ValueError) as error:
            problems.append(str(error))
            continue
        # By hash, since a recipe may give a wheel another name; by name where a page has no hashes.
        match = [file for file in files if file.sha256 == sha256] or [
            file for file in files if file.name == unquote(name)
        ]
        if match:
            try:
                return download(match[0].url, folder / "archive", name)
            except OSError as error:
                problems.append(str(error))
        else:
            problems.append("the index has no such file")
    raise NotAvailable(f"pip, package {project}: " + "; ".join(problems))


def project_files(project: str) -> list[IndexFile]:
    """All that pip's indexes have of a project; empty when none of them knows it.

    Raises NotAvailable when one that could know it cannot be asked.
    """
    found: list[IndexFile] = []
    problems = []
    for index in _pip_indexes():
        try:
            found += _index_files(_page(index, _normalized(project)))
        except (OSError, ValueError) as error:
            missing = isinstance(error, urllib.error.HTTPError) and error.code == 404
            if not missing and not index.startswith("file:"):
                problems.append(str(error))
    if problems and not found:
        raise NotAvailable(f"pip, package {project}: " + "; ".join(problems))
    return found


def index_hosts() -> set[str]:
    """The hosts of the package indexes, which are this machine's affair and stand in no recipe."""
    hosts = {urlsplit(index).hostname for index in (_pip_default(), *_pip_indexes())}
    return {host for host in hosts if host}


def _normalized(project: str) -> str:
    return re.sub(r"[-_.]+", "-", project).lower()


def _page(index: str, project: str) -> str:
    return f"{index.rstrip('/')}/{project}/"


@cache
def _pip_indexes() -> list[str]:
    """The package indexes that pip would ask, in its order."""
    found: dict[str, str] = {}
    for line in _run([sys.executable, "-m", "pip", "config", "list"]).splitlines():
        key, _, value = line.partition("=")
        found[key.rpartition(".")[2].strip()] = value.strip().strip("'\"")
    indexes = [found.get("index-url") or _pip_default(), *found.get("extra-index-url", "").split()]
    return [index for index in indexes if index]


def _pip_default() -> str:
    """The index that pip's own help names as the default."""
    text = re.sub(r"\s+", " ", _run([sys.executable, "-m", "pip", "download", "--help"]))
    found = re.search(r"--index-url <url>.*?\(default (\S+?)\)", text)
    return found.group(1) if found else ""


@dataclass(frozen=True)
class IndexFile:
    """A file of an index. sha256, requires_python: empty where the index does not say."""

    name: str
    url: str
    sha256: str
    requires_python: str = ""
    yanked: bool = False


def _index_files(page: str) -> Iterator[IndexFile]:
    """What a project's page lists, as JSON (PEP 691) or HTML (PEP 503)."""
    accept = "application/vnd.pypi.simple.v1+json, text/html;q=0.5"
    if page.startswith("file:"):
        page += "index.html"
    request = urllib.request.Request(page, headers={"Accept": accept, "User-Agent": "wasmforge"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        body, kind, base = answer.read(), answer.headers.get("Content-Type", ""), answer.url
    if "json" in kind:
        for file in json.loads(body)["files"]:
            digest = file.get("hashes", {}).get("sha256", "")
            yield IndexFile(
                file["filename"],
                urljoin(base, file["url"]),
                digest,
                file.get("requires-python") or "",
                bool(file.get("yanked")),
            )
        return
    for link in re.findall(r"<a\s([^>]*)>", body.decode(errors="replace")):
        said = {key: html.unescape(value) for key, _, value in re.findall(r"([\w-]+)=([\"'])(.*?)\2", link)}
        if "href" not in said:
            continue
        url, fragment = urldefrag(urljoin(base, said["href"]))
        digest = fragment.removeprefix("sha256=") if fragment.startswith("sha256=") else ""
        name = unquote(url.rpartition("/")[2])
        yield IndexFile(name, url, digest, said.get("data-requires-python", ""), "data-yanked" in link)


def _npm(entry: dict[str, Any], folder: Path) -> Path:
    if not shutil.which("npm"):
        raise NotAvailable(f"npm, package {entry['npm']}: npm is not installed")
    _run(["npm", "pack", "--silent", "--ignore-scripts", str(entry["npm"])], folder)
    return _single_file(folder, str(entry["npm"]))


def _apt(name: str, entry: dict[str, Any], folder: Path, download: Download) -> Path:
    """A .deb, or a file of a source package, from the mirrors that apt is set up with.

    The file is taken from a mirror's pool, since apt's lists may be of another
    Debian release than the package; apt itself is asked where that fails.
    """
    problems = []
    source = entry.get("source", str(entry["apt"]).partition("=")[0])
    # The pool leaves the epoch out of a file's name.
    file = re.sub(r"_\d+(%3[aA]|:)", "_", name)
    prefix = source[:4] if source.startswith("lib") else source[0]
    for mirror in _apt_mirrors():
        try:
            return download(f"{mirror.rstrip('/')}/pool/main/{prefix}/{source}/{file}", folder / "archive", name)
        except OSError as error:
            problems.append(f"{file}: {error}")
    if not entry.get("orig"):
        (folder / "archive").unlink(missing_ok=True)
        try:
            _run(["apt-get", "download", "-o", "APT::Sandbox::User=root", str(entry["apt"])], folder)
            return _single_file(folder, str(entry["apt"]))
        except NotAvailable as error:
            problems.append(str(error))
    raise NotAvailable("apt: " + "; ".join(problems))


@cache
def _apt_mirrors() -> list[str]:
    """The addresses of the Debian mirrors in apt's configuration."""
    text = _run(["apt-get", "indextargets", "--format", "$(REPO_URI)|$(ORIGIN)|$(SITE)"])
    found = dict.fromkeys(line.partition("|")[0] for line in text.splitlines() if "|Debian|" in line)
    return list(found)


def _run(command: list[str], folder: Path | None = None) -> str:
    try:
        result = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=900)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotAvailable(f"{command[0]}: {error}") from error
    if result.returncode:
        last = (result.stderr.strip() or result.stdout.strip() or "no message").splitlines()[-1]
        raise NotAvailable(f"{' '.join(command[:3])}: {last}")
    return result.stdout


def _single_file(folder: Path, package: str) -> Path:
    files = [path for path in folder.iterdir() if path.is_file()]
    if len(files) != 1:
        raise NotAvailable(f"{package}: expected one file, got {len(files)}")
    return files[0]
