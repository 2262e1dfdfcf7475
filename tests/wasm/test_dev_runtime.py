"""scripts/dev-runtime puts a changed runtime into an environment, or leaves that as it was."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import environments
import pytest

from wasmforge.bundle.bundle import bundle
from wasmforge.bundle.compression import Compression

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What of the checkout dev-runtime reads, to be changed."""
    root = tmp_path / "checkout"
    shutil.copytree(ROOT / "emscripten-forge/runtime", root / "emscripten-forge/runtime")
    for name in ("conda_build_config.yaml", "recipes", "scripts", "pyproject.toml"):
        (root / name).symlink_to(ROOT / name)
    return root


def dev_runtime(checkout: Path, prefix: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "scripts/dev-runtime"), str(prefix)]
    env = {**os.environ, "WASMFORGE_ROOT": str(checkout)}
    return subprocess.run(command, env=env, capture_output=True, text=True)


def append(file: Path, text: str) -> None:
    file.write_text(file.read_text() + text)


def python(prefix: Path, code: str) -> str:
    done = subprocess.run([prefix / "bin/python", "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_changes_reach_the_environment(checkout: Path, tmp_path: Path) -> None:
    prefix = environments.create(tmp_path / "prefix", ["python"], [])
    runtime = checkout / "emscripten-forge/runtime"
    append(runtime / "py/_wasmforge_code.py", "\nfrozen = 'new'\n")
    append(runtime / "py/pyodide/code.py", "\ninstalled = 'new'\n")
    append(runtime / "js/bridge/index.mjs", "\nglobalThis.bridged = 'new';\n")
    (runtime / "py/pyodide/_added.py").write_text("added = 'new'\n")
    done = dev_runtime(checkout, prefix)
    assert done.returncode == 0, done.stderr
    code = "import _wasmforge_code, js, pyodide.code as c, pyodide._added as a; "
    assert python(prefix, f"{code}print(_wasmforge_code.frozen, c.installed, js.bridged, a.added)") == "new new new new"
    bundle(prefix, tmp_path / "bundle", compression=Compression.NONE)  # which compares each file with its record

    append(runtime / "py/_wasmforge_changes.py", "\nraise RuntimeError('broken')\n")
    (runtime / "py/pyodide/_added.py").unlink()
    done = dev_runtime(checkout, prefix)
    assert done.returncode == 1
    assert "Python does not start with the new runtime" in done.stderr and "broken" in done.stderr
    assert python(prefix, f"{code}print(a.added)") == "new", "the former files are back"
    bundle(prefix, tmp_path / "bundle", compression=Compression.NONE)


def test_an_environment_without_runtime_is_refused(tmp_path: Path) -> None:
    done = dev_runtime(ROOT, tmp_path)
    assert done.returncode == 1 and "has no wasmforge-runtime" in done.stderr
