"""What a module's source says that it imports."""

from __future__ import annotations

from collections.abc import Iterator
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


@pytest.fixture
def source(prefix: Path) -> Iterator[Path]:
    """A file in the prefix, since its own Python sees nothing else of the machine."""
    file = prefix / "share" / "module.py"
    yield file
    file.unlink(missing_ok=True)


def installed(prefix: Path, file: Path, text: bytes) -> InstalledFile:
    file.write_bytes(text)
    return InstalledFile(prefix, str(file))


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
    reader: ImportReader, prefix: Path, source: Path, newer: bytes
) -> None:
    file = installed(prefix, source, b"import a\n" + newer + b"\nimport b\n")
    assert reader.read({"p": {"m": file}}) == {"p": {"m": ["a", "b"]}}


def test_source_that_no_python_parses_imports_nothing(reader: ImportReader, prefix: Path, source: Path) -> None:
    assert reader.read({"p": {"m": installed(prefix, source, b"import a\nif:\n")}}) == {"p": {"m": []}}


def test_what_was_read_is_kept(tmp_path: Path) -> None:
    file = installed(tmp_path, tmp_path / "module.py", b"import a")
    # No Python runs in this prefix.
    reader = ImportReader(tmp_path / "cache", tmp_path)
    assert reader.read({"p": {"m": file}}) == {"p": {"m": ["a"]}}
    [kept] = (tmp_path / "cache").iterdir()
    kept.write_text(kept.read_text().replace("a", "kept"))
    assert reader.read({"p": {"m": file}}) == {"p": {"m": ["kept"]}}


def test_a_prefix_whose_python_does_not_run(tmp_path: Path) -> None:
    file = installed(tmp_path, tmp_path / "module.py", b"if:\n")
    with pytest.raises(WasmforgeError, match=r"cannot parse .*module\.py"):
        ImportReader(tmp_path / "cache", tmp_path).read({"p": {"m": file}})
