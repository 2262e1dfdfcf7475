"""Which store of builds a user has, whom they trust, and whether they fill it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from wasmforge.common.errors import UsageError
from wasmforge.common.user_config import config_file, configured_text, configured_texts

ADDRESS = "WASMFORGE_STORE"
TRUST = "WASMFORGE_STORE_TRUST"
KEY = "WASMFORGE_STORE_KEY"


@dataclass(frozen=True)
class Settings:
    """trusted: public keys. key: the file of the private key, of those who fill the store."""

    address: str
    trusted: tuple[str, ...]
    key: Path | None


def find_settings() -> Settings | None:
    """The settings in the variables, else in the user's config file; None without a store.

    Raises UsageError for a store without any key, and WasmforgeError for a config file that cannot be read.
    """
    address = os.environ.get(ADDRESS) or configured_text("store", "the folder or address of a store of builds")
    if not address:
        return None
    trusted = os.environ.get(TRUST, "").split() or configured_texts("store-trust", "a list of public keys")
    key = os.environ.get(KEY) or configured_text("store-key", "the file of a private key")
    if not trusted and not key:
        raise UsageError(
            f"the store {address} has builds, but no key is trusted to sign them: give its owner's public key in "
            f'{TRUST}, or as a line `store-trust = ["KEY"]` in {config_file()}'
        )
    return Settings(address, tuple(trusted), Path(key).expanduser() if key else None)
