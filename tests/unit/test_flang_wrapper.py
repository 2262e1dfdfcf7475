"""The Fortran compiler's wrapper: what goes to flang, what to emcc, and what comes from the compiler cache."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from checkouts import REPOSITORY

WRAPPER = REPOSITORY / "emscripten-forge/toolchain/flang_emscripten-wasm32/wrapper.py"
# Stands for flang and em++: notes its arguments, and "compiles" by copying the source.
TOOL = """#!/bin/sh
echo "$(basename "$0") $*" >> "$LOG"
previous= output= source=
for argument; do
  case $previous in -o) output=$argument ;; -c) source=$argument ;; esac
  previous=$argument
done
if [ -n "$source" ]; then cp "$source" "$output"; fi
"""


@pytest.fixture
def wrapper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("flang_wrapper", WRAPPER)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("flang", "em++"):
        (tmp_path / "tools" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "tools" / name).write_text(TOOL)
        (tmp_path / "tools" / name).chmod(0o755)
    (tmp_path / "id").write_text("a compiler\n")
    (tmp_path / "work").mkdir()
    monkeypatch.setattr(module, "HERE", tmp_path)
    monkeypatch.setattr(module, "FLANG", tmp_path / "tools" / "flang")
    monkeypatch.setenv("PATH", str(tmp_path / "tools"), prepend=":")
    monkeypatch.setenv("LOG", str(tmp_path / "log"))
    monkeypatch.setenv("CCACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path / "work")
    return module


def run(wrapper: ModuleType, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> list[str]:
    """What the tools were called with."""
    log = wrapper.HERE / "log"
    log.unlink(missing_ok=True)
    monkeypatch.setattr(wrapper.sys, "argv", ["flang", *arguments])
    assert wrapper.main() == 0
    return log.read_text().splitlines() if log.exists() else []


def test_options_go_to_the_program_that_knows_them(wrapper: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.f90").write_text("end\n")
    compiled, linked = run(
        wrapper, monkeypatch, "-O2", "-fwasm-exceptions", "-sSIDE_MODULE=1", "-s", "EXPORT_ALL", "-DX=1", "-L", "/lib",
        "-module-dir", "mods", "b.o", "a.f90", "-lm", "-o", "a.so",
    )  # fmt: skip
    assert "--target=wasm32-unknown-emscripten" in compiled and "-DX=1 -module-dir mods -c a.f90" in compiled
    assert not any(option in compiled for option in ("exceptions", "SIDE_MODULE", "EXPORT_ALL", "-L", "-lm"))
    assert linked.startswith("em++ -O2 -fwasm-exceptions -sSIDE_MODULE=1 -s EXPORT_ALL -L /lib ")
    assert linked.endswith(".o b.o -lm -lflang_rt.runtime -o a.so") and "mods" not in linked


def test_several_sources_are_compiled_each(wrapper: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.f", "b.F90"):
        Path(name).write_text("end\n")
    assert len(run(wrapper, monkeypatch, "-c", "a.f", "b.F90")) == 2
    assert Path("a.o").is_file() and Path("b.o").is_file()


def test_an_object_comes_from_the_cache_while_nothing_changed(
    wrapper: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("include").mkdir()
    common = Path("include/common.inc")
    common.write_text("integer :: n\n")
    Path("a.f").write_text("      include 'common.inc'\n      end\n")
    compile_it = ("-O2", "-Iinclude", "-c", "a.f", "-o", "a.o")
    assert len(run(wrapper, monkeypatch, *compile_it)) == 1
    Path("a.o").unlink()
    assert run(wrapper, monkeypatch, *compile_it) == []
    assert Path("a.o").read_text() == Path("a.f").read_text()
    assert len(run(wrapper, monkeypatch, "-O1", *compile_it[1:])) == 1
    common.write_text("integer :: m\n")
    assert len(run(wrapper, monkeypatch, *compile_it)) == 1
    (wrapper.HERE / "id").write_text("another compiler\n")
    assert len(run(wrapper, monkeypatch, *compile_it)) == 1


def test_a_used_module_counts_and_a_defined_one_is_not_cached(
    wrapper: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("constants.mod").write_text("one")
    Path("user.f90").write_text("subroutine s\n  use, intrinsic :: iso_c_binding\n  use Constants, only: pi\nend\n")
    assert len(run(wrapper, monkeypatch, "-c", "user.f90")) == 1
    assert run(wrapper, monkeypatch, "-c", "user.f90") == []
    Path("constants.mod").write_text("two")
    assert len(run(wrapper, monkeypatch, "-c", "user.f90")) == 1
    Path("constants.f90").write_text("module constants\n  real :: pi\nend module\n")
    for _ in range(2):
        assert len(run(wrapper, monkeypatch, "-c", "constants.f90")) == 1


def test_a_failed_compilation_is_not_cached(wrapper: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.f").write_text("      end\n")
    (wrapper.HERE / "tools" / "flang").write_text("#!/bin/sh\nexit 3\n")
    monkeypatch.setattr(wrapper.sys, "argv", ["flang", "-c", "a.f"])
    assert wrapper.main() == 3
    assert not list((wrapper.HERE / "cache").rglob("*"))


def test_questions_are_flang_s(wrapper: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(wrapper, monkeypatch, "--version") == ["flang --target=wasm32-unknown-emscripten --version"]
