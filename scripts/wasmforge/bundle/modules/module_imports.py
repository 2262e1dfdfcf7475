"""Which names a module's source imports when it runs.

The driver imports this, and the prefix's own Python runs it as a script for sources whose syntax is newer than the
driver's Python: it uses the standard library alone.
"""

from __future__ import annotations

import ast
import json
import sys
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path


def imports_of(source: bytes, module: str, is_package: bool) -> list[str]:
    """The absolute names that running the module's source may import, sorted.

    `from a import b` gives both a and a.b: only the file system could tell whether b is a module. Code that does not
    run with the module is left out: functions, handlers of exceptions, `if TYPE_CHECKING`, the program's own start.
    Raises SyntaxError or ValueError for source that this Python cannot parse.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of invalid escapes in other people's strings
        tree = ast.parse(source)
    package = module if is_package else module.rpartition(".")[0]
    return sorted({name for node in _running(tree.body) for name in _names(node, package)})


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


def main(work: Path, out: Path) -> None:
    """Read a list of [path of the source, module, whether it is a package]; write what each imports to OUT/result.json.

    A source that does not parse here either, such as a template, imports nothing.
    """
    found: list[list[str]] = []
    for path, module, is_package in json.loads(work.read_text()):
        try:
            found.append(imports_of(Path(path).read_bytes(), module, is_package))
        except (SyntaxError, ValueError):
            found.append([])
    (out / "result.json").write_text(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
