"""The folder that a bundle is written to: the list of a bundle's files, and whether it may be replaced."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from wasmforge.bundle.manifest import MANIFEST, to_json
from wasmforge.common.errors import WasmforgeError
from wasmforge.common.hashing import Hasher, hash_file

LIST = "bundle-files.json"
FORMAT = 1


def write_list(folder: Path, hash: Hasher = hash_file) -> None:
    """List the files of a bundle that is complete, so that a later bundle may replace them."""
    files = {path: hash(folder / path) for path, entry in _walk(folder) if not entry.is_dir()}
    (folder / LIST).write_bytes(to_json({"format": FORMAT, "files": files}))


def check_output(out: Path) -> None:
    """Raises WasmforgeError unless the folder is missing, empty, or a bundle with no other file than its own."""
    if not out.exists():
        return
    if not out.is_dir():
        raise WasmforgeError(f"{out} exists and is not a folder; name another one")
    found = dict(_walk(out))
    if not found:
        return
    files = _listed(out)
    folders = {str(parent) for path in files for parent in PurePosixPath(path).parents}
    for path, entry in found.items():
        if path not in (folders if entry.is_dir(follow_symlinks=False) else files):
            raise WasmforgeError(
                f"{out / path} is not of the bundle there: wasmforge has not written it. "
                f"Move it out of {out}, or name another folder"
            )
    for path, entry in found.items():
        if entry.is_dir(follow_symlinks=False) or path == LIST:
            continue
        if not entry.is_file(follow_symlinks=False) or hash_file(out / path) != files[path]:
            raise WasmforgeError(
                f"{out / path} has changed since wasmforge wrote it. Move {out} elsewhere, or name another folder"
            )


def _listed(out: Path) -> dict[str, str]:
    """The files that a bundle says it has, its list among them. Raises WasmforgeError for what is no bundle."""
    listed = _read(out / LIST)
    files = listed.get("files")
    if listed.get("format") == FORMAT and isinstance(files, dict) and MANIFEST in files:
        return {**files, LIST: ""}
    manifest = _read(out / MANIFEST)
    if isinstance(manifest.get("format"), int) and isinstance(manifest.get("runtime"), dict):
        raise WasmforgeError(
            f"{out} is a bundle of another version of wasmforge, without a list of its files ({LIST}) that this one "
            "can read. Remove the folder if nothing in it is yours, or name another one"
        )
    raise WasmforgeError(f"{out} exists and is not a bundle; name another folder or empty this one")


def _read(file: Path) -> dict[str, Any]:
    """A file with a JSON object; an empty one for anything else."""
    if file.is_symlink() or not file.is_file():
        return {}
    try:
        data = json.loads(file.read_bytes())
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _walk(folder: Path) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """What is below a folder, by its path there. Links are not followed."""
    pending = [folder]
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.is_dir(follow_symlinks=False):
                    pending.append(Path(entry.path))
                yield Path(entry.path).relative_to(folder).as_posix(), entry
