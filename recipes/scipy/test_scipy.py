"""Each submodule computes something whose answer is known, through the part of it that is compiled."""

import io
import warnings

import numpy as np
from scipy import (
    cluster, constants, datasets, fft, integrate, interpolate, linalg, ndimage, optimize, signal, sparse, spatial, special,
    stats,
)
from scipy.io import loadmat, mmread, mmwrite, savemat
from scipy.linalg import cython_blas
from scipy.sparse import csgraph
from scipy.sparse.linalg import cg, eigsh, expm_multiply, splu, svds
from scipy.stats.sampling import NumericalInversePolynomial

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from scipy import odr

rng = np.random.default_rng(12345)


def close(a, b, tolerance=1e-9):
    assert np.allclose(a, b, rtol=tolerance, atol=tolerance), (a, b)


# LAPACK for each type: eigenvalues of a companion matrix, Schur form, least squares, singular values.
for kind in "fdFD":
    tolerance = 1e-3 if kind in "fF" else 1e-9
    companion = np.array([[6, -11, 6], [1, 0, 0], [0, 1, 0]], kind)
    close(sorted(linalg.eigvals(companion).real), [1, 2, 3], tolerance)
    a = rng.standard_normal((30, 30)).astype(kind)
    t, z = linalg.schur(a)
    close(z @ t @ z.conj().T, a, tolerance)
    q, r = linalg.qr(a)
    close(q @ r, a, tolerance)
    close(linalg.lu_solve(linalg.lu_factor(a), a @ np.ones(30, kind)), 1, tolerance)
    s = a @ a.conj().T + 30 * np.eye(30, dtype=kind)
    close(linalg.cho_solve(linalg.cho_factor(s), s @ np.ones(30, kind)), 1, tolerance)
    close(linalg.svdvals(s), linalg.eigvalsh(s)[::-1], tolerance)
close(linalg.expm(np.array([[0, -1], [1, 0]]) * np.pi), -np.eye(2))
try:
    linalg.solve(np.zeros((3, 3)), np.ones(3))
except linalg.LinAlgError:
    pass
else:
    raise AssertionError("a singular system was solved")
# A procedure that takes a callback: the Schur form sorted by a Python function.
t, _, count = linalg.schur(np.diag([1.0, -2, 3, -4]), sort=lambda re, im=0: re < 0)
assert count == 2 and t[0, 0] < 0
assert {"dgemm", "zdotc", "sdot"} <= set(cython_blas.__pyx_capi__)

# Quadrature (callbacks from C), an oscillator by each solver, and a stiff system.
close(integrate.quad(lambda x: np.exp(-(x**2)), -np.inf, np.inf)[0], np.sqrt(np.pi))
close(integrate.dblquad(lambda y, x: x * y, 0, 1, 0, 2)[0], 1)
for method in ("RK45", "DOP853", "Radau", "BDF", "LSODA"):
    path = integrate.solve_ivp(lambda t, y: [y[1], -y[0]], (0, np.pi), [0, 1], method=method, rtol=1e-8, atol=1e-8)
    close(path.y[:, -1], [0, -1], 1e-5)
for integrator in ("dopri5", "dop853", "lsoda", "vode"):
    solver = integrate.ode(lambda t, y: -100 * (y - np.cos(t))).set_integrator(integrator, nsteps=10000)
    close(solver.set_initial_value([0.0]).integrate(1.0), np.cos(1) + 0.0083, 1e-3)
close(integrate.odeint(lambda y, t: -y, 1.0, [0, 1])[-1], np.exp(-1), 1e-6)

