"""Writes files that a bundle sends together: archives, mounted at once, and stores, read file by file later."""

from __future__ import annotations

import hashlib
import io
import re
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HASH_LENGTH = 16
# File systems take names of up to 255 bytes.
MAX_STEM = 160
_NOT_PLAIN = re.compile(r"[^\w./!+~-]", re.ASCII)

FileRecord = dict[str, Any]


@dataclass(frozen=True)
class Member:
    """A file with its content, or a symbolic link with its target."""

    data: bytes = b""
    link: str | None = None
    executable: bool = False


def write_archive(folder: Path, stem: str, members: Mapping[str, Member]) -> FileRecord:
    """Write a tar without times and owners, its hash in its name."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path, member in sorted(members.items()):
            entry = tarfile.TarInfo(path)
            if member.link is not None:
                entry.type, entry.linkname = tarfile.SYMTYPE, member.link
                tar.addfile(entry)
                continue
            entry.size = len(member.data)
            entry.mode = 0o755 if member.executable else 0o644
            tar.addfile(entry, io.BytesIO(member.data))
    return write_hashed(folder, stem, ".tar", out.getvalue())


def write_store(folder: Path, stem: str, members: Mapping[str, Member]) -> tuple[FileRecord, list[tuple[str, int]]]:
    """Write the contents of files, concatenated; returns the path and the size in bytes of each, too."""
    files = sorted(members.items())
    record = write_hashed(folder, stem, ".files", b"".join(member.data for _, member in files))
    return record, [(path, len(member.data)) for path, member in files]


def write_hashed(folder: Path, stem: str, suffix: str, data: bytes) -> FileRecord:
    """Write a file with its hash in its name, so that it never changes; returns its record for the manifest.

    stem: what the name begins with; what is no part of an address as it is, and what is too long, is left out.
    """
    digest = hashlib.sha256(data).hexdigest()
    name = f"{_NOT_PLAIN.sub('_', stem)[:MAX_STEM]}-{digest[:HASH_LENGTH]}{suffix}"
    (folder / name).write_bytes(data)
    return {"file": name, "size": len(data), "sha256": digest}
