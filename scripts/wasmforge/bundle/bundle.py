"""Turns a prefix for emscripten-wasm32 into a static folder that a web host serves.

docs/reference/bundle-format.md describes manifest.json and the index. The same prefix gives the same bytes, wherever it
lies.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from pathlib import Path, PurePosixPath

from wasmforge.bundle.compressed_cache import CompressedCache, read_limit
from wasmforge.bundle.compression import Compression
from wasmforge.bundle.contents import Contents, depends_within
from wasmforge.bundle.files import FileRecord, write_archive, write_hashed
from wasmforge.bundle.index import LIBRARY, Indexer
from wasmforge.bundle.manifest import (
    FORMAT,
    LOCK,
    MANIFEST,
    Manifest,
    eager_packages,
    first_files,
    lock_info,
    lock_package,
    to_json,
    write_manifest,
)
from wasmforge.bundle.modules.bytecode import compile_missing
from wasmforge.bundle.modules.import_reader import ImportReader, Imports
from wasmforge.bundle.output import LIST, check_output, write_list
from wasmforge.bundle.pages import SERVICE_WORKER, finish_pages
from wasmforge.bundle.precompress import Precompressor, usable_processors
from wasmforge.bundle.prefix import InstalledPackage, read_prefix
from wasmforge.bundle.rules import Options, Rules
from wasmforge.bundle.snapshots import take_snapshot
from wasmforge.bundle.www import PACKAGES, copy_www
from wasmforge.common.errors import WasmforgeError
from wasmforge.common.hashing import hash_file
from wasmforge.common.progress import Reporter
from wasmforge.common.replacing import new_folder
from wasmforge.common.threads import threads
from wasmforge.common.user_folders import find_user_folders
from wasmforge.inventory.inventory import INVENTORY, write_inventory

RUNTIME = PurePosixPath("share/wasmforge")
# The modules that a page imports, and the files of their types. They keep their names.
ENTRIES = ("bootstrap.mjs", "progress.mjs", "pyodide.mjs", "pyodide.js")
TYPES = "*.d.*ts"
# What is written after the packages and the runtime.
LATER = (MANIFEST, LOCK, INVENTORY, SERVICE_WORKER, LIST)


def bundle(
    prefix: Path,
    out: Path,
    reporter: Reporter | None = None,
    options: Options = Options(),
    *,
    compression: Compression = Compression.FAST,
) -> None:
    """Write the bundle of a prefix to `out`, which appears whole or not at all.

    An earlier bundle there is replaced. A bundle without compression is for a host that compresses, or for use on this
    machine. Raises WasmforgeError for a prefix that is not for emscripten-wasm32, lacks python or the runtime, or has a
    file that is not what its package's record says or lies outside, and for an `out` with anything else than a bundle;
    UsageError for eager packages that the prefix has not, and for a cache's size that is no number.
    """
    step = reporter.step if reporter else _silent
    prefix, out = Path(os.path.abspath(prefix)), Path(os.path.realpath(out))
    check_output(out)
    rules = Rules.load(options)
    compressed = CompressedCache(find_user_folders().compressed, read_limit())
    with new_folder(out, replace=True) as folder, threads(usable_processors()) as pool:
        with step("check the prefix"):
            packages = read_prefix(prefix, pool.map)
        with step("write the packages"):
            contents, imports = _read(packages, prefix, rules, pool)
            manifest = _write(packages, contents, imports, folder, rules)
            manifest |= _choices(manifest, options, compression)
        if options.snapshots:
            with step("take snapshots"):
                # What takes a snapshot reads the manifest.
                write_manifest(folder, manifest)
                manifest["snapshots"] = [take_snapshot(prefix, folder, names, rules) for names in options.snapshots]
        write_manifest(folder, manifest)
        write_inventory(prefix, folder)
        # Nothing is changed after it is hashed.
        hash = cache(hash_file)
        finish_pages(folder, manifest, offline=options.offline, hash=hash)
        if compression is not Compression.NONE:
            precompressor = Precompressor(compressed, hash=hash)
            with step("compress", precompressor.progress.text):
                precompressor.run(folder, rules.compress, compression, _fetched_at_start(manifest))
            if compressed.problem and reporter:
                reporter.say(_not_kept(compressed.problem), "yellow")
        write_list(folder, hash)
        # That was minutes ago.
        check_output(out)


def _silent(_label: str, _detail: Callable[[], str] = str) -> AbstractContextManager[None]:
    return nullcontext()


def _read(
    packages: Sequence[InstalledPackage], prefix: Path, rules: Rules, pool: Executor
) -> tuple[list[Contents], dict[str, Imports]]:
    """What the bundle has of each package, and what the modules of each import."""
    contents = [Contents.of(package, rules) for package in packages]
    reader = ImportReader(find_user_folders().imports, prefix)
    # Read here while node compiles.
    imports = pool.submit(reader.read, {one.name: one.sources() for one in contents})
    for one, compiled in zip(contents, compile_missing(prefix, [one.archived for one in contents]), strict=True):
        one.compiled = compiled
    return [one for one in contents if one.package.files], imports.result()


def _write(
    packages: Sequence[InstalledPackage],
    contents: Sequence[Contents],
    imports: Mapping[str, Imports],
    folder: Path,
    rules: Rules,
) -> Manifest:
    """Write the files of the packages, of the runtime and of the pages; returns what the manifest says of them."""
    (folder / PACKAGES).mkdir()
    depends = depends_within(one.package for one in contents)
    index = Indexer(folder, contents, depends, rules, imports).write()
    base = _write_base(contents, folder, rules)
    files = first_files(base, index)
    versions = {package.name: package.version for package in packages}
    runtime = _write_runtime(packages, folder)
    copy_www(packages, folder, LATER, rules.compress)
    return {
        "format": FORMAT,
        "python": versions["python"],
        "runtime": runtime,
        "base": base,
        "index": write_hashed(folder, "packages/index", ".json", to_json(index)),
        "info": lock_info(versions),
        "packages": {one.name: lock_package(one, depends[one.name], files.get(one.name)) for one in contents},
        "builds": {one.name: one.package.build for one in contents},
    }


def _choices(manifest: Manifest, options: Options, compression: Compression) -> Manifest:
    """What the manifest says of the options that its maker chose."""
    return {
        "compressed": compression is not Compression.NONE,
        "eager": eager_packages(options.eager, list(manifest["packages"])),
        "channels": list(options.channels),
        "snapshots": [],
    }


def _write_base(contents: Iterable[Contents], folder: Path, rules: Rules) -> dict[str, FileRecord]:
    """The files that are mounted before Python starts, as one archive and so one request.

    Returns the manifest's `base`.
    """
    base = [one for one in contents if one.is_base]
    members = {path: member for one in base for path, member in one.early_members(rules).items()}
    library = next(one for one in base if one.name == LIBRARY)
    return {LIBRARY: write_archive(folder, library.stem, members)}


def _write_runtime(packages: Iterable[InstalledPackage], folder: Path) -> dict[str, FileRecord]:
    """The main module and its entries; returns the manifest's `runtime`.

    Emscripten's JavaScript and the bridge are one module, which a page imports once: its two functions make what each
    interpreter needs.
    """
    files = {file.path: file for package in packages for file in package.files}

    def read(name: str) -> bytes:
        try:
            return files[str(RUNTIME / name)].read()
        except KeyError:
            raise WasmforgeError(
                f"the environment has no {RUNTIME / name}, which this wasmforge needs; "
                "install the wasmforge-core and wasmforge-runtime of its own channel"
            ) from None

    types = (path.name for path in map(PurePosixPath, files) if path.parent == RUNTIME and path.match(TYPES))
    for name in (*ENTRIES, *types):
        (folder / name).write_bytes(read(name))
    return {
        "glue": write_hashed(folder, "python", ".mjs", read("glue.mjs") + read("bridge.mjs")),
        "wasm": write_hashed(folder, "python", ".wasm", read("python.wasm")),
    }


def _fetched_at_start(manifest: Manifest) -> list[str]:
    """The large files that every visit fetches."""
    records = [*manifest["runtime"].values(), *manifest["base"].values(), manifest["index"]]
    return [record["file"] for record in records]


def _not_kept(problem: OSError) -> str:
    return (
        f"the compressed files could not be kept in the cache ({problem}); the bundle is complete, "
        "but the next one takes as long"
    )
