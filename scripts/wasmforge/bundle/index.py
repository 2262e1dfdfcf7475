"""Writes the parts of a bundle's packages and the index, which says what parts each import needs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from wasmforge.bundle.contents import Contents
from wasmforge.bundle.files import Member, write_archive, write_hashed, write_store
from wasmforge.bundle.late import late_groups
from wasmforge.bundle.modules.import_graph import ImportGraph
from wasmforge.bundle.parts import Part, inside_site, module_name, packages_of, split, split_library
from wasmforge.bundle.prefix import InstalledFile
from wasmforge.bundle.rules import Rules
from wasmforge.common.errors import WasmforgeError
from wasmforge.common.wasm import NotWasm, read_module

LIBRARY = "python"
# The file of an archive that says what is in the stores of late files.
LATE = ".late.json"


class Indexer:
    """Writes the files of packages into a bundle's folder, and describes them for the index.

    depends: the packages that each package needs, directly. imports: for each package, what its modules import.
    """

    def __init__(
        self,
        folder: Path,
        contents: Sequence[Contents],
        depends: Mapping[str, Sequence[str]],
        rules: Rules,
        imports: Mapping[str, Mapping[str, Sequence[str]]],
    ) -> None:
        self._folder = folder
        self._contents = contents
        self._depends = depends
        self._rules = rules
        self._graph = self._connected(imports)
        self._parts: list[dict[str, Any]] = []
        self._entries: list[str | None] = []
        self._part_of: dict[str, int] = {}
        self._modules: list[dict[str, Any]] = []
        self._module_of: dict[str, int] = {}

    def write(self) -> dict[str, Any]:
        """The index: parts and side modules, which name each other by their places in these lists.

        part: its package and modules; archive (mounted at once), late (stores of files that are read later); needs
        (parts) and opens (side modules): what importing its modules loads besides. Side module: its package, path and
        file; name (that imports it; a library has none) and needs (libraries).
        """
        for contents in self._contents:
            self._write_side_modules(contents)
            self._write_parts(contents)
        self._connect()
        return {"parts": self._parts, "modules": self._modules}

    # ---- what imports what ----

    def _connected(self, read: Mapping[str, Mapping[str, Sequence[str]]]) -> ImportGraph:
        imports: dict[str, list[str]] = {}
        owners: dict[str, str] = {}
        for contents in self._contents:
            compiled = {name: () for file in contents.side_modules if (name := module_name(file.path))}
            found = {**read[contents.name], **compiled}
            imports.update({name: [*names, *self._rules.hints.get(name, [])] for name, names in found.items()})
            owners.update(dict.fromkeys(found, contents.name))

        base = {contents.name for contents in self._contents if contents.is_base}

        # An optional import counts only if the package depends on it; py/_wasmforge_demand.py has the same rule.
        def allowed(importer: str, imported: str) -> bool:
            return owners[imported] in base or owners[imported] in self._needed_by(owners[importer])

        return ImportGraph(imports, allowed)

    @cache  # noqa: B019 (an indexer lives as long as what it writes)
    def _needed_by(self, package: str) -> frozenset[str]:
        """The package and what it needs, directly or not."""
        found: set[str] = set()
        pending = [package]
        while pending:
            name = pending.pop()
            if name not in found:
                found.add(name)
                pending += self._depends.get(name, ())
        return frozenset(found)

    # ---- files ----

    def _write_side_modules(self, contents: Contents) -> None:
        for file in sorted(contents.side_modules, key=lambda file: file.path):
            stem = file.path.rsplit("/", 1)[-1].partition(".")[0]
            data = file.read()
            record = {
                **write_hashed(self._folder, f"packages/{stem}", ".so.wasm", data),
                "package": contents.name,
                "path": file.path,
                "libraries": _libraries(contents, file, data),
            }
            if name := module_name(file.path):
                record["name"] = name
                self._module_of[name] = len(self._modules)
            self._modules.append(record)

    def _write_parts(self, contents: Contents) -> None:
        members = contents.late_members(self._rules) if contents.is_base else contents.members()
        sizes: dict[str, int] = {}
        for path, member in members.items():
            if (name := module_name(path)) and path.endswith(".pyc"):
                sizes[name] = len(member.data)
        for path in members:
            if (name := module_name(path)) and name not in sizes:
                sizes[name] = len(members[path].data)  # has no bytecode
        entries = self._rules.entries.get(contents.name, ())
        parts = (split_library if contents.name == LIBRARY else split)(sizes, self._graph, entries)
        owner = {name: number for number, part in enumerate(parts) for name in part.modules}
        files: list[dict[str, Member]] = [{} for _ in parts]
        for path, member in members.items():
            files[_place(path, owner)][path] = member
        for part, some in zip(parts, files, strict=True):
            self._write_part(contents, part, some)
        self._add_namespaces(contents, sizes)

    def _write_part(self, contents: Contents, part: Part, members: dict[str, Member]) -> None:
        late = late_groups(members, self._rules)
        early = {path: member for path, member in members.items() if not any(path in group for group in late)}
        name = (part.entry or "").rpartition(".")[2]
        stem = f"{contents.stem}-{name}" if name and self._has_other_parts(contents) else contents.stem
        record: dict[str, Any] = {"package": contents.name, "modules": part.modules}
        if late:
            stores = [write_store(self._folder, f"{stem}-late", group) for group in late]
            record["late"] = [store for store, _ in stores]
            early[LATE] = Member(json.dumps([places for _, places in stores], separators=(",", ":")).encode())
        if early:
            record["archive"] = write_archive(self._folder, stem, early)
        for module in record["modules"]:
            self._part_of.setdefault(module, len(self._parts))
        self._parts.append(record)
        self._entries.append(part.entry)

    def _add_namespaces(self, contents: Contents, modules: Mapping[str, int]) -> None:
        """Add namespace packages, which have no file, to the first part with a module in them."""
        for part in self._parts:
            if part["package"] != contents.name:
                continue
            for package in sorted({package for name in part["modules"] for package in packages_of(name)}):
                if package not in modules and package not in self._part_of:
                    self._part_of[package] = self._parts.index(part)
                    part["modules"].append(package)

    def _has_other_parts(self, contents: Contents) -> bool:
        return bool(self._parts) and self._parts[-1]["package"] == contents.name

    # ---- what belongs together ----

    def _connect(self) -> None:
        libraries = {
            record["path"].rsplit("/", 1)[-1]: number
            for number, record in enumerate(self._modules)
            if "name" not in record
        }
        for record in self._modules:
            record["needs"] = [libraries[name] for name in record.pop("libraries") if name in libraries]
        for number, (record, entry) in enumerate(zip(self._parts, self._entries, strict=True)):
            imported = (
                self._graph.closure(entry)
                if entry
                else [name for module in record["modules"] for name in packages_of(module)]
            )
            needs = [self._part_of[name] for name in imported if name in self._part_of]
            record["needs"] = [
                other for other in dict.fromkeys([*self._data_parts(record["package"]), *needs]) if other != number
            ]
            record["opens"] = [self._module_of[name] for name in imported if name in self._module_of]

    def _data_parts(self, package: str) -> list[int]:
        """The parts without modules of the packages that this one needs: no import asks for them."""
        needed = self._needed_by(package) - {package}
        return [number for number, part in enumerate(self._parts) if part["package"] in needed and not part["modules"]]


def _libraries(contents: Contents, file: InstalledFile, data: bytes) -> tuple[str, ...]:
    """The libraries that a side module needs."""
    try:
        return read_module(data).needed
    except NotWasm as error:
        raise WasmforgeError(
            f"{file.path} of the package {contents.package.label} is not a WebAssembly module that can be read: {error}"
        ) from error


def _place(path: str, owner: Mapping[str, int]) -> int:
    """The number of the part for a file: its module's, or that of the innermost package around it."""
    name = module_name(path)
    if name is not None and name in owner:
        return owner[name]
    inside = inside_site(path).split("/")[:-1]
    for count in range(len(inside), 0, -1):
        if (package := ".".join(inside[:count])) in owner:
            return owner[package]
    return 0