# Splines: FITPACK and the newer code, curves and surfaces.
x = np.linspace(0, 2 * np.pi, 50)
close(interpolate.splev(1.0, interpolate.splrep(x, np.sin(x))), np.sin(1), 1e-5)
close(interpolate.UnivariateSpline(x, np.sin(x), s=0).integral(0, np.pi), 2, 1e-5)
close(interpolate.RectBivariateSpline(x, x, np.outer(np.sin(x), np.cos(x))).ev(1, 2), np.sin(1) * np.cos(2), 1e-4)
close(interpolate.CubicSpline(x, np.cos(x))(1.0), np.cos(1), 1e-5)
points = rng.random((50, 2))
close(interpolate.griddata(points, points @ [1, 2], [[0.5, 0.5]]), 1.5)
close(interpolate.RBFInterpolator(points, points[:, 0])([[0.5, 0.5]]), 0.5, 1e-6)

# Optimisation: smooth, constrained, bounded, roots, least squares, linear and integer programs.
for method in ("BFGS", "L-BFGS-B", "SLSQP", "TNC", "Nelder-Mead", "COBYQA", "trust-constr"):
    close(optimize.minimize(optimize.rosen, [1.3, 0.7], method=method).x, 1, 0.01)
close(optimize.minimize(lambda v: v @ v, [3, 4], method="COBYLA", constraints=optimize.LinearConstraint([1, 1], 2)).x, 1, 1e-3)
close(optimize.brentq(lambda x: x**3 - 2, 0, 2), 2 ** (1 / 3))
close(optimize.root(lambda x: [x[0] + x[1] - 3, x[0] * x[1] - 2], [0.1, 3]).x, [1, 2])
close(optimize.curve_fit(lambda x, a, b: a * np.exp(b * x), x[:9], 2 * np.exp(0.5 * x[:9]))[0], [2, 0.5], 1e-5)
program = optimize.linprog([-3, -5], A_ub=[[1, 0], [0, 2], [3, 2]], b_ub=[4, 12, 18], method="highs")
close([program.fun, *program.x], [-36, 2, 6])
close(optimize.linprog([-3, -5], A_ub=[[1, 0], [0, 2], [3, 2]], b_ub=[4, 11, 18], integrality=1).fun, -31, 1e-6)
close(optimize.nnls(np.eye(3), np.array([1, -1, 2]))[0], [1, 0, 2])
assert optimize.linear_sum_assignment([[4, 1, 3], [2, 0, 5], [3, 2, 2]])[1].tolist() == [1, 0, 2]
close(optimize.differential_evolution(lambda v: ((v - 0.5) ** 2).sum(), [(0, 1)] * 3, rng=1).x, 0.5, 1e-4)
close(optimize.direct(lambda v: ((v - 0.3) ** 2).sum(), [(0, 1)] * 2).x, 0.3, 1e-2)

# Sparse: SuperLU, ARPACK, iterative solvers, graphs.
n = 200
laplacian = sparse.diags_array([-np.ones(n - 1), 2 * np.ones(n), -np.ones(n - 1)], offsets=[-1, 0, 1], format="csc")
for kind in "fdFD":
    close(laplacian.astype(kind) @ splu(laplacian.astype(kind)).solve(np.ones(n, kind)), 1, 0.2 if kind in "fF" else 1e-8)
