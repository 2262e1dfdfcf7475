"""The store that this user has."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from wasmforge.build.store.settings import find_settings
from wasmforge.common.errors import UsageError
from wasmforge.common.progress import Reporter

if TYPE_CHECKING:
    from wasmforge.build.store.builds import BuildStore

_CRYPTOGRAPHY = "a store of builds needs cryptography; install wasmforge[store]"


def make_store_key(file: Path) -> str:
    """Write a new private key to a file, and return its public key."""
    try:
        from wasmforge.build.store.keys import make_key
    except ModuleNotFoundError as error:
        raise UsageError(_CRYPTOGRAPHY) from error
    return make_key(file).public


def open_build_store(reporter: Reporter) -> BuildStore | None:
    """None without a store. Raises UsageError if it cannot be used as it is set up."""
    settings = find_settings()
    if settings is None:
        return None
    try:
        from wasmforge.build.store.builds import BuildStore
    except ModuleNotFoundError as error:
        raise UsageError(_CRYPTOGRAPHY) from error
    return BuildStore(settings, reporter)
