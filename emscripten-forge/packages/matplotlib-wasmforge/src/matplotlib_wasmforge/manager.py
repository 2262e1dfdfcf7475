"""The manager: a figure's place on the screen."""

from __future__ import annotations

import io
from pathlib import PurePath
from typing import TYPE_CHECKING

from matplotlib._pylab_helpers import Gcf
from matplotlib.backend_bases import CloseEvent, FigureManagerBase

from .screen import Box, Message, Screen, find_screen
from .toolbar import Toolbar

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MIME = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf"}


class FigureManager(FigureManagerBase):
    """Opens the figure on the screen when it is first shown, and receives the page's messages about it."""

    _toolbar2_class = Toolbar

    def __init__(self, canvas: object, num: int) -> None:
        self.screen: Screen = find_screen()
        self.number = self.screen.add(self)
        self.is_shown = False
        self._title = ""
        self._label = ""
        self._wheel = False
        super().__init__(canvas, num)
        canvas.mpl_connect("draw_event", self._after_draw)

    def send(self, type: str, **content: object) -> None:
        self.screen.send({"type": type, "figure": self.number, **content})

    def send_frame(self, pixels: memoryview, box: Box, **content: object) -> None:
        self.screen.send_frame({"type": "frame", "figure": self.number, **content}, pixels, box)

    def show(self) -> None:
        if not self.is_shown:
            self.is_shown = True
            self.canvas._set_device_pixel_ratio(self.screen.pixel_ratio)
            self._label = describe(self.canvas.figure)
            self.send("open", title=self._title, label=self._label)
            if self.toolbar is not None:
                self.toolbar.set_history_buttons()
        # Do not wait for a pause: the program may run for long.
        self.canvas.draw()

    def destroy(self) -> None:
        if self.is_shown:
            CloseEvent("close_event", self.canvas)._process()
            self.send("close")
        self.is_shown = False
        self.screen.remove(self.number)

    def resize(self, w: int, h: int) -> None:
        # The next frame has the size.
        self.canvas.draw_idle()

    def get_window_title(self) -> str:
        return self._title

    def set_window_title(self, title: str) -> None:
        self._title = title
        if self.is_shown:
            self.send("title", title=title)

    def receive(self, message: Message) -> None:
        match message["type"]:
            case "tool" if message["name"] in Toolbar.tools and self.toolbar is not None:
                getattr(self.toolbar, message["name"])()
            case "save":
                self.save(message["format"])
            case "close":
                Gcf.destroy(self)
            case _:
                self.canvas.receive(message)

    def save(self, format: str) -> None:
        """Offer the figure as a file to download."""
        file = io.BytesIO()
        self.canvas.figure.savefig(file, format=format)
        name = PurePath(self.canvas.get_default_filename()).with_suffix(f".{format}").name
        self.send("file", name=name, mime=_MIME.get(format, "application/octet-stream"), data=file.getvalue())

    def _after_draw(self, event: object) -> None:
        if not self.is_shown:
            return
        label = describe(self.canvas.figure)
        if label != self._label:
            self._label = label
            self.send("label", label=label)
        # One callback is the toolbar's. Without others the wheel scrolls the page.
        wheel = len(self.canvas.callbacks.callbacks.get("scroll_event", ())) > 1
        if wheel != self._wheel:
            self._wheel = wheel
            self.send("wheel", taken=wheel)


def describe(figure: Figure) -> str:
    """A figure's label for screen readers: its titles and the names of its axes."""
    parts = [figure.get_suptitle()]
    for axes in figure.axes:
        parts += [axes.get_title(), axes.get_xlabel(), axes.get_ylabel()]
    return ", ".join(" ".join(part.split()) for part in parts if part.strip())
