"""The solver chooses the implementation of BLAS and LAPACK; NumPy runs with either."""

from __future__ import annotations

import subprocess
from pathlib import Path

import environments
import pytest

CODE = """
import numpy as np

a = np.random.default_rng(0).standard_normal((40, 40))
print(np.allclose(a @ np.linalg.inv(a), np.eye(40)), np.allclose(np.prod(np.linalg.eigvals(a)), np.linalg.det(a)))
"""


@pytest.mark.parametrize(("implementation", "has_openblas"), [("openblas", True), ("netlib", False)])
def test_numpy_runs_with(implementation: str, has_openblas: bool, tmp_path: Path) -> None:
    prefix = environments.create(tmp_path / "prefix", ["numpy", f"blas=*=*_{implementation}"], [])
    assert (prefix / "lib/libopenblas.so").exists() == has_openblas
    done = subprocess.run([prefix / "bin/python", "-c", CODE], capture_output=True, text=True, timeout=300)
    assert (done.stdout, done.stderr) == ("True True\n", "")
