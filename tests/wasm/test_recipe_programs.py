"""The Python programs that recipes test their packages with, in the environment that ships."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from wasmforge.common.layout import find_layout

_PROGRAMS = sorted(find_layout().root.glob("recipes/*/test_*.py"))


@pytest.mark.parametrize("program", _PROGRAMS, ids=[path.parent.name for path in _PROGRAMS])
def test_program_of_recipe(
    prefix: Path, python: Callable[..., subprocess.CompletedProcess[str]], program: Path
) -> None:
    if not list((prefix / "conda-meta").glob(f"{program.parent.name}-[0-9]*.json")):
        pytest.skip(f"{program.parent.name} is not in the default environment")
    result = python(str(program))
    assert result.returncode == 0, result.stdout + result.stderr
