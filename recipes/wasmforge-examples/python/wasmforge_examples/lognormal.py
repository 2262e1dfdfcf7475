"""The log-normal distribution: a histogram of drawn numbers, and its density, for parameters that are changed live."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np

BARS = 200
HIGHEST = 8.0  # of the numbers shown
_SAMPLES = 20_000


class Explorer:
    """A figure of 640 by 480 pixels with a bar for each of BARS intervals, and the density as a curve."""

    def __init__(self, seed: int = 0) -> None:
        # The same normal numbers for all parameters, so that the bars move with these and not by chance.
        self._normal = np.random.default_rng(seed).standard_normal(_SAMPLES)
        self.edges = np.linspace(0, HIGHEST, BARS + 1)
        self.figure, self._axes = plt.subplots(figsize=(6.4, 4.8), dpi=100)
        x = np.linspace(HIGHEST / 1000, HIGHEST, 500)
        # One artist for all bars: 200 rectangles of their own would take most of the time of drawing.
        self.bars = self._axes.stairs(np.zeros(BARS), self.edges, fill=True, color="#7fa8e0")
        (self.curve,) = self._axes.plot(x, np.zeros_like(x), color="#c2410c", linewidth=2)
        self._axes.set(xlim=(0, HIGHEST), xlabel="x", ylabel="density")

    def update(self, mu: float, sigma: float) -> None:
        """Shows the distribution of exp(mu + sigma * z), z standard normal."""
        samples = np.exp(mu + sigma * self._normal)
        counts, _ = np.histogram(samples, self.edges)
        heights = counts / (_SAMPLES * np.diff(self.edges))
        self.bars.set_data(heights)
        x = self.curve.get_xdata()
        density = np.exp(-((np.log(x) - mu) ** 2) / (2 * sigma**2)) / (x * sigma * np.sqrt(2 * np.pi))
        self.curve.set_ydata(density)
        self._axes.set_ylim(0, 1.1 * max(density.max(), heights.max()))
        median, mean = np.exp(mu), np.exp(mu + sigma**2 / 2)
        self._axes.set_title(f"μ = {mu:.2f}, σ = {sigma:.2f}: median {median:.2f}, mean {mean:.2f}")
        self.figure.canvas.draw_idle()
