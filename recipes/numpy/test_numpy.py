"""What the build can get wrong: linear algebra, FFT, random streams, long double, floating-point errors."""

import warnings

import numpy as np

rng = np.random.default_rng(12345)

# Linear algebra on a system whose solution is known, and on one that has none.
a = rng.standard_normal((50, 50))
x = rng.standard_normal(50)
assert np.allclose(np.linalg.solve(a, a @ x), x)
u, s, vt = np.linalg.svd(a)
assert np.allclose(u * s @ vt, a) and np.allclose(np.linalg.eigvals(a).prod(), np.linalg.det(a))
for singular in (np.linalg.inv, np.linalg.cholesky):
    try:
        singular(np.zeros((3, 3)))
    except np.linalg.LinAlgError:
        pass
    else:
        raise AssertionError(f"{singular.__name__} of a singular matrix gave no error")

# FFT: a pure tone has one line in its spectrum; the inverse gives the signal back.
n = 1000
tone = np.sin(2 * np.pi * 40 * np.arange(n) / n)
spectrum = np.abs(np.fft.rfft(tone))
assert spectrum.argmax() == 40 and abs(spectrum[40] - n / 2) < 1e-9
assert np.allclose(np.fft.irfft(np.fft.rfft(tone), n), tone)

# Random streams are the same everywhere: values of PCG64 and of the legacy generator.
assert np.random.default_rng(12345).integers(0, 1000, 5).tolist() == [699, 227, 788, 316, 204]
assert np.allclose(np.random.default_rng(12345).random(2), [0.22733602246716966, 0.31675833970975287], rtol=0, atol=0)
assert np.allclose(np.random.RandomState(0).rand(2), [0.5488135039273248, 0.7151893663724195], rtol=0, atol=0)

# Types.
assert np.dtype(np.intp).itemsize == 4 and np.dtype(np.longdouble).itemsize == 16
assert np.finfo(np.longdouble).nmant == 112
assert np.array([1.5, 2.5], np.float16).sum() == 4 and (np.arange(10) ** 2).sum() == 285
assert np.add.reduce(np.full(10**6, 0.1)) == 100000.00000000001 or np.isclose(np.full(10**6, 0.1).sum(), 1e5, rtol=1e-12)
assert np.sort(rng.permutation(1000)).tolist() == list(range(1000))


def warned(operation) -> set[str]:
    """The kinds of floating-point error that an operation reports."""
    with warnings.catch_warnings(record=True) as caught, np.errstate(all="warn"):
        warnings.simplefilter("always")
        operation()
    return {str(w.message).split(" encountered")[0] for w in caught}


big, one, zero = np.full(2000, 1e300), np.ones(2000), np.zeros(2000)
divide, invalid, overflow, underflow = "divide by zero", "invalid value", "overflow", "underflow"
cases = {
    "array / 0": (lambda: one / zero, {divide}),
    "0 / 0": (lambda: zero / zero, {invalid}),
    "sqrt(-1)": (lambda: np.sqrt(-one), {invalid}),
    "log(0)": (lambda: np.log(zero), {divide}),
    "big * big": (lambda: big * big, {overflow}),
    "tiny * tiny": (lambda: (one * 1e-300) * 1e-300, {underflow}),
    "in place": (lambda: np.multiply(big, big, out=big.copy()), {overflow}),
    "inf - inf": (lambda: np.full(3, np.inf) - np.inf, {invalid}),
    "sum": (lambda: np.full(3, 1.7e308).sum(), {overflow}),
    "accumulate": (lambda: np.multiply.accumulate(np.full(3, 1e200)), {overflow}),
    "where": (lambda: np.divide(one, zero, where=zero > 1, out=zero.copy()), set()),
    "at": (lambda: np.divide.at(one.copy(), [0, 5], 0.0), {divide}),
    "matmul": (lambda: big.reshape(40, 50) @ big.reshape(50, 40), {overflow}),
    "scalar": (lambda: np.float64(1) / np.float64(0), {divide}),
    "scalar power": (lambda: np.float32(1e30) ** 2, {overflow}),
    "complex": (lambda: np.array([1j]) / 0, {divide, invalid}),
    "half": (lambda: np.float16(6e4) * np.ones(2, np.float16) * 2, {overflow}),
    "long double": (lambda: np.array([1], np.longdouble) / 0, {divide}),
    "NaN to int": (lambda: np.array([np.nan]).astype(int), {invalid}),
    "to float32": (lambda: np.array([1e300]).astype(np.float32), {overflow}),
    "integer / 0": (lambda: np.array([1]) // 0, {divide}),
    "NaN stays silent": (lambda: np.full(3000, np.nan) * 2 + np.inf, set()),
    "finite stays silent": (lambda: np.exp(np.linspace(-5, 5, 5000)) / 3, set()),
}
for name, (operation, expected) in cases.items():
    assert warned(operation) == expected, (name, warned(operation), expected)

for operation in (lambda: one / zero, lambda: np.float64(0) / np.float64(0), lambda: np.exp([1e3])):
    try:
        with np.errstate(all="raise"):
            operation()
    except FloatingPointError:
        pass
    else:
        raise AssertionError("errstate(all='raise') raised nothing")
