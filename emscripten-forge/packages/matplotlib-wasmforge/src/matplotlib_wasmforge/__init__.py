"""Matplotlib's backend for a page: figures are drawn by Agg and shown on canvases.

It is the default one where there is a page; elsewhere Matplotlib takes Agg. The package's other half is JavaScript
(figures/ in the bundle): it has the canvas, the toolbar and the keys. The two send each other messages (`screen` says
how, and lists them).
"""

from . import canvas
from .manager import FigureManager
from .screen import find_screen

__all__ = ["FigureCanvas", "FigureManager"]


def __getattr__(name: str) -> object:
    """The canvas, which pyplot asks for before it takes a backend; ImportError where there is nothing to show it on."""
    if name != "FigureCanvas":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    find_screen()
    globals()[name] = canvas.FigureCanvas  # pyplot also takes the variables that a backend has
    return canvas.FigureCanvas
