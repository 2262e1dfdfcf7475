"""Turns a prefix for emscripten-wasm32 into a static folder that a web host serves.

The folder's layout and manifest.json are described in docs/runtime.md. The same prefix gives the
same bytes, wherever it lies.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import partial
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import Any

import brotli
import yaml

from .bytecode import cached_path, compile_missing, source_path, without_source_check
from .errors import WasmforgeError
from .prefix import InstalledFile, InstalledPackage, read_prefix
from .progress import Reporter

FORMAT = 1
RUNTIME = PurePosixPath("share/wasmforge")
WWW = RUNTIME / "www"
# What a page imports, and the types of that: these keep their names.
ENTRIES = ("bootstrap.mjs", "bootstrap.d.mts", "pyodide.mjs", "pyodide.d.mts", "pyodide.js", "pyodide.d.ts")
WASM_MAGIC = b"\0asm"
# The packages every interpreter has: as bytecode alone, and most of it sent only after Python has started.
BASE = frozenset({"python", "wasmforge-runtime"})
HASH_LENGTH = 16
# python.wasm: 2.67 MB in 49 s of CPU time, where 10 gives 2.79 MB in 31 s and 9 gives 3.05 MB in 9 s.
BROTLI_QUALITY = 11

FileRecord = dict[str, Any]


@dataclass(frozen=True)
class Rules:
    """data/bundle.yaml."""

    exclude: tuple[str, ...]
    early: tuple[str, ...]
    compress: frozenset[str]

    @classmethod
    def load(cls) -> Rules:
        data = yaml.safe_load(resources.files("wasmforge").joinpath("data/bundle.yaml").read_text())
        return cls(tuple(data["exclude"]), tuple(data["early"]), frozenset(data["compress"]))

    def excludes(self, path: str) -> bool:
        return any(fnmatchcase(path, pattern) for pattern in self.exclude)

    def is_early(self, path: str) -> bool:
        """Whether a file of the base packages is sent before Python starts."""
        return any(fnmatchcase(path, pattern) for pattern in self.early)


@dataclass
class Contents:
    """What of one package goes where. Paths are relative to the prefix."""

    package: InstalledPackage
    archived: list[InstalledFile] = field(default_factory=list)
    modules: list[InstalledFile] = field(default_factory=list)
    compiled: dict[str, bytes] = field(default_factory=dict)


def bundle(prefix: Path, out: Path, reporter: Reporter | None = None, *, compress: bool = True) -> None:
    """Write the bundle of a prefix to `out`, which appears whole or not at all.

    An earlier bundle there is replaced. Without `compress`, the precompressed files, which take most of
    the time, are left out: for a bundle that is used once, on this machine. Raises WasmforgeError for a
    prefix that is not for emscripten-wasm32, lacks python or the runtime, or has a file that is not what
    its package's record says, and for an `out` that is something else than a bundle.
    """
    step = reporter.step if reporter else _silent
    prefix, out = Path(os.path.abspath(prefix)), Path(os.path.abspath(out))
    _check_target(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}-"))
    try:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            with step("check the prefix"):
                packages = read_prefix(prefix, pool.map)
            with step("write the packages"):
                _write(packages, prefix, building, pool)
            if compress:
                with step("compress"):
                    precompress(building, Rules.load().compress, pool)
        building.chmod(0o755)
        _replace(building, out)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise


def _silent(_: str) -> AbstractContextManager[None]:
    return nullcontext()


def _check_target(out: Path) -> None:
    if not out.exists() or (out.is_dir() and not any(out.iterdir())) or (out / "manifest.json").is_file():
        return
    raise WasmforgeError(f"{out} exists and is not a bundle; name another folder or remove it")


def _replace(building: Path, out: Path) -> None:
    """Put the finished folder in the place of what is there."""
    if not out.exists():
        building.rename(out)
        return
    old = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}-old-"))
    out.rename(old / out.name)
    building.rename(out)
    shutil.rmtree(old)


def _write(packages: list[InstalledPackage], prefix: Path, folder: Path, pool: ThreadPoolExecutor) -> None:
    rules = Rules.load()
    contents = [_sort(package, rules) for package in packages]
    for part, compiled in zip(contents, compile_missing(prefix, [part.archived for part in contents]), strict=True):
        part.compiled = compiled
    (folder / "packages").mkdir()
    _copy_www(packages, folder)
    runtime = _write_runtime(packages, folder)
    kept = [part for part in contents if part.archived or part.modules]
    names = {part.package.name for part in kept}
    records = list(pool.map(partial(_write_package, folder=folder, names=names, rules=rules), kept))
    versions = {package.name: package.version for package in packages}
    manifest = {
        "format": FORMAT,
        "python": versions["python"],
        "abi": versions.get("emscripten-abi"),
        "runtime": runtime,
        "packages": {part.package.name: record for part, record in zip(kept, records, strict=True)},
    }
    _write_json(folder / "manifest.json", manifest)
    _write_json(folder / "pyodide-lock.json", _lock(manifest))


def _write_json(path: Path, data: dict[str, Any]) -> None:
    path.write_text(json.dumps(data, separators=(",", ":"), sort_keys=True) + "\n")


def _lock(manifest: dict[str, Any]) -> dict[str, Any]:
    """The manifest in the form of Pyodide's lock file, for tools that look there for the names of packages."""
    packages = {}
    for name, record in manifest["packages"].items():
        file = record.get("archive") or record["late"]
        packages[name] = {
            "name": name,
            "version": record["version"],
            "imports": record["imports"],
            "depends": record["depends"],
            "file_name": file["file"],
            "sha256": file["sha256"],
            "install_dir": "site",
            "package_type": "package",
        }
    info = {
        "arch": "wasm32",
        "platform": "emscripten",
        "abi_version": manifest["abi"],
        "python": manifest["python"],
        "version": manifest["python"],
    }
    return {"info": info, "packages": packages}


