"""What a module's source says that it imports."""

from __future__ import annotations

from pathlib import Path

import pytest

from wasmforge.bundle.modules.import_reader import ImportReader
from wasmforge.bundle.modules.module_imports import imports_of
from wasmforge.bundle.prefix import InstalledFile
from wasmforge.common.errors import WasmforgeError

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


def test_source_that_does_not_parse_is_refused() -> None:
    with pytest.raises(SyntaxError):
        imports_of(b"import a\nif:\n", "m", is_package=False)


@pytest.fixture
def reader(tmp_path: Path, prefix: Path) -> ImportReader:
    return ImportReader(tmp_path / "cache", prefix)


def installed(prefix: Path, tmp_path: Path, text: bytes) -> InstalledFile:
    """A source that lies where a prefix's own Python finds it by an absolute path."""
    (tmp_path / "module.py").write_bytes(text)
    return InstalledFile(prefix, str(tmp_path / "module.py"))


@pytest.mark.parametrize(
    "newer",
    [
        b"type Alias = int | str",
        b"type Pair[T: int] = tuple[T, T]",
        b"class Box[T](list): pass",
        b"def first[T](x: list[T]) -> T: pass",
        b"first = f'{'quotes in quotes'}'",
    ],
)
def test_the_prefix_reads_syntax_that_is_newer_than_this_python(
    reader: ImportReader, prefix: Path, tmp_path: Path, newer: bytes
) -> None:
    file = installed(prefix, tmp_path, b"import a\n" + newer + b"\nimport b\n")
    assert reader.read({"p": {"m": file}}) == {"p": {"m": ["a", "b"]}}


def test_source_that_no_python_parses_imports_nothing(reader: ImportReader, prefix: Path, tmp_path: Path) -> None:
    assert reader.read({"p": {"m": installed(prefix, tmp_path, b"import a\nif:\n")}}) == {"p": {"m": []}}


def test_what_was_read_is_kept(tmp_path: Path) -> None:
    file = installed(tmp_path, tmp_path, b"import a")
    # No Python runs in this prefix.
    reader = ImportReader(tmp_path / "cache", tmp_path)
    assert reader.read({"p": {"m": file}}) == {"p": {"m": ["a"]}}
    [kept] = (tmp_path / "cache").iterdir()
    kept.write_text(kept.read_text().replace("a", "kept"))
    assert reader.read({"p": {"m": file}}) == {"p": {"m": ["kept"]}}


def test_a_prefix_whose_python_does_not_run(tmp_path: Path) -> None:
    file = installed(tmp_path, tmp_path, b"if:\n")
    with pytest.raises(WasmforgeError, match=r"cannot parse .*module\.py"):
        ImportReader(tmp_path / "cache", tmp_path).read({"p": {"m": file}})
