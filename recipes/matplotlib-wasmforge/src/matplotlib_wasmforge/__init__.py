"""Matplotlib's backend for a page: figures are drawn by Agg and shown on canvases.

It is the default one where there is a page; elsewhere its import fails, and Matplotlib takes Agg. The package's other
half is JavaScript (figures/ in the bundle): it has the canvas, the toolbar and the keys. The two send each other
messages (`screen` says how, and lists them).
"""

from .screen import find_screen

# Before anything else is imported: pyplot tries this module wherever it runs.
SCREEN = find_screen()

from .canvas import FigureCanvas  # noqa: E402
from .manager import FigureManager  # noqa: E402

__all__ = ["SCREEN", "FigureCanvas", "FigureManager"]
