"""Unpacks archives from bytes."""

from __future__ import annotations

import io
import os
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import Any

# Names of formats besides shutil's.
_FORMATS = {"whl": "zip", "wheel": "zip", "tgz": "gztar", "tar.gz": "gztar", "gz": "gztar", "tbz2": "bztar"}
_FORMATS |= {"tar.bz2": "bztar", "bz2": "bztar", "tar.xz": "xztar", "txz": "xztar", "xz": "xztar"}


def format_of(filename: str, format: str | None = None) -> str:
    """shutil's name of an archive's format, from format or else the file name. Raises ValueError if it is unknown."""
    known = {name: extensions for name, extensions, *_ in shutil.get_unpack_formats()}
    if format is not None:
        format = _FORMATS.get(format.removeprefix("."), format.removeprefix("."))
        if format in known:
            return format
        raise ValueError(f"Unknown format {format!r}; there are {', '.join([*known, 'whl'])}")
    for name, extensions in known.items():
        if filename.endswith(tuple(extensions)):
            return name
    if filename.endswith(".whl"):
        return "zip"
    raise ValueError(f"The name {filename!r} does not tell the archive's format; give one of {', '.join(known)}")


def unpack(
    data: bytes | memoryview,
    *,
    filename: str = "",
    format: str | None = None,
    extract_dir: str | os.PathLike[str] | None = None,
) -> None:
    """Unpack an archive into extract_dir (default: the working directory), which is made if it does not exist.

    A wheel is unpacked as a zip archive. Raises ValueError for an unknown format, shutil.ReadError for data that is not
    in that format, and tarfile.FilterError for a tar archive that could write outside of extract_dir.
    """
    kind = format_of(filename, format)
    target = Path.cwd() if extract_dir is None else Path(extract_dir)
    target.mkdir(parents=True, exist_ok=True)
    if hasattr(data, "to_memoryview"):  # a JavaScript buffer
        data = data.to_memoryview()
    with tempfile.NamedTemporaryFile(suffix=f"-{Path(filename).name}") as file:
        file.write(data)
        file.flush()
        options: dict[str, Any] = {"filter": "data"} if kind.endswith("tar") else {}
        shutil.unpack_archive(file.name, target, kind, **options)
    _forget_folders()


def install_wheel(data: bytes | memoryview, filename: str) -> None:
    """Install a wheel into site-packages, without its dependencies.

    Raises ValueError for a wheel of another platform, and for one with paths that are not below its folder.
    """
    from site import getsitepackages

    tags = filename.removesuffix(".whl").split("-")[-3:]
    if "any" not in tags[-1] and "emscripten" not in tags[-1] and "pyodide" not in tags[-1]:
        raise ValueError(f"{filename} is for {tags[-1]}, not for Python in WebAssembly")
    if hasattr(data, "to_memoryview"):  # a JavaScript buffer
        data = data.to_memoryview()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for path in archive.namelist():
            # A backslash separates on Windows, where wheels are made, too.
            parts = path.replace("\\", "/").split("/")
            if ".." in parts or not parts[0] or ":" in parts[0]:
                raise ValueError(f"{filename} has {path!r}, which is not below its folder")
    unpack(data, filename=filename, format="whl", extract_dir=getsitepackages()[0])


def _forget_folders() -> None:
    """Have the import system look at folders anew: new files may be modules."""
    import importlib

    importlib.invalidate_caches()
