"""The hash that names and checks files everywhere: sha256, in hexadecimal."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

# Gives the hash of a file's content: hash_file, or one that remembers what does not change.
Hasher = Callable[[Path], str]


def hash_file(path: Path) -> str:
    """Read the file in blocks, so that its size does not matter. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
