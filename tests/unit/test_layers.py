"""Which module may import which: the contracts of .importlinter hold, and notice an import that breaks them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest

from checkouts import REPOSITORY

RUNTIME = REPOSITORY / "emscripten-forge" / "runtime" / "py"


def lint(scripts: Path) -> subprocess.CompletedProcess[str]:
    """Checks the contracts for a copy of the driver."""
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [program, "--no-cache", "--config", REPOSITORY / ".importlinter"],
        cwd=scripts,
        env={**os.environ, "PYTHONPATH": f"{scripts}:{RUNTIME}"},
        capture_output=True,
        text=True,
    )


def test_the_contracts_hold() -> None:
    result = lint(REPOSITORY / "scripts")
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("module", "imported", "broken"),
    [
        ("common/errors.py", "wasmforge.bundle.rules", "The driver's stages import downwards BROKEN"),
        ("bundle/rules.py", "wasmforge.sources.source", "The driver's stages import downwards BROKEN"),
        ("inventory/package.py", "wasmforge.bundle.rules", "The driver's stages import downwards BROKEN"),
        ("bundle/rules.py", "wasmforge.bundle.index", "The driver has no circles BROKEN"),
    ],
)
def test_a_forbidden_import_is_noticed(tmp_path: Path, module: str, imported: str, broken: str) -> None:
    shutil.copytree(REPOSITORY / "scripts" / "wasmforge", tmp_path / "wasmforge")
    with (tmp_path / "wasmforge" / module).open("a") as file:
        file.write(f"\nimport {imported}\n")
    result = lint(tmp_path)
    assert result.returncode == 1
    assert broken in result.stdout


@pytest.mark.parametrize("package", ["wasmforge", "pyodide"])
def test_no_module_imports_itself_through_others(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The contracts compare modules of one folder; this also finds a circle through a package's __init__."""
    monkeypatch.syspath_prepend(REPOSITORY / "scripts")
    monkeypatch.syspath_prepend(RUNTIME)
    graph = grimp.build_graph(package, exclude_type_checking_imports=True, cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert len(imports) > 10
    TopologicalSorter(imports).prepare()
