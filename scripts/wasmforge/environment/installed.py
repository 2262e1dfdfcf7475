"""The records of a prefix that exists, as far as they may be acted on."""

from __future__ import annotations

import os
from functools import cache, partial
from pathlib import Path

from rattler import PrefixRecord

from wasmforge.common.errors import WasmforgeError
from wasmforge.common.inside import folder_leads_out, path_fault
from wasmforge.common.progress import Reporter


def installed_packages(prefix: Path, reporter: Reporter) -> list[PrefixRecord]:
    """The installed packages, without files that lie outside the prefix: removing a package must not touch those.

    An older version or another program may have installed a package that names such files.
    Raises WasmforgeError for a record that cannot be read or is not named after its package.
    """
    meta = prefix / "conda-meta"
    if meta.is_symlink():
        raise WasmforgeError(f"{meta} is a symbolic link; make the environment anew in another folder")
    return [_read(prefix, path, reporter) for path in sorted(meta.glob("*.json"))]


def _read(prefix: Path, path: Path, reporter: Reporter) -> PrefixRecord:
    try:
        record = PrefixRecord.from_path(path)
    except Exception as error:  # rattler's errors have no common class
        raise WasmforgeError(f"{path} is no record of a package: {error}. Make the environment anew") from error
    if path.stem != f"{record.name.normalized}-{record.version}-{record.build}":
        raise WasmforgeError(f"{path} is the record of a package that has another name. Make the environment anew")
    paths = record.paths_data
    entries = paths.paths
    inside = _Inside(prefix)
    kept = [entry for entry in entries if os.fspath(entry.relative_path) in inside]
    files = [file for file in record.files if os.fspath(file) in inside]
    if len(kept) < len(entries) or len(files) < len(record.files):
        paths.paths = kept
        record.paths_data = paths
        record.files = files  # type: ignore[assignment]
        reporter.say(f"{path} names files outside of {prefix}; they are left alone", "yellow")
    return record


class _Inside:
    """The paths below a prefix. Most lie in few folders, and the disk is asked once for each."""

    def __init__(self, prefix: Path) -> None:
        self._leads_out = cache(partial(folder_leads_out, prefix))

    def __contains__(self, path: str) -> bool:
        return path_fault(path) is None and not self._leads_out(os.path.dirname(path))
