"""Which contents each package file of a channel has had, by the history of a git repository."""

from __future__ import annotations

import re
import subprocess
from collections import defaultdict
from pathlib import Path, PurePosixPath

# The names that count: those with the hash of all inputs. Older ones have seven digits, of the variant alone.
_NAME = re.compile(r".*h[0-9a-f]{8}_[0-9]+(_\w+)?\.conda")


class NoHistory(Exception):
    """There is no history to read, or not enough of it; says why."""


def contents(root: Path, channel: str) -> dict[str, set[str]]:
    """The git hashes of all contents of each package file below a folder, by file name: in the history, and now.

    root: the repository's folder. channel: the folder in it, which the working tree has, too.
    Raises NoHistory without a repository, and in a shallow clone.
    """
    found: dict[str, set[str]] = defaultdict(set)
    files = sorted((root / channel).glob("*/*.conda"))
    if not (root / ".git").exists():
        raise NoHistory("this is no clone")
    if _git(root, "rev-parse", "--is-shallow-repository").strip() == "true":
        raise NoHistory("this clone is shallow")
    # Lines such as `:100644 100644 BEFORE AFTER M\tPATH`, where zeros stand for no file.
    log = _git(root, "log", "-m", "--raw", "--no-abbrev", "--no-renames", "--format=", "HEAD", "--", channel)
    for line in log.splitlines():
        fields, _, path = line.partition("\t")
        found[PurePosixPath(path).name].update(blob for blob in fields.split()[2:4] if blob.strip("0"))
    if files:
        hashes = _git(root, "hash-object", "--no-filters", "--", *map(str, files)).split()
        for file, blob in zip(files, hashes, strict=True):
            found[file.name].add(blob)
    return {name: blobs for name, blobs in found.items() if _NAME.fullmatch(name)}


def reused(root: Path, channel: str) -> set[str]:
    """The file names that have had more than one content."""
    return {name for name, blobs in contents(root, channel).items() if len(blobs) > 1}


def _git(root: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True, text=True).stdout
