"""SciPy in Chromium and Firefox: what an analysis asks of it, with answers that are known."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from served import late_files, run_with, serve_environment

from wasmforge.host.serve import Server

SOURCE = """
import numpy as np
from scipy import fft, integrate, interpolate, optimize, sparse, stats
from scipy.sparse.linalg import eigsh, splu

rng = np.random.default_rng(1)
x = np.linspace(0, np.pi, 40)
n = 100
laplacian = sparse.diags_array([-np.ones(n - 1), 2 * np.ones(n), -np.ones(n - 1)], offsets=[-1, 0, 1], format="csc")
tone = np.sin(2 * np.pi * 7 * np.arange(256) / 256)
results = {
    "spline": float(interpolate.splev(1.0, interpolate.splrep(x, np.sin(x)))),
    "ode": float(integrate.solve_ivp(lambda t, y: -y, (0, 1), [1], rtol=1e-9, atol=1e-9).y[0, -1]),
    "eigenvalue": float(eigsh(laplacian, 1, sigma=0)[0][0]),
    "linear program": optimize.linprog([-3, -5], A_ub=[[1, 0], [0, 2], [3, 2]], b_ub=[4, 12, 18]).x.tolist(),
    "sparse lu": float(abs(laplacian @ splu(laplacian).solve(np.ones(n)) - 1).max()),
    "fit": list(map(float, stats.norm.fit(rng.normal(3, 2, 100_000)))),
    "fft": int(abs(fft.rfft(tone)).argmax()),
}
"""


@pytest.fixture(scope="module")
def scipy_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serves the bundle of an environment with SciPy."""
    folder = tmp_path_factory.mktemp("scipy")
    with serve_environment(folder, ["python", "scipy"]) as server:
        yield server


def test_an_analysis(page: Page, scipy_server: Server) -> None:
    results = run_with(page, scipy_server, "scipy", SOURCE)
    assert results == {
        "spline": pytest.approx(0.8414709848, abs=1e-6),
        "ode": pytest.approx(0.3678794412, abs=1e-7),
        "eigenvalue": pytest.approx(4 * math.sin(math.pi / 202) ** 2),  # of the second difference on 100 points
        "linear program": pytest.approx([2, 6]),
        "sparse lu": pytest.approx(0, abs=1e-9),
        "fit": pytest.approx([3, 2], abs=0.03),
        "fft": 7,
    }


@pytest.mark.parametrize(
    "name", ["integrate", "interpolate", "linalg", "ndimage", "optimize", "signal", "sparse", "spatial", "stats"]
)
def test_an_import_fetches_nothing_late(page: Page, scipy_server: Server, name: str) -> None:
    assert late_files(page, scipy_server, f"scipy.{name}") == []
