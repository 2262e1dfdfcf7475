"""Source archives by package name, through the machine's own pip, apt and npm.

recipes/archives.yaml says which package an archive belongs to. Where the packages
come from is up to the configuration of this machine.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from wasmforge.common.errors import WasmforgeError
from wasmforge.common.yaml_file import read_yaml
from wasmforge.sources import pip_client
from wasmforge.sources.source import NotAvailable

Download = Callable[[str, Path, str], Path]
"""Fetches a URL into a file, and shows it under a name; returns the file. Raises OSError."""


def fetch(archives: Path, name: str, sha256: str, folder: Path, download: Download) -> Path | None:
    """Download the archive of this name into a folder; None if archives.yaml does not list it."""
    listed = _read(archives) if archives.is_file() else {}
    entry = listed.get(unquote(name)) or listed.get(name)
    if entry is None:
        return None
    if not isinstance(entry, dict):
        raise WasmforgeError(f"{archives}: what stands under {name} is no mapping with pip, npm or apt")
    if "pip" in entry:
        return _pip(name, sha256, entry, folder, download)
    if "npm" in entry:
        return _npm(entry, folder)
    if "apt" in entry:
        return _apt(name, entry, folder, download)
    raise NotAvailable(f"{archives.name}: {name} must name pip, npm or apt; correct the line")


def _read(archives: Path) -> dict[str, Any]:
    listed = read_yaml(archives)
    if not isinstance(listed or {}, dict):
        raise WasmforgeError(f"{archives} is no mapping from names of archives to pip, npm or apt")
    return listed or {}


def _pip(name: str, sha256: str, entry: dict[str, Any], folder: Path, download: Download) -> Path:
    """A file of a project in pip's indexes: by hash, since a recipe may rename it, or by name if no hash is known."""
    project = str(entry["pip"]).partition("==")[0]
    files = pip_client.project_files(project)
    problems = []
    for file in files:
        if file.sha256 == sha256 or (not file.sha256 and file.name == unquote(name)):
            try:
                return download(file.url, folder / "archive", name)
            except OSError as error:
                problems.append(str(error))
    raise NotAvailable(f"pip, package {project}: " + ("; ".join(problems) or "no index has such a file"))


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
