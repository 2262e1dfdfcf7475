"""Rules about a recipe as it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from wasmforge.recipe.lint.finding import Finding

# The order of conda-forge's recipes.
_SECTIONS = ("schema_version", "context", "recipe", "package", "source", "build", "requirements", "outputs")
_ORDER = (*_SECTIONS, "tests", "about", "extra")
_SPEC = re.compile(r"[a-z0-9_][a-z0-9_.-]*( [^ ]+){0,2}")
_TIGHT = re.compile(r"\$\{\{(\S|[^}]*\S\}\})")


def check_file(path: Path) -> Iterator[Finding]:
    """The findings in a file that is valid YAML."""
    text = path.read_text()
    data = yaml.safe_load(text)

    def finding(rule: str, message: str, package: str = "") -> Finding:
        return Finding(path, package, rule, message)

    unknown = [section for section in data if section not in _ORDER]
    if unknown:
        yield finding("sections", f"unknown section {', '.join(unknown)}; there are: {', '.join(_ORDER)}")
    known = [section for section in data if section in _ORDER]
    if known != sorted(known, key=_ORDER.index):
        yield finding("order", f"order the sections as {', '.join(sorted(known, key=_ORDER.index))}")
    for number, line in enumerate(text.splitlines(), 1):
        if _TIGHT.search(line):
            yield finding("spaces", f"line {number}: put a space after ${{{{ and before }}}}")
    maintainers = (data.get("extra") or {}).get("recipe-maintainers")
    if not isinstance(maintainers, list) or not maintainers:
        yield finding("maintainers", "list who looks after it in extra.recipe-maintainers")
    outputs = data.get("outputs", [data])
    if not any(part.get("tests") for part in (data, *outputs)):
        yield finding("tests", "no package has a test; add one that uses what the package does")
    if not isinstance((data.get("build") or {}).get("number"), (int, str)):
        yield finding("number", "add build.number, 0 for a new version")
    for part in (data, *data.get("outputs", [])):
        for section, specs in (part.get("requirements") or {}).items():
            for spec in _specs(specs):
                if not _SPEC.fullmatch(spec):
                    yield finding("spec", f"requirements.{section}: write {spec!r} as `name >=1,<2`", _name(part))


def _specs(specs: Any) -> Iterator[str]:
    """The plain specifications in a list, of both branches of a condition; templates are left out."""
    for spec in specs if isinstance(specs, list) else [specs]:
        if isinstance(spec, dict):
            for branch in ("then", "else"):
                if branch in spec:
                    yield from _specs(spec[branch])
        elif isinstance(spec, str) and "${{" not in spec:
            yield spec


def _name(part: dict[str, Any]) -> str:
    return str((part.get("package") or {}).get("name", ""))
