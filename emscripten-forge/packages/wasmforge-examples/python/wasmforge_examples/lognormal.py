"""The log-normal distribution: a histogram of random samples and the density, redrawn when a parameter changes."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np

BARS = 200
HIGHEST = 8.0  # end of the x axis
_SAMPLES = 20_000


class Explorer:
    """A figure of 640 by 480 pixels with a bar for each of BARS intervals, and the density as a curve.

    A full drawing includes the axes and labels; it is needed when the vertical scale changes. Other updates restore a
    saved picture of them and draw only the bars, the curve and the title (Matplotlib's blitting).
    """

    def __init__(self, seed: int = 0) -> None:
        # Use the same normal samples for all parameters: the bars then move only because a parameter changes.
        self._normal = np.random.default_rng(seed).standard_normal(_SAMPLES)
        self.edges = np.linspace(0, HIGHEST, BARS + 1)
        self.figure, self._axes = plt.subplots(figsize=(6.4, 4.8), dpi=100)
        x = np.linspace(HIGHEST / 1000, HIGHEST, 500)
        # Use one artist for all bars: 200 rectangles would take most of the drawing time.
        self.bars = self._axes.stairs(np.zeros(BARS), self.edges, fill=True, color="#7fa8e0", animated=True)
        (self.curve,) = self._axes.plot(x, np.zeros_like(x), color="#c2410c", linewidth=2, animated=True)
        self._axes.set(xlim=(0, HIGHEST), xlabel="x", ylabel="density")
        self._title = self._axes.set_title("", animated=True)
        self._background = None
        self.figure.canvas.mpl_connect("draw_event", self._keep_background)

    def update(self, mu: float, sigma: float) -> None:
        """Show the distribution of exp(mu + sigma * z), z standard normal."""
        samples = np.exp(mu + sigma * self._normal)
        counts, _ = np.histogram(samples, self.edges)
        heights = counts / (_SAMPLES * np.diff(self.edges))
        self.bars.set_data(heights)
        x = self.curve.get_xdata()
        density = np.exp(-((np.log(x) - mu) ** 2) / (2 * sigma**2)) / (x * sigma * np.sqrt(2 * np.pi))
        self.curve.set_ydata(density)
        median, mean = np.exp(mu), np.exp(mu + sigma**2 / 2)
        self._title.set_text(f"μ = {mu:.2f}, σ = {sigma:.2f}: median {median:.2f}, mean {mean:.2f}")
        self._show(max(density.max(), heights.max()))

    def _show(self, highest: float) -> None:
        canvas = self.figure.canvas
        limit = 2.0 ** np.ceil(np.log2(highest))
        if self._background is None or limit != self._axes.get_ylim()[1]:
            self._axes.set_ylim(0, limit)
            canvas.draw_idle()
            return
        canvas.restore_region(self._background)
        self._draw_moving()
        canvas.blit(self.figure.bbox)

    def _keep_background(self, _event: object) -> None:
        self._background = self.figure.canvas.copy_from_bbox(self.figure.bbox)
        self._draw_moving()

    def _draw_moving(self) -> None:
        for artist in (self.bars, self.curve, self._title):
            self._axes.draw_artist(artist)