def _sort(package: InstalledPackage, rules: Rules) -> Contents:
    contents = Contents(package)
    for file in package.files:
        if rules.excludes(file.path):
            continue
        if file.path.endswith(".so") and file.link is None and file.read().startswith(WASM_MAGIC):
            contents.modules.append(file)
        else:
            contents.archived.append(file)
    return contents


def _copy_www(packages: Iterable[InstalledPackage], folder: Path) -> None:
    for package in packages:
        for file in package.files:
            path = PurePosixPath(file.path)
            if path.is_relative_to(WWW):
                target = folder / path.relative_to(WWW)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(file.read())


def _write_runtime(packages: Iterable[InstalledPackage], folder: Path) -> dict[str, FileRecord]:
    """The main module and its entries; returns the manifest's `runtime`."""
    files = {file.path: file for package in packages for file in package.files}

    def read(name: str) -> bytes:
        try:
            return files[str(RUNTIME / name)].read()
        except KeyError:
            raise WasmforgeError(
                f"the package wasmforge-runtime lacks {RUNTIME / name}; install one that this wasmforge knows"
            ) from None

    for name in ENTRIES:
        (folder / name).write_bytes(read(name))
    return {
        "glue": _write_hashed(folder, "python", ".mjs", read("python.mjs")),
        "wasm": _write_hashed(folder, "python", ".wasm", read("python.wasm")),
    }


def _write_package(contents: Contents, folder: Path, names: set[str], rules: Rules) -> dict[str, Any]:
    """One package's archive and side modules; returns its record in the manifest."""
    package = contents.package
    stem = f"packages/{package.name}-{package.version}"
    modules = []
    for file in sorted(contents.modules, key=lambda file: file.path):
        stem_of_module = file.path.rsplit("/", 1)[-1].partition(".")[0]
        record = _write_hashed(folder, f"packages/{stem_of_module}", ".so.wasm", file.read())
        modules.append({**record, "path": file.path})
    members = _members(contents)
    late: dict[str, Member] = {}
    if package.name in BASE:
        late = {path: member for path, member in members.items() if not (member.link or rules.is_early(path))}
    early = {path: member for path, member in members.items() if path not in late}
    record = {
        "version": package.version,
        "build": package.build,
        "imports": _imports(package),
        "depends": sorted(name for name in package.depends if name in names),
        "modules": modules,
    }
    if early or not late:
        record["archive"] = _write_hashed(folder, stem, ".tar", _tar(early))
    if late:
        tar = _tar(late)
        record["late"] = {**_write_hashed(folder, f"{stem}-late", ".tar", tar), "files": _places(tar)}
    return record


