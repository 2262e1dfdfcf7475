"""Contours of a cone are circles; their length and the area between them are known."""

from itertools import pairwise

import numpy as np
from contourpy import FillType, LineType, contour_generator

axis = np.linspace(-1, 1, 201)
x, y = np.meshgrid(axis, axis)
radius = np.hypot(x, y)


def area(points: np.ndarray) -> float:
    x, y = points.T
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) / 2)


for name in ("serial", "mpl2014", "mpl2005"):
    lines = contour_generator(axis, axis, radius, name=name, line_type="SeparateCode" if "mpl" in name else "Separate")
    found = lines.lines(0.5)
    (line,) = found[0] if "mpl" in name else found
    assert np.allclose(np.hypot(*line.T), 0.5, atol=1e-3)
    assert np.isclose(np.hypot(*np.diff(line, axis=0).T).sum(), np.pi, rtol=1e-3)

# A ring has an outer and an inner boundary, of opposite directions.
rings = contour_generator(axis, axis, radius, fill_type=FillType.OuterOffset).filled(0.3, 0.6)
(points,), (offsets,) = rings
outer, inner = (points[a:b] for a, b in pairwise(offsets))
assert np.isclose(area(outer) + area(inner), np.pi * (0.6**2 - 0.3**2), rtol=1e-3)
assert area(outer) > 0 > area(inner)

# A masked corner cuts the line open.
masked = np.ma.array(radius, mask=(x > 0) & (y > 0))
(line,) = contour_generator(axis, axis, masked, line_type=LineType.Separate).lines(0.5)
assert not np.array_equal(line[0], line[-1])
assert np.isclose(np.hypot(*np.diff(line, axis=0).T).sum(), np.pi * 3 / 4, rtol=0.03)

# What C++ throws arrives as an exception of Python.
try:
    contour_generator(axis[:3], axis, radius)
except (TypeError, ValueError):
    pass
else:
    raise AssertionError("axes of the wrong length were accepted")
