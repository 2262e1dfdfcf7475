"""Wheels that tests install in a page: libraries' own, and such as are made of installed files."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "build/test-wheels"


def download(names: list[str]) -> dict[str, Path]:
    """The unmodified wheels of pure libraries, by name, kept for the next time; skips the test where pip cannot."""
    found = _find(names)
    if len(found) < len(names):
        FOLDER.mkdir(parents=True, exist_ok=True)
        any_platform = ["--platform", "any", "--implementation", "py", "--abi", "none", "--python-version", "3.13"]
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:", *any_platform]
        done = subprocess.run([*command, "-d", str(FOLDER), *names], capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"pip cannot download the wheels: {done.stderr.strip()[-300:]}")
        found = _find(names)
    return found


def _find(names: list[str]) -> dict[str, Path]:
    files = {name: next(FOLDER.glob(name.replace("-", "_") + "-*-none-any.whl"), None) for name in names}
    return {name: path for name, path in files.items() if path}


def pack_installed(prefix: Path, name: str, tag: str, folder: Path) -> Path:
    """A wheel with this tag of a package that is installed in a prefix."""
    site = next(prefix.glob("lib/python3.*/site-packages"))
    (info,) = site.glob(f"{name}-*.dist-info")
    wheel = folder / f"{info.name.removesuffix('.dist-info')}-{tag}.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(path for top in (site / name, info) for path in top.rglob("*") if path.is_file()):
            inside = file.relative_to(site).as_posix()
            if inside == f"{info.name}/WHEEL":
                archive.writestr(inside, f"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: {tag}\n")
            elif "__pycache__" not in inside and not inside.endswith(("/RECORD", "/INSTALLER")):
                archive.write(file, inside)
        archive.writestr(f"{info.name}/RECORD", "".join(f"{entry},,\n" for entry in archive.namelist()))
    return wheel