@dataclass(frozen=True)
class Member:
    """What an archive holds at a path: content, or the target of a symbolic link."""

    data: bytes = b""
    link: str | None = None
    executable: bool = False


def _members(contents: Contents) -> dict[str, Member]:
    """The archived files by path, in its order."""
    files = {file.path: file for file in contents.archived}
    if contents.package.name in BASE:
        files = _without_sources(files)
    members = {path: _member(file) for path, file in files.items()}
    members.update((path, Member(data)) for path, data in contents.compiled.items() if path not in files)
    return dict(sorted(members.items()))


def _member(file: InstalledFile) -> Member:
    if file.link is not None:
        return Member(link=file.link)
    return Member(_content(file), executable=file.executable)


def _tar(members: dict[str, Member]) -> bytes:
    """A tar without times and owners."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path, member in members.items():
            entry = tarfile.TarInfo(path)
            if member.link is not None:
                entry.type, entry.linkname = tarfile.SYMTYPE, member.link
                tar.addfile(entry)
                continue
            entry.size = len(member.data)
            entry.mode = 0o755 if member.executable else 0o644
            tar.addfile(entry, io.BytesIO(member.data))
    return out.getvalue()


def _places(tar: bytes) -> list[tuple[str, int, int]]:
    """Path, offset and size in bytes of each file in an uncompressed tar."""
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        return [(entry.name, entry.offset_data, entry.size) for entry in archive]


def _without_sources(members: dict[str, InstalledFile]) -> dict[str, InstalledFile]:
    """Modules as bytecode alone: a/b.pyc in the place of a/b.py and its cached file."""
    result = {}
    for path, file in members.items():
        if path.endswith(".py") and cached_path(path) in members:
            result[path + "c"] = members[cached_path(path)]
        elif (source := source_path(path)) is None or source not in members:
            result[path] = file
    return result


def _content(file: InstalledFile) -> bytes:
    data = file.read()
    return without_source_check(data) if file.path.endswith(".pyc") else data


def _write_hashed(folder: Path, stem: str, suffix: str, data: bytes) -> FileRecord:
    digest = hashlib.sha256(data).hexdigest()
    name = f"{stem}-{digest[:HASH_LENGTH]}{suffix}"
    (folder / name).write_bytes(data)
    return {"file": name, "size": len(data), "sha256": digest}


_MODULE = re.compile(r"lib/python3\.\d+/site-packages/(?:([^/.]+)/.+|([^/.]+)(?:\.[^/]*)?\.(?:py|pyc|so))$")


def _imports(package: InstalledPackage) -> list[str]:
    """The top-level names that `import` finds in the package."""
    found = (_MODULE.match(file.path) for file in package.files)
    names = {match.group(1) or match.group(2) for match in found if match}
    return sorted(name for name in names if name.isidentifier() and name != "__pycache__")


def precompress(folder: Path, extensions: frozenset[str], pool: ThreadPoolExecutor) -> None:
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix in extensions]
    # The largest first, so that none is left for the end.
    files.sort(key=lambda path: (-path.stat().st_size, path))
    jobs = [pool.submit(_write_brotli, path) for path in files]
    jobs += [pool.submit(_write_gzip, path) for path in files]
    for job in jobs:
        job.result()


def _write_brotli(path: Path) -> None:
    data = brotli.compress(path.read_bytes(), quality=BROTLI_QUALITY, lgwin=24)
    path.with_name(path.name + ".br").write_bytes(data)


def _write_gzip(path: Path) -> None:
    path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))
