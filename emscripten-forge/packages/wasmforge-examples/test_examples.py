"""Compares the results of the example pages with plain computations."""

import numpy as np
from scipy.stats import lognorm
from wasmforge_examples import bands, density, lognormal

city = density.City(calls=50_000)
surface = city.surface
assert city.update(-1, 0, 23, 2.0) == 50_000
assert surface is city.surface and surface.dtype == np.float32 and surface.shape == (density.SIZE, density.SIZE)
assert surface.max() == 1 and surface.min() >= 0
by_kind = [city.update(kind, 0, 23, 2.0) for kind in range(len(density.KINDS))]
assert sum(by_kind) == 50_000 and min(by_kind) > 5_000
# Most calls about noise come at night.
assert city.update(2, 9, 14, 2.0) * 10 < city.update(2, 20, 23, 2.0)
assert city.update(-1, 5, 4, 2.0) == 0 and surface.max() == 0

finder = bands.Finder()
everything = finder.find("", "", 10**9, 0)
assert everything == len(finder.bands) == len(finder.labels())
assert finder.find("otters", "Drone pop", 5_000, 2005) > 0
found = finder.found
assert found["name"].str.contains("Otters").all() and (found["genre"] == "Drone pop").all()
assert found["followers"].max() <= 5_000 and found["year"].min() >= 2005
assert found["obscurity"].is_monotonic_decreasing
assert finder.column("plays").tolist() == found["plays"].tolist()
assert finder.summary().count("<tr") == min(8, len(found)) + 1
assert finder.find("nobody's name", "", 10**9, 0) == 0 and finder.labels() == []

explorer = lognormal.Explorer()
explorer.update(0.5, 0.25)
heights = explorer.bars.get_data().values
edges = explorer.edges
expected = np.diff(lognorm.cdf(edges, s=0.25, scale=np.exp(0.5))) / np.diff(edges)
assert np.abs(heights - expected).max() < 0.15 * expected.max()
assert np.allclose(explorer.curve.get_ydata(), lognorm.pdf(explorer.curve.get_xdata(), s=0.25, scale=np.exp(0.5)))
