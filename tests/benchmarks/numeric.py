"""Benchmarks of NumPy's and SciPy's arithmetic."""

import numpy as np
from scipy import fft, linalg, optimize, sparse, special
from scipy.integrate import solve_ivp
from scipy.sparse.linalg import splu

GENERATOR = np.random.default_rng(0)


def _matrix(n):
    return GENERATOR.standard_normal((n, n))


SMALL, LARGE = _matrix(512), _matrix(1024)
SYSTEM, RIGHT = _matrix(500), GENERATOR.standard_normal(500)
TALL = _matrix(200)
SYMMETRIC = _matrix(300)
SYMMETRIC = SYMMETRIC + SYMMETRIC.T
SIGNAL = GENERATOR.standard_normal(1 << 16) + 1j * GENERATOR.standard_normal(1 << 16)
ARGUMENTS = np.linspace(0.1, 50, 10**6)
START = np.linspace(-1.0, 1.5, 20)


def _poisson(n):
    """The five-point Laplacian of an n by n grid."""
    line = sparse.diags_array([-1.0, 2.0, -1.0], offsets=[-1, 0, 1], shape=(n, n))
    one = sparse.eye_array(n)
    return (sparse.kron(line, one) + sparse.kron(one, line)).tocsc()


GRID = _poisson(100)


def _lorenz(t, y):
    return [10 * (y[1] - y[0]), y[0] * (28 - y[2]) - y[1], y[0] * y[1] - 8 / 3 * y[2]]


def dgemm_512():
    return SMALL @ SMALL


def dgemm_1024():
    return LARGE @ LARGE


def solve_500():
    return np.linalg.solve(SYSTEM, RIGHT)


def svd_200():
    return np.linalg.svd(TALL)[1]


def eigh_300():
    return linalg.eigh(SYMMETRIC)[0]


def minimize_rosenbrock_20():
    return optimize.minimize(optimize.rosen, START, jac=optimize.rosen_der, method="BFGS").x


def solve_ivp_lorenz():
    return solve_ivp(_lorenz, (0, 2), [1.0, 1.0, 1.0], rtol=1e-6, atol=1e-9).y[:, -1]


def sparse_lu_10000():
    return splu(GRID).solve(np.ones(GRID.shape[0]))


def gamma_1000000():
    return special.gamma(ARGUMENTS)


def fft_65536():
    return fft.fft(SIGNAL)


BENCHMARKS = {
    f.__name__: f
    for f in (
        dgemm_512,
        dgemm_1024,
        solve_500,
        svd_200,
        eigh_300,
        minimize_rosenbrock_20,
        solve_ivp_lorenz,
        sparse_lu_10000,
        gamma_1000000,
        fft_65536,
    )
}


def digest(result):
    """What two interpreters that do the same work agree on: the last digits differ."""
    return float(f"{np.abs(result).sum():.5g}")
