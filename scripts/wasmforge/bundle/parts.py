"""How a package is split into parts, so that an import fetches what it runs and little else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from wasmforge.bundle.modules.import_graph import ImportGraph

# Bytes of bytecode, uncompressed. A smaller package is one part: another request costs more than it saves.
SMALL_PACKAGE = 256 << 10
# Smaller subpackages share one part.
SMALL_PART = 48 << 10

_SITE = re.compile(r"lib/python3\.\d+/(?:site-packages/)?(.+)")
_CACHED = re.compile(r"(.*/)?__pycache__/([^/.]+)\.cpython-\d+\.pyc")
_MODULE = re.compile(r"(.*?)(?:/__init__)?(?:\.py|\.pyc|(?:\.cpython-[^/]*|\.abi3)?\.so)")


def inside_site(path: str) -> str:
    """The path of a file relative to its folder on sys.path; "" outside of these folders."""
    site = _SITE.fullmatch(path)
    return site.group(1) if site else ""


def module_name(path: str) -> str | None:
    """The name of the module in a file, be it source, bytecode or machine code; None for other files."""
    inside = inside_site(path)
    if cached := _CACHED.fullmatch(inside):
        inside = f"{cached.group(1) or ''}{cached.group(2)}.py"
    found = _MODULE.fullmatch(inside)
    name = found.group(1).replace("/", ".") if found else ""
    return name if all(part.isidentifier() for part in name.split(".")) else None


def packages_of(name: str) -> list[str]:
    """a.b.c -> a, a.b"""
    parts = name.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]


@dataclass
class Part:
    """Modules that are sent together. entry: the module that is imported to run the others, if there is one."""

    entry: str | None
    modules: list[str] = field(default_factory=list)


def split(sizes: Mapping[str, int], graph: ImportGraph, entries: Sequence[str] = ()) -> list[Part]:
    """Divide a package's Python modules into parts; the first has what `import PACKAGE` runs.

    sizes: module -> bytes of its bytecode. entries: modules that are imported without the rest of their package, best
    known first. The parts after theirs are the subpackages, one each, with tests apart.
    """
    if not sizes:
        return [Part(None)]
    main = _main(sizes)
    if sum(sizes.values()) < SMALL_PACKAGE:
        return [Part(main, sorted(sizes))]
    return _split(sizes, graph, [main, *(one for one in entries if one in sizes)], 2)


def split_library(sizes: Mapping[str, int], graph: ImportGraph, users: Sequence[str]) -> list[Part]:
    """Like split, for the standard library, which has no top-level module of its own.

    users: modules of other packages; the first parts have what these import.
    """
    return _split(sizes, graph, users, 1)


def _split(sizes: Mapping[str, int], graph: ImportGraph, entries: Sequence[str], depth: int) -> list[Part]:
    """depth: how many names lead to a subpackage."""
    left = dict.fromkeys(sorted(sizes))
    parts = []
    for entry in entries:
        modules = [name for name in graph.closure(entry) if name in left]
        for name in modules:
            del left[name]
        parts.append(Part(entry if entry in sizes else None, sorted(modules)))
    groups: dict[str, list[str]] = {}
    for name in left:
        groups.setdefault(_group(name, depth), []).append(name)
    rest = Part(None)
    for group, modules in groups.items():
        if sum(sizes[name] for name in modules) < SMALL_PART:
            rest.modules += modules
        else:
            parts.append(Part(group if group in modules else None, modules))
    return [part for part in [*parts, rest] if part.modules]


def _main(names: Iterable[str]) -> str:
    """The top-level module that has the most modules."""
    counts: dict[str, int] = {}
    for name in names:
        top = name.partition(".")[0]
        counts[top] = counts.get(top, 0) + 1
    return max(sorted(counts), key=counts.__getitem__)


def _group(name: str, depth: int) -> str:
    parts = name.split(".")
    tests = "tests" in parts or "test" in parts
    return f"{parts[0]}.*.tests" if tests else ".".join(parts[:depth])
