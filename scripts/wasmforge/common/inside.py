"""Whether the paths that packages and wheels name stay inside a folder.

The rules hold on every system: a package without compiled code may be unpacked on Windows, too.
"""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path

from wasmforge.common.errors import WasmforgeError

# Folders of a prefix that belong to its installer.
_OWNED = ("conda-meta", "info")
_DRIVE = re.compile(r"[A-Za-z]:")
_CONTROL = re.compile(r"[\0-\x1f\x7f]")
_HALF = re.compile(r"[\ud800-\udfff]")


def path_fault(path: str) -> str | None:
    """Why a path must not be used below a folder; None for a relative path of plain names."""
    fault = _form_fault(path)
    if fault:
        return fault
    parts = path.split("/")
    if ".." in parts:
        return "`..` leads out of its folder"
    if "" in parts or "." in parts:
        return "it has an empty part or `.`"
    return None


def name_fault(name: str) -> str | None:
    """Why a name must not be used for a file of a folder; None for a plain name."""
    return path_fault(name) or ("it is a path, not a name" if "/" in name else None)


def link_fault(path: str, target: str) -> str | None:
    """Why a symbolic link must not be made; None if it leads to a place in the folder.

    path: the link's, without a fault itself. A `..` is allowed at the start of the target alone:
    the link lies in a real folder, so there it means the parent, while after a name, which may be
    another link, it may mean any folder.
    """
    fault = _form_fault(target)
    if fault:
        return fault
    parts = [part for part in target.split("/") if part not in ("", ".")]
    ups = parts.count("..")
    if ".." in parts[ups:]:
        return "`..` follows a name"
    return "`..` leads out of its folder" if ups > path.count("/") else None


def owned_fault(path: str) -> str | None:
    """Why a package must not bring a path that is inside the prefix; None if it may."""
    top = folded(path.partition("/")[0])
    return f"packages must not write to {top}" if top in _OWNED else None


def folded(path: str) -> str:
    """The same for paths that some file systems take for one: those that differ in case or in the form of accents."""
    return unicodedata.normalize("NFC", path).casefold()


def refuse(package: str, path: str, fault: str | None) -> None:
    """Raises WasmforgeError if a path of a package has a fault."""
    if fault:
        raise refusal(package, path, fault)


def refusal(package: str, path: object, fault: str) -> WasmforgeError:
    return WasmforgeError(f"{package} cannot be installed: {path!r}: {fault}")


def folder_leads_out(root: Path, folder: str) -> bool:
    """Whether a folder, relative to the root, is outside of the root by the links that are on the disk."""
    top = os.path.realpath(root)
    place = os.path.realpath(os.path.join(top, folder))
    return place != top and not place.startswith(top.rstrip(os.sep) + os.sep)


def _form_fault(path: str) -> str | None:
    if not path:
        return "it is empty"
    if _CONTROL.search(path):
        return "it has a control character"
    if _HALF.search(path):
        return "it is no text: it has half of a character"
    if path.startswith("/"):
        return "it is absolute"
    if "\\" in path or _DRIVE.match(path):
        return "it has a backslash or a drive, which lead elsewhere on Windows"
    return None
