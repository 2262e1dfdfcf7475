"""The files of an installed package that a bundle has, and its side modules among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from wasmforge.bundle.files import Member
from wasmforge.bundle.modules.bytecode import cached_path, source_path, without_source_check
from wasmforge.bundle.parts import module_name
from wasmforge.bundle.prefix import InstalledFile, InstalledPackage
from wasmforge.bundle.rules import Rules

# The packages that every interpreter has. Their modules are sent as bytecode alone.
BASE = frozenset({"python", "wasmforge-runtime"})
_WASM_MAGIC = b"\0asm"


@dataclass
class Contents:
    """A package's files without those that the rules exclude. Paths are relative to the prefix.

    compiled: bytecode of modules that were installed without it: path -> content.
    """

    package: InstalledPackage
    archived: list[InstalledFile] = field(default_factory=list)
    side_modules: list[InstalledFile] = field(default_factory=list)
    compiled: Mapping[str, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, package: InstalledPackage, rules: Rules) -> Contents:
        contents = cls(package)
        for file in package.files:
            if rules.excludes(file.path):
                continue
            if file.path.endswith(".so") and file.link is None and file.read().startswith(_WASM_MAGIC):
                contents.side_modules.append(file)
            else:
                contents.archived.append(file)
        return contents

    @property
    def name(self) -> str:
        return self.package.name

    @property
    def is_base(self) -> bool:
        return self.name in BASE

    @property
    def stem(self) -> str:
        """The start of the names of the package's files in a bundle."""
        return f"packages/{self.name}-{self.package.version}"

    def members(self) -> dict[str, Member]:
        """The archived files by path."""
        files = {file.path: file for file in self.archived}
        if self.is_base:
            files = _without_sources(files)
        members = {path: _member(file) for path, file in files.items()}
        members.update((path, Member(data)) for path, data in self.compiled.items() if path not in files)
        return members

    def early_members(self, rules: Rules) -> dict[str, Member]:
        """The members of a base package that Python needs to start."""
        return {path: member for path, member in self.members().items() if member.link or rules.is_early(path)}

    def late_members(self, rules: Rules) -> dict[str, Member]:
        """The other members of a base package."""
        early = self.early_members(rules)
        return {path: member for path, member in self.members().items() if path not in early}

    def sources(self) -> dict[str, InstalledFile]:
        """The source of each Python module."""
        # Without links: what they lead to is a source itself.
        files = [file for file in self.archived if file.link is None]
        named = ((module_name(file.path), file) for file in files if file.path.endswith(".py"))
        return {name: file for name, file in named if name}

    def imports(self) -> list[str]:
        """The top-level names that `import` finds in the package."""
        modules = (module_name(file.path) for file in [*self.archived, *self.side_modules])
        names = {name.partition(".")[0] for name in modules if name}
        return [] if self.name == "python" else sorted(names)


def _without_sources(members: dict[str, InstalledFile]) -> dict[str, InstalledFile]:
    """Replace a/b.py and its cached file by a/b.pyc."""
    result = {}
    for path, file in members.items():
        if path.startswith("lib/python") and path.endswith(".py") and cached_path(path) in members:
            result[path + "c"] = members[cached_path(path)]
        elif (source := source_path(path)) is None or source not in members:
            result[path] = file
    return result


def _member(file: InstalledFile) -> Member:
    if file.link is not None:
        return Member(link=file.link)
    data = file.read()
    return Member(without_source_check(data) if file.path.endswith(".pyc") else data, executable=file.executable)


def depends_within(packages: Iterable[InstalledPackage]) -> dict[str, list[str]]:
    """For each package the sorted names of the others here that it depends on directly."""
    known = {package.name: package for package in packages}
    return {name: sorted(set(package.depends) & known.keys()) for name, package in known.items()}
