"""`wasmforge lint`: checks recipes without building them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rich.table import Table

from wasmforge.common.layout import Layout
from wasmforge.recipe.graph import Graph
from wasmforge.recipe.lint.file_rules import check_file
from wasmforge.recipe.lint.finding import Finding
from wasmforge.recipe.lint.package_rules import check_package
from wasmforge.recipe.recipes import load_recipes


def lint(layout: Layout, names: Iterable[str] = ()) -> list[Finding]:
    """The findings in the named recipes, or in all. Raises UsageError for an unknown name."""
    loaded = load_recipes(layout)
    graph = Graph(loaded)
    outputs = graph.select(names) if names else graph.outputs
    found = {finding for path in {output.recipe.path for output in outputs} for finding in check_file(path)}
    found |= {finding for output in outputs for finding in check_package(graph, output)}
    if not names:
        found |= {Finding(path, "", "broken", str(error)) for path, error in loaded.broken.items()}
    return sorted(found)


def table(findings: list[Finding], root: Path) -> Table:
    """The findings for a terminal."""
    made = Table("recipe", "package", "rule", "finding", box=None, pad_edge=False)
    for one in findings:
        made.add_row(str(one.recipe.relative_to(root).parent), one.package, f"[red]{one.rule}[/]", one.message)
    return made
