"""Makes small wheels, and an index of them in a folder for pip to look in."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from pathlib import Path

PURE = "py3-none-any"


def make_wheel(
    folder: Path,
    name: str,
    version: str = "1.0",
    *,
    tag: str = PURE,
    requires: tuple[str, ...] = (),
    files: dict[str, bytes] | None = None,
    metadata: str = "",
) -> Path:
    """A wheel with a module of its name that holds its version; files: more of them, by path in the wheel."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{name}-{version}"
    lines = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{metadata}"]
    lines += [f"Requires-Dist: {one}\n" for one in requires]
    contents = {
        f"{name}/__init__.py": f'version = "{version}"\n'.encode(),
        **(files or {}),
        f"{stem}.dist-info/METADATA": "".join(lines).encode(),
        f"{stem}.dist-info/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n".encode(),
    }
    record = f"{stem}.dist-info/RECORD"
    rows = [f"{path},sha256={_digest(data)},{len(data)}\n" for path, data in contents.items()]
    contents[record] = "".join([*rows, f"{record},,\n"]).encode()
    path = folder / f"{stem}-{tag}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for entry, data in contents.items():
            archive.writestr(zipfile.ZipInfo(entry), data)
    return path


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def make_index(folder: Path, files: Path, hashes: dict[str, str] | None = None, links: str = "") -> str:
    """An index (PEP 503) of the files of a folder; returns its address.

    hashes: what to say instead of the truth. links: the address of the files' folder, if it is not the folder's own.
    """
    for file in sorted(files.iterdir()):
        name = file.name.partition("-")[0].replace("_", "-")
        page = folder / name / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        said = (hashes or {}).get(file.name, sha256_of(file))
        with page.open("a") as out:
            out.write(f'<a href="{links + file.name if links else file.as_uri()}#sha256={said}">{file.name}</a>\n')
    return folder.as_uri()


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
