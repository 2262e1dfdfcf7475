"""Algebra, calculus, equations, matrices, printing and code, with answers that are known."""

from sympy import (
    Eq, Function, Integer, Matrix, Rational, Symbol, binomial, diff, dsolve, expand, factor, factorint, integrate, lambdify,
    latex, limit, linsolve, nsolve, oo, parse_expr, pi, series, simplify, sin, cos, exp, solve, sqrt, summation, symbols, sympify,
)

x, y = symbols("x y")
n = Symbol("n", integer=True, positive=True)
assert factor(x**4 - 1) == (x - 1) * (x + 1) * (x**2 + 1) and expand((x + y) ** 5).coeff(x**3) == 10 * y**2
assert integrate(exp(-(x**2)), (x, -oo, oo)) == sqrt(pi) and diff(sin(x) * exp(x), x) == exp(x) * sin(x) + exp(x) * cos(x)
assert simplify(sin(x) ** 2 + cos(x) ** 2) == 1 and limit(sin(x) / x, x, 0) == 1
assert solve(x**2 - 5 * x + 6) == [2, 3] and linsolve([x + y - 3, x - y - 1], x, y).args[0] == (2, 1)
assert series(exp(x), x, 0, 4).removeO() == 1 + x + x**2 / 2 + x**3 / 6
f = Function("f")
growth = dsolve(Eq(f(x).diff(x), 2 * f(x)), f(x), ics={f(0): 3}).rhs
assert growth == 3 * exp(2 * x)
assert summation(1 / n**2, (n, 1, oo)) == pi**2 / 6 and binomial(50, 25) == 126410606437752
assert Matrix([[2, 1], [1, 2]]).eigenvals() == {1: 1, 3: 1} and Matrix([[1, 2], [3, 4]]).inv()[0, 0] == -2
assert factorint(2**67 - 1) == {193707721: 1, 761838257287: 1}
assert str(pi.evalf(30)) == "3.14159265358979323846264338328" and Rational(1, 3) + Rational(1, 6) == Rational(1, 2)
assert latex(integrate(1 / x, x)) == r"\log{\left(x \right)}" and parse_expr("2*x + 1").subs(x, 3) == 7
assert abs(lambdify(x, sin(x) + x**2, "math")(2) - 4.909297426825682) < 1e-12
assert abs(nsolve(cos(x) - x, 1) - 0.739085133215161) < 1e-12 and sympify("3/4") * 4 == Integer(3)
