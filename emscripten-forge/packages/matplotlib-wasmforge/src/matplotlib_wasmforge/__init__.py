"""Matplotlib's backend for a page: Agg draws the figures, canvases show them.

In a page it is the default backend; elsewhere Matplotlib takes Agg. The package's other half is JavaScript (figures/
in the bundle), which has the canvas, the toolbar and the keyboard. The two exchange messages, listed in `screen`.
"""

from . import canvas
from .manager import FigureManager
from .screen import find_screen

__all__ = ["FigureCanvas", "FigureManager"]


def __getattr__(name: str) -> object:
    """FigureCanvas, which pyplot reads before it takes a backend. Raises ImportError where no page can show it."""
    if name != "FigureCanvas":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    find_screen()
    globals()[name] = canvas.FigureCanvas  # pyplot also reads a backend's variables
    return canvas.FigureCanvas
