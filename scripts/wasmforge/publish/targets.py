"""Where packages can be published to, by address."""

from __future__ import annotations

from pathlib import Path

from wasmforge.common.errors import UsageError
from wasmforge.common.progress import Reporter
from wasmforge.publish.folder import FolderStore
from wasmforge.publish.store import Store

_OBSTORE = "publishing to a bucket needs obstore; install wasmforge[publish]"
_OCI = (
    "cannot publish to {address}: rattler reads channels from OCI registries but has no upload to them, and their "
    "packages are named otherwise; publish to a folder, and push it with a tool of the registry"
)


def open_store(address: str, reporter: Reporter) -> Store:
    """The folder or bucket at an address; raises UsageError for addresses that are neither."""
    scheme, separator, rest = address.partition("://")
    if not address:  # an unset variable of a shell script
        raise UsageError("the target is empty: give a folder or an address")
    if not separator:
        return FolderStore(Path(address).absolute(), reporter)
    if scheme == "file":
        return FolderStore(Path("/" + rest.lstrip("/")), reporter)
    if scheme == "oci":
        raise UsageError(_OCI.format(address=address))
    if scheme != "s3":
        raise UsageError(
            f"cannot publish to {address}: give a folder, s3://BUCKET/FOLDER, or the address of a server as in "
            "quetz+https://HOST/CHANNEL (also prefix, artifactory, anaconda, cloudsmith)"
        )
    try:
        from wasmforge.publish.bucket import BucketStore
    except ModuleNotFoundError as error:
        raise UsageError(_OBSTORE) from error
    return BucketStore(address)
