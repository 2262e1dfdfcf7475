"""The density of calls to a city's service line, as a surface. The city and its calls are made up."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

SIZE = 256  # cells along each side of the city
KINDS = ("Potholes", "Graffiti", "Noise", "Street lights")
# For each kind, the mean hour of the calls and their standard deviation in hours.
_HOURS = ((9.0, 3.0), (14.0, 4.0), (23.0, 2.5), (20.0, 2.0))
# Neighbourhoods: x, y and standard deviation (1 is a side of the city), then a weight for each kind of call.
_PLACES = np.array(
    [
        (0.28, 0.62, 0.050, 3, 6, 9, 2),
        (0.45, 0.48, 0.075, 6, 8, 4, 3),
        (0.62, 0.70, 0.045, 2, 3, 6, 5),
        (0.72, 0.34, 0.060, 7, 2, 2, 6),
        (0.22, 0.24, 0.040, 4, 1, 1, 4),
        (0.83, 0.80, 0.035, 1, 5, 3, 2),
    ]
)
# Avenues: x and y of both ends, then a weight for each kind of call.
_AVENUES = np.array(
    [
        (0.05, 0.15, 0.95, 0.85, 2, 1, 1, 3),
        (0.10, 0.80, 0.90, 0.30, 3, 1, 1, 2),
        (0.50, 0.05, 0.48, 0.95, 2, 2, 1, 2),
    ]
)
_WIDTH = 0.01  # standard deviation of the calls around an avenue
_ANYWHERE = 3  # weight of the calls from anywhere in the city


class City:
    """The calls of one year.

    surface: the density of calls, float32, shape (SIZE, SIZE), at most 1. Its memory never moves: a page can view it.
    """

    def __init__(self, calls: int = 1_000_000, seed: int = 311) -> None:
        rng = np.random.default_rng(seed)
        counts = rng.multinomial(calls, (0.3, 0.25, 0.2, 0.25))
        # repeat() takes pointer-sized counts, which have 32 bits here.
        self._kind = np.repeat(np.arange(len(KINDS), dtype=np.uint8), counts.astype(np.intp))
        hours = [rng.normal(*hour, count) for hour, count in zip(_HOURS, counts, strict=True)]
        self._hour = (np.concatenate(hours) % 24).astype(np.uint8)
        self._cell = np.concatenate([_cells(rng, kind, count) for kind, count in enumerate(counts)])
        self.surface = np.zeros((SIZE, SIZE), np.float32)

    def update(self, kind: int, first: int, last: int, bandwidth: float) -> int:
        """Fill `surface` from the calls of a kind (-1 for all) between the hours `first` and `last`, both included.

        bandwidth: standard deviation of the Gaussian kernel, in cells. Return the number of calls.
        """
        chosen = (self._hour >= first) & (self._hour <= last)
        if kind >= 0:
            chosen &= self._kind == kind
        counts = np.bincount(self._cell[chosen], minlength=SIZE * SIZE).reshape(SIZE, SIZE)
        gaussian_filter(counts.astype(np.float32), bandwidth, output=self.surface, mode="constant")
        highest = self.surface.max()
        if highest > 0:
            self.surface /= highest
        return int(counts.sum())


def _cells(rng: np.random.Generator, kind: int, calls: int) -> np.ndarray:
    """Draw the cells of calls of a kind, shape (calls,): around neighbourhoods, along avenues and anywhere."""
    shares = np.concatenate([_PLACES[:, 3 + kind], _AVENUES[:, 4 + kind], [_ANYWHERE]])
    *counts, rest = rng.multinomial(calls, shares / shares.sum())
    positions = [rng.random((2, rest))]
    for (x, y, spread, *_), count in zip(_PLACES, counts, strict=False):
        positions.append(rng.normal([[x], [y]], spread, (2, count)))
    for avenue, count in zip(_AVENUES, counts[len(_PLACES) :], strict=True):
        start, end = avenue[:4].reshape(2, 2, 1)
        positions.append(start + (end - start) * rng.random(count) + rng.normal(0, _WIDTH, (2, count)))
    x, y = (np.concatenate(positions, axis=1).clip(0, 1 - 1e-9) * SIZE).astype(np.int32)
    return y * SIZE + x