exact = 4 * np.sin(np.arange(1, 4) * np.pi / (2 * (n + 1))) ** 2
close(eigsh(laplacian, 3, sigma=0)[0], exact)
close(svds(laplacian, 1)[1], [4 * np.sin(n * np.pi / (2 * (n + 1))) ** 2])
close(laplacian @ cg(laplacian, np.ones(n), rtol=1e-10)[0], 1, 1e-6)
close(expm_multiply(-laplacian, np.ones(n))[n // 2], 1)
ring = sparse.csr_array((np.ones(5), (range(5), [1, 2, 3, 4, 0])), shape=(5, 5))
assert csgraph.dijkstra(ring, directed=False)[0].tolist() == [0, 1, 2, 2, 1]
assert csgraph.connected_components(ring)[0] == 1 and csgraph.maximum_flow(ring.astype(np.int32), 0, 3).flow_value == 1

# Special functions of real and complex arguments, orthogonal polynomials, statistics' own.
close(special.gamma([0.5, 5]), [np.sqrt(np.pi), 24])
close(special.jv(1, 2.5), 0.49709410246427416)
close(special.erf(1 + 1j), 1.3161512816979477 + 0.19045346923783469j)
close(special.ellipk(0.5), 1.8540746773013719)
close(special.hyp2f1(1, 2, 3, 0.5), 1.5451774444795623)
close(special.roots_legendre(3)[0], [-np.sqrt(0.6), 0, np.sqrt(0.6)])
close(special.betainc(2, 3, 0.5), 0.6875)
close(special.lambertw(1), 0.5671432904097838)
close(special.wofz(1j), 0.42758357615580700)

# Signals, transforms, images.
b, a = signal.butter(4, 0.2)
assert abs(signal.freqz(b, a, [0.2 * np.pi])[1][0]) < 0.7072
close(signal.sosfiltfilt(signal.butter(4, 0.2, output="sos"), np.ones(100)), 1, 1e-6)
close(signal.fftconvolve([1, 2, 3], [0, 1, 0.5]), np.convolve([1, 2, 3], [0, 1, 0.5]))
assert signal.find_peaks(np.sin(np.linspace(0, 6 * np.pi, 300)))[0].size == 3
wave = rng.standard_normal(101)
close(fft.ifft(fft.fft(wave)), wave)
close(fft.idct(fft.dct(wave, 3), 3), wave)
with fft.set_backend("scipy", only=True):
    close(fft.irfft(fft.rfft(wave), 101), wave)
image = np.zeros((9, 9))
image[2:4, 2:4] = image[6:8, 5:8] = 1
assert ndimage.label(image)[1] == 2
close(ndimage.gaussian_filter(image, 1).sum(), image.sum(), 1e-3)
close(ndimage.zoom(ndimage.rotate(image, 90), 1), np.rot90(image))

# Geometry, clusters, distributions and tests, Fortran's orthogonal distance regression, files.
assert spatial.ConvexHull(rng.random((30, 3))).volume < 1
assert spatial.Delaunay([[0, 0], [1, 0], [0, 1], [1, 1]]).simplices.shape == (2, 3)
close(spatial.cKDTree(points).query(points[7])[0], 0)
close(spatial.distance.cdist([[0, 0]], [[3, 4]], "euclidean"), 5)
close(spatial.transform.Rotation.from_euler("z", 90, degrees=True).apply([1, 0, 0]), [0, 1, 0])
pairs = np.concatenate([points, points + 10])
assert len(set(cluster.hierarchy.fcluster(cluster.hierarchy.linkage(pairs), 2, "maxclust"))) == 2
close(sorted(cluster.vq.kmeans(pairs, 2, rng=1)[0][:, 0]), sorted([points[:, 0].mean(), points[:, 0].mean() + 10]))
close(stats.norm.cdf(1.96), 0.9750021048517795)
close(stats.t.ppf(0.975, 10), 2.2281388519649385)
close(stats.norm.fit(rng.normal(3, 2, 10000)), [3, 2], 0.1)
close(stats.ttest_ind([1, 2, 3, 4], [2, 3, 4, 5]).pvalue, 0.31526, 1e-4)
close(stats.multivariate_normal([0, 0], np.eye(2)).cdf([0, 0]), 0.25, 1e-6)
assert 0 < stats.gaussian_kde(wave)(0)[0] < 1 and stats.qmc.Sobol(2, rng=1).random(8).shape == (8, 2)
close(NumericalInversePolynomial(stats.norm(), random_state=1).rvs(1000).mean(), 0, 0.2)
line = odr.ODR(odr.RealData(x, 3 * x + 1), odr.Model(lambda p, x: p[0] * x + p[1]), beta0=[1.0, 0.0]).run()
close(line.beta, [3, 1], 1e-6)
file = io.BytesIO()
savemat(file, {"matrix": image})
close(loadmat(file)["matrix"], image)
file = io.BytesIO()
mmwrite(file, laplacian)
close(mmread(io.BytesIO(file.getvalue())).toarray(), laplacian.toarray())
assert datasets.download_all  # what it does needs a network
close(constants.c, 299792458)
print("ok")
