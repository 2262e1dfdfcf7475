"""Turns a prefix for emscripten-wasm32 into a static folder that a web host serves.

The folder's layout, manifest.json and the index are described in docs/runtime.md. The same prefix gives the same
bytes, wherever it lies.
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path, PurePosixPath
from typing import Any

import brotli  # type: ignore[import-untyped]

from wasmforge.bundle.bytecode import compile_missing
from wasmforge.bundle.contents import Contents, depends_within
from wasmforge.bundle.files import FileRecord, write_archive, write_hashed
from wasmforge.bundle.import_graph import ImportReader
from wasmforge.bundle.index import Indexer
from wasmforge.bundle.pages import finish_pages
from wasmforge.bundle.prefix import InstalledPackage, read_prefix
from wasmforge.bundle.rules import Options, Rules
from wasmforge.bundle.snapshots import take_snapshot
from wasmforge.common.errors import UsageError, WasmforgeError
from wasmforge.common.progress import Reporter
from wasmforge.common.replacing import new_folder
from wasmforge.common.user_folders import find_user_folders

FORMAT = 3
MANIFEST = "manifest.json"
RUNTIME = PurePosixPath("share/wasmforge")
WWW = RUNTIME / "www"
# What a page imports, and the types of that: these keep their names.
ENTRIES = (
    "bootstrap.mjs",
    "bootstrap.d.mts",
    "progress.mjs",
    "progress.d.mts",
    "pyodide.mjs",
    "pyodide.d.mts",
    "pyodide.js",
    "pyodide.d.ts",
)
# python.wasm: 2.67 MB in 49 s of CPU time, where 10 gives 2.79 MB in 31 s and 9 gives 3.05 MB in 9 s.
BROTLI_QUALITY = 11
# A snapshot of Matplotlib, 44 MB, would take minutes; 9 gives 11 MB in 20 s.
SNAPSHOT_QUALITY = 9


def bundle(
    prefix: Path, out: Path, reporter: Reporter | None = None, options: Options = Options(), *, compress: bool = True
) -> None:
    """Write the bundle of a prefix to `out`, which appears whole or not at all.

    An earlier bundle there is replaced. Without `compress`, the precompressed files, which take most of the time,
    are left out: for a bundle that is used once, on this machine. Raises WasmforgeError for a prefix that is not for
    emscripten-wasm32, lacks python or the runtime, or has a file that is not what its package's record says, and for an
    `out` that is something else than a bundle; UsageError for eager packages that the prefix has not.
    """
    step = reporter.step if reporter else _silent
    prefix, out = Path(os.path.abspath(prefix)), Path(os.path.abspath(out))
    _check_target(out)
    rules = Rules.load(options)
    with new_folder(out) as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        with step("check the prefix"):
            packages = read_prefix(prefix, pool.map)
        with step("write the packages"):
            manifest = _write(packages, prefix, folder, rules, options, compress, pool)
        if options.snapshots:
            with step("take snapshots"):
                (folder / MANIFEST).write_bytes(_json(manifest))
                manifest["snapshots"] = [take_snapshot(prefix, folder, names, rules) for names in options.snapshots]
        (folder / MANIFEST).write_bytes(_json(manifest))
        (folder / "pyodide-lock.json").write_bytes(_json(_lock(manifest)))
        finish_pages(folder, manifest, offline=options.offline)
        if compress:
            with step("compress"):
                precompress(folder, rules.compress, pool)


def _silent(_: str) -> AbstractContextManager[None]:
    return nullcontext()


def _check_target(out: Path) -> None:
    if not out.exists() or (out.is_dir() and not any(out.iterdir())) or (out / MANIFEST).is_file():
        return
    raise WasmforgeError(f"{out} exists and is not a bundle; name another folder or remove it")


def _write(
    packages: list[InstalledPackage],
    prefix: Path,
    folder: Path,
    rules: Rules,
    options: Options,
    compress: bool,
    pool: ThreadPoolExecutor,
) -> dict[str, Any]:
    """Write the files of the packages and of the runtime; returns the manifest."""
    contents = [Contents.of(package, rules) for package in packages]
    reader = ImportReader(find_user_folders().imports)
    # While node compiles.
    imports = pool.submit(lambda: {part.package.name: reader.read(part.sources()) for part in contents})
    for part, compiled in zip(contents, compile_missing(prefix, [part.archived for part in contents]), strict=True):
        part.compiled = compiled
    contents = [part for part in contents if part.package.files]
    depends = depends_within(part.package for part in contents)
    versions = {package.name: package.version for package in packages}
    (folder / "packages").mkdir()
    _copy_www(packages, folder)
    index = Indexer(folder, contents, depends, rules, imports.result()).write()
    base = {
        part.package.name: write_archive(folder, part.stem, early)
        for part in contents
        if part.is_base and (early := part.early_members(rules))
    }
    files = _first_files(base, index)
    return {
        "format": FORMAT,
        "python": versions["python"],
        "abi": versions.get("emscripten-abi"),
        "compressed": compress,
        "runtime": _write_runtime(packages, folder),
        "base": base,
        "index": write_hashed(folder, "packages/index", ".json", _json(index)),
        "packages": {
            part.package.name: {
                "version": part.package.version,
                "build": part.package.build,
                "imports": part.imports(),
                "depends": depends[part.package.name],
                **{key: files.get(part.package.name, {}).get(key, "") for key in ("file", "sha256")},
            }
            for part in contents
        },
        "eager": _eager(options.eager, [part.package.name for part in contents]),
        "channels": list(options.channels),
        "snapshots": [],
    }


def _json(data: dict[str, Any]) -> bytes:
    return (json.dumps(data, separators=(",", ":"), sort_keys=True) + "\n").encode()


def _eager(wanted: Sequence[str], known: Sequence[str]) -> list[str]:
    if "all" in wanted:
        return sorted(known)
    for name in wanted:
        if name not in known:
            raise UsageError(
                f"cannot load {name} at the start: the environment has no such package, only {', '.join(known)}"
            )
    return sorted(wanted)


def _first_files(base: dict[str, FileRecord], index: dict[str, Any]) -> dict[str, FileRecord]:
    """For each package the file that stands for it where tools expect a package to be one file."""
    files: dict[str, FileRecord] = {}
    for unit in [*index["modules"], *reversed(index["parts"])]:
        if record := unit.get("archive") or ("file" in unit and unit):
            files[unit["package"]] = record
    return files | base


def _lock(manifest: dict[str, Any]) -> dict[str, Any]:
    """The manifest in the form of Pyodide's lock file, for tools that look there for the names of packages."""
    packages = {
        name: {
            "name": name,
            "version": record["version"],
            "imports": record["imports"],
            "depends": record["depends"],
            "file_name": record["file"],
            "sha256": record["sha256"],
            "install_dir": "site",
            "package_type": "package",
        }
        for name, record in manifest["packages"].items()
    }
    info = {
        "arch": "wasm32",
        "platform": "emscripten",
        "abi_version": manifest["abi"],
        "python": manifest["python"],
        "version": manifest["python"],
    }
    return {"info": info, "packages": packages}


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
        "glue": write_hashed(folder, "python", ".mjs", read("python.mjs")),
        "wasm": write_hashed(folder, "python", ".wasm", read("python.wasm")),
    }


def precompress(folder: Path, extensions: frozenset[str], pool: ThreadPoolExecutor) -> None:
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix in extensions]
    # The largest first, so that none is left for the end.
    files.sort(key=lambda path: (-path.stat().st_size, path))
    jobs = [pool.submit(_write_brotli, path) for path in files]
    jobs += [pool.submit(_write_gzip, path) for path in files]
    for job in jobs:
        job.result()


def _write_brotli(path: Path) -> None:
    quality = SNAPSHOT_QUALITY if path.suffix == ".snapshot" else BROTLI_QUALITY
    data = brotli.compress(path.read_bytes(), quality=quality, lgwin=24)
    path.with_name(path.name + ".br").write_bytes(data)


def _write_gzip(path: Path) -> None:
    path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))
