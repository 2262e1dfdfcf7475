"""Digits of known constants, special functions, quadrature, roots and linear algebra beyond double precision."""

from mpmath import mp, mpc, mpf, matrix, findroot, quad, zeta, gamma, lu_solve, nsum, inf, identify, sqrt, exp

mp.dps = 50
assert str(mp.pi) == "3.1415926535897932384626433832795028841971693993751"
assert abs(quad(lambda x: exp(-(x**2)), [-inf, inf]) - sqrt(mp.pi)) < mpf(10) ** -45
assert abs(zeta(2) - mp.pi**2 / 6) < mpf(10) ** -48 and gamma(mpf(1) / 2) == sqrt(mp.pi)
assert abs(findroot(lambda x: x**2 - 2, 1) ** 2 - 2) < mpf(10) ** -48
assert abs(nsum(lambda n: 1 / n**2, [1, inf]) - zeta(2)) < mpf(10) ** -40
assert abs(zeta(mpc(0.5, "14.134725141734693790457251983562470270784257115699")).real) < mpf(10) ** -40
hilbert = matrix(10, 10)
for i in range(10):
    for j in range(10):
        hilbert[i, j] = mpf(1) / (i + j + 1)
ones = matrix([1] * 10)
assert max(abs(x - 1) for x in lu_solve(hilbert, hilbert * ones)) < mpf(10) ** -30
mp.dps = 15
assert identify(0.4142135623730951, ["sqrt(2)"]) == "((-1) + 1*sqrt(2))"
