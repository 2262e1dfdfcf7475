"""Which modules an import will load, found by reading what each module imports when it runs.

What a function imports when it is called, and what compiled modules import, is not seen: whoever relies on
this must still find the rest when it is asked for.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from wasmforge.bundle.prefix import InstalledFile
from wasmforge.common.replacing import new_file


def imports_of(source: bytes, module: str, is_package: bool) -> list[str]:
    """The absolute names that running the module's source may import, sorted.

    `from a import b` gives both a and a.b, as only the file system could tell whether b is a module. Left out is what
    does not run with the module: functions, handlers of exceptions, `if TYPE_CHECKING` and the program's own start.
    Source that does not parse has none.
    """
    tree = _parse(source) or _parse(_without_types(source)) or ast.Module([], [])
    package = module if is_package else module.rpartition(".")[0]
    return sorted({name for node in _running(tree.body) for name in _names(node, package)})


# In Python 3.11, which may run this, an alias has no `type` before it, and what is defined no parameters of types.
_TYPE = re.compile(rb"^( *)type (?=\w+(?:\[.*\])? =)", re.M)
_PARAMETERS = re.compile(rb"^( *(?:(?:class|def|async def) )?\w+)\[.*?\](?=\(| =)", re.M)


def _without_types(source: bytes) -> bytes:
    return _PARAMETERS.sub(rb"\1", _TYPE.sub(rb"\1", source))


def _parse(source: bytes) -> ast.Module | None:
    """None if that fails."""
    with warnings.catch_warnings(), suppress(SyntaxError, ValueError):
        warnings.simplefilter("ignore")  # of invalid escapes in other people's strings
        return ast.parse(source)
    return None


def _running(body: Iterable[ast.stmt]) -> Iterator[ast.Import | ast.ImportFrom]:
    """The import statements among the statements that run with the module."""
    pending = list(body)
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node
        elif isinstance(node, ast.If):
            if not _is_false_here(node.test):
                pending += node.body
            pending += node.orelse
        elif isinstance(node, (ast.Try, ast.TryStar)):
            pending += [*node.body, *node.orelse, *node.finalbody]
        elif isinstance(node, (ast.With, ast.For, ast.While, ast.ClassDef)):
            pending += node.body


def _is_false_here(test: ast.expr) -> bool:
    """`TYPE_CHECKING`, `typing.TYPE_CHECKING`, `__name__ == "__main__"`"""
    text = ast.unparse(test)
    return text.endswith("TYPE_CHECKING") and not text.startswith("not ") or text.startswith("__name__ ==")


def _names(node: ast.Import | ast.ImportFrom, package: str) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    base = node.module or ""
    if node.level:
        parents = package.split(".")
        kept = parents[: len(parents) - node.level + 1]
        base = ".".join([*kept, *([base] if base else [])])
    if base:
        yield base
        yield from (f"{base}.{alias.name}" for alias in node.names)


class ImportGraph:
    """Modules, the names that each imports, and the packages that they are in, which are imported before them."""

    def __init__(self, imports: Mapping[str, Iterable[str]], allowed: Callable[[str, str], bool] = lambda _, __: True):
        """imports: for each module the names in it, of modules or not.

        allowed(importer, imported): whether that import is done.
        """
        self._edges = {
            name: [
                one
                for other in [name.rpartition(".")[0], *others]
                for one in _with_packages(other)
                if one in imports and one != name and allowed(name, one)
            ]
            for name, others in imports.items()
        }

    def closure(self, module: str) -> list[str]:
        """The module and all that importing it imports, what is needed first being first."""
        found: dict[str, None] = {}
        entered = set()
        pending = [(name, False) for name in reversed(_with_packages(module))]
        while pending:
            name, done = pending.pop()
            if done:
                found[name] = None
            elif name in self._edges and name not in entered:
                entered.add(name)
                pending.append((name, True))
                pending += [(other, False) for other in reversed(self._edges[name])]
        return list(found)


def _with_packages(name: str) -> list[str]:
    """a.b.c -> a, a.b, a.b.c"""
    parts = name.split(".") if name else []
    return [".".join(parts[: count + 1]) for count in range(len(parts))]


class ImportReader:
    """imports_of for whole packages, whose results are kept: a package is read once on a machine.

    cache: a folder of this class's own.
    """

    # Part of the names of what is kept: changed with imports_of.
    VERSION = 2

    def __init__(self, cache: Path) -> None:
        self._cache = cache

    def read(self, sources: Mapping[str, InstalledFile]) -> dict[str, list[str]]:
        """sources: module -> its source. Returns module -> the absolute names that it may import."""
        key = hashlib.sha256(f"{self.VERSION}\n".encode())
        for module, file in sorted(sources.items()):
            key.update(f"{module} {file.path} {file.sha256 or hashlib.sha256(file.read()).hexdigest()}\n".encode())
        kept = self._cache / f"{key.hexdigest()}.json"
        try:
            found: dict[str, list[str]] = json.loads(kept.read_text())
            return found
        except (OSError, ValueError):
            pass
        found = {
            module: imports_of(file.read(), module, file.path.endswith("/__init__.py"))
            for module, file in sources.items()
        }
        with new_file(kept) as draft:
            draft.write_text(json.dumps(found))
        return found
