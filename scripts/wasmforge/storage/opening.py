"""The store at an address."""

from __future__ import annotations

from pathlib import Path

from wasmforge.common.errors import UsageError
from wasmforge.common.progress import Reporter
from wasmforge.storage.folder import FolderStore
from wasmforge.storage.store import Store
from wasmforge.storage.web import WebStore

_OBSTORE = "{address} is a bucket, which needs obstore; install wasmforge[publish]"


def open_store(address: str, reporter: Reporter) -> Store | WebStore:
    """What is at an address. Raises UsageError if it is of no kind that is known."""
    if address.startswith(("http://", "https://")):
        return WebStore(address)
    store = open_folder_or_bucket(address, reporter)
    if store is None:
        raise UsageError(f"{address} is no store: give a folder, http(s)://HOST/FOLDER, or s3://BUCKET/FOLDER")
    return store


def open_folder_or_bucket(address: str, reporter: Reporter) -> Store | None:
    """None for an address that is neither a path, nor file://… or s3://…"""
    scheme, separator, rest = address.partition("://")
    if not separator:
        return FolderStore(Path(address).absolute(), reporter)
    if scheme == "file":
        return FolderStore(Path("/" + rest.lstrip("/")), reporter)
    if scheme != "s3":
        return None
    try:
        from wasmforge.storage.bucket import BucketStore
    except ModuleNotFoundError as error:
        raise UsageError(_OBSTORE.format(address=address)) from error
    return BucketStore(address)
