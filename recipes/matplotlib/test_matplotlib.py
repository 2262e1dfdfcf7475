"""Figures drawn with Agg and saved as PNG, SVG and PDF: what they show is looked for in pixels, paths and text."""

import io
import re
import warnings
import xml.etree.ElementTree as ElementTree
import zlib

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from matplotlib import font_manager, ft2font
from matplotlib.path import Path
from matplotlib.tri import Triangulation
from PIL import Image

# The list of fonts comes with the package, and is that of the fonts.
shipped, found = font_manager.fontManager, font_manager.FontManager()
for kind in ("ttflist", "afmlist"):
    assert sorted(map(repr, getattr(shipped, kind))) == sorted(map(repr, getattr(found, kind))), kind
assert len(shipped.ttflist) > 30
assert matplotlib.get_backend() == "agg"


def save(figure: plt.Figure, format: str, **options) -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format=format, **options)
    return file.getvalue()


def pixels(figure: plt.Figure, **options) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(save(figure, "png", **options))).convert("RGB"))


# A disc of known radius on a canvas without axes: its area in pixels, a red that is exact, smooth edges.
figure = plt.figure(figsize=(2, 2), dpi=100)
figure.add_artist(plt.Circle((0.5, 0.5), 0.25, color="red", linewidth=0, transform=figure.transFigure))
image = pixels(figure)
assert image.shape == (200, 200, 3)
assert tuple(image[100, 100]) == (255, 0, 0) and tuple(image[5, 5]) == (255, 255, 255)
assert abs(((255 - image[:, :, 1]) / 255).sum() / (np.pi * 50**2) - 1) < 0.005
assert len(np.unique(image[:, :, 1])) > 20
assert pixels(figure, dpi=50).shape == (100, 100, 3)

# A picture comes out with the colours of its map.
figure = plt.figure(figsize=(1, 1), dpi=100)
axes = figure.add_axes((0, 0, 1, 1))
axes.axis("off")
axes.imshow(np.array([[0, 1], [2, 3]]), cmap="viridis", interpolation="nearest")
image = pixels(figure)
for (row, column), value in {(25, 25): 0, (25, 75): 1, (75, 25): 2, (75, 75): 3}.items():
    assert np.allclose(image[row, column], np.array(plt.get_cmap("viridis")(value / 3)[:3]) * 255, atol=1)

# A chart with all that needs compiled code: contours, text, formulas, a legend, a layout.
figure, (left, right) = plt.subplots(1, 2, figsize=(8, 4), layout="constrained")
axis = np.linspace(-2, 2, 60)
contours = left.contour(axis, axis, np.hypot(*np.meshgrid(axis, axis)), levels=[1])
circle = contours.get_paths()[0].vertices
assert np.allclose(np.hypot(*circle.T), 1, atol=0.01)
left.set_title("Kreis für 半径 1")
right.hist(np.random.default_rng(1).normal(size=1000), bins=20, label=r"$\frac{1}{\sqrt{2\pi}}e^{-x^2/2}$")
right.set_xlabel("שלום x")
right.legend()
with warnings.catch_warnings(action="ignore"):  # DejaVu has no Chinese
    image = pixels(figure)
    svg = save(figure, "svg")
    pdf = save(figure, "pdf")
assert image.shape == (400, 800, 3) and image.std() > 30
a, b = left.get_position(), right.get_position()
assert a.x0 > 0.02 and a.x1 < b.x0 and b.x1 < 1

# SVG: a well-formed document with the bars as paths and the labels as glyphs; PDF: its streams can be read.
root = ElementTree.fromstring(svg)
ids = {element.get("id") for element in root.iter()}
assert root.get("viewBox") == "0 0 576 288" and {"figure_1", "axes_1", "axes_2", "legend_1"} <= ids
assert len(root.findall(".//{http://www.w3.org/2000/svg}path")) > 60
assert pdf.startswith(b"%PDF-1.4") and pdf.rstrip().endswith(b"%%EOF")
streams = [zlib.decompress(data) for data in re.findall(rb"/FlateDecode[^>]*>>\s*stream\n(.*?)\nendstream", pdf, re.S)]
assert any(b" re\n" in data or b" l\n" in data for data in streams)

# Pairs of letters are kerned, and Arabic letters are joined: by HarfBuzz, through the layout of Raqm.
font = ft2font.FT2Font(font_manager.findfont("DejaVu Sans"))
font.set_size(20, 100)


def width(text: str, **options) -> int:
    font.set_text(text, **options)
    return font.get_width_height()[0]


assert width("AVAVAV") < width("AVAVAV", features=("-kern",))
assert width("سلام") < sum(map(width, "سلام"))

# Triangles by Qhull; paths that cross, in C++.
rng = np.random.default_rng(2)
x, y = rng.random((2, 100))
triangulation = Triangulation(x, y)
corners = np.stack([x, y], axis=1)[triangulation.triangles]
(ax, ay), (bx, by) = (corners[:, 1] - corners[:, 0]).T, (corners[:, 2] - corners[:, 0]).T
areas = np.abs(ax * by - ay * bx) / 2
assert len(triangulation.triangles) > 150 and 0.8 < areas.sum() < 1
assert Path([(0, 0), (1, 1)]).intersects_path(Path([(0, 1), (1, 0)]))
assert not Path([(0, 0), (1, 1)]).intersects_path(Path([(2, 1), (3, 0)]))
