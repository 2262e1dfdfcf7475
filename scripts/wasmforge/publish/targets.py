"""Where packages can be published to, by address."""

from __future__ import annotations

from wasmforge.common.errors import UsageError
from wasmforge.common.progress import Reporter
from wasmforge.storage.opening import open_folder_or_bucket
from wasmforge.storage.store import Store

_OCI = (
    "cannot publish to {address}: rattler reads channels from OCI registries but has no upload to them, and their "
    "packages are named otherwise; publish to a folder, and push it with a tool of the registry"
)


def open_target(address: str, reporter: Reporter) -> Store:
    """The folder or bucket at an address; raises UsageError for addresses that are neither."""
    if not address:  # an unset variable of a shell script
        raise UsageError("the target is empty: give a folder or an address")
    if address.startswith("oci://"):
        raise UsageError(_OCI.format(address=address))
    store = open_folder_or_bucket(address, reporter)
    if store is None:
        raise UsageError(
            f"cannot publish to {address}: give a folder, s3://BUCKET/FOLDER, or the address of a server as in "
            "quetz+https://HOST/CHANNEL (also prefix, artifactory, anaconda, cloudsmith)"
        )
    return store
