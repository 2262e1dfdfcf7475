"""Benchmarks of Matplotlib: typical figures, drawn and saved as PNG."""

import io

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np

GENERATOR = np.random.default_rng(0)
X = np.linspace(0, 10, 1000)
WAVES = [np.sin(X + shift) for shift in range(6)]
POINTS = GENERATOR.standard_normal((2, 5000))
SAMPLES = GENERATOR.lognormal(0, 0.5, 20_000)
FIELD = np.hypot(*np.meshgrid(np.linspace(-3, 3, 200), np.linspace(-3, 3, 200)))


def _save(figure):
    file = io.BytesIO()
    figure.savefig(file, format="png")
    plt.close(figure)
    return file.getvalue()


def lines():
    figure, axes = plt.subplots()
    for number, wave in enumerate(WAVES):
        axes.plot(X, wave, label=f"wave {number}")
    axes.set(xlabel="time in s", ylabel="$\\sin(x + k)$", title="Six waves")
    axes.legend()
    return _save(figure)


def scatter():
    figure, axes = plt.subplots()
    figure.colorbar(axes.scatter(*POINTS, c=np.hypot(*POINTS), s=8, alpha=0.6))
    return _save(figure)


def histogram():
    figure, axes = plt.subplots()
    axes.hist(SAMPLES, bins=200, density=True)
    axes.set(xlabel="value", ylabel="density")
    return _save(figure)


def grid():
    figure, ((a, b), (c, d)) = plt.subplots(2, 2, layout="constrained")
    a.imshow(FIELD)
    b.contourf(FIELD)
    c.bar(range(20), GENERATOR.random(20))
    d.boxplot(POINTS.reshape(10, -1).T)
    return _save(figure)


BENCHMARKS = {f.__name__: f for f in (lines, scatter, histogram, grid)}


def digest(picture):
    """The picture's size: what a pixel's last bit is differs."""
    return plt.imread(io.BytesIO(picture)).shape
