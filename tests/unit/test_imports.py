"""What a module's source says that it imports."""

from __future__ import annotations

import pytest

from wasmforge.bundle.import_graph import imports_of

SOURCE = b"""
import a
from .b import c
if TYPE_CHECKING:
    import typed
def later():
    import late
try:
    import d
except ImportError:
    import e
"""


def test_what_runs_with_the_module_counts() -> None:
    assert imports_of(SOURCE, "p.m", is_package=False) == ["a", "d", "p.b", "p.b.c"]
    assert imports_of(SOURCE, "p", is_package=True) == ["a", "d", "p.b", "p.b.c"]


@pytest.mark.parametrize(
    "newer",
    [
        b"type Alias = int | str",
        b"type Pair[T: int] = tuple[T, T]",
        b"class Box[T](list): pass",
        b"def first[T](x: list[T]) -> T: pass",
    ],
)
def test_syntax_of_types_that_is_newer_than_this_python(newer: bytes) -> None:
    assert imports_of(b"import a\n" + newer + b"\nimport b\n", "m", is_package=False) == ["a", "b"]


def test_source_that_does_not_parse_imports_nothing() -> None:
    assert imports_of(b"import a\nif:\n", "m", is_package=False) == []
