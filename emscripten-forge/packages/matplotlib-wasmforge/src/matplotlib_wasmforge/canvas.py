"""The canvas: Agg's, whose pixels go to the screen."""

from __future__ import annotations

import asyncio
import time

from matplotlib import _api, backend_tools
from matplotlib.backend_bases import ResizeEvent
from matplotlib.backends.backend_agg import FigureCanvasAgg

from .events import process
from .manager import FigureManager
from .screen import Box, Message
from .timer import Timer

_CURSORS = {
    backend_tools.Cursors.HAND: "pointer",
    backend_tools.Cursors.POINTER: "default",
    backend_tools.Cursors.SELECT_REGION: "crosshair",
    backend_tools.Cursors.MOVE: "move",
    backend_tools.Cursors.WAIT: "wait",
    backend_tools.Cursors.RESIZE_HORIZONTAL: "ew-resize",
    backend_tools.Cursors.RESIZE_VERTICAL: "ns-resize",
}


class FigureCanvas(FigureCanvasAgg):
    """Draws once when the program pauses, however often it asked to. Each drawing sends one frame to the screen."""

    required_interactive_framework = "wasmforge"
    manager_class = _api.classproperty(lambda cls: FigureManager)
    _timer_cls = Timer

    def __init__(self, figure: object = None) -> None:
        super().__init__(figure)
        self._draw_due = False
        self._handled_due = False  # whether the page waits for the message `handled`
        self._waiting: asyncio.Future | None = None  # of start_event_loop
        self.last_mouse: tuple[float | None, float | None] = (None, None)

    @property
    def is_shown(self) -> bool:
        return self.manager is not None and self.manager.is_shown

    def draw(self) -> None:
        self._draw_due = False
        super().draw()
        if self.is_shown:
            width, height = self.get_width_height(physical=True)
            self._send_frame((0, 0, width, height))

    def draw_idle(self, *args: object, **kwargs: object) -> None:
        if self.is_shown and not self._draw_due:
            self._draw_due = True
            asyncio.get_event_loop().call_soon(self.flush_events)

    def flush_events(self) -> None:
        try:
            if self._draw_due and self.is_shown:
                self.draw()
        finally:
            self._draw_due = False
            self._tell_handled()

    def blit(self, bbox: object = None) -> None:
        if not self.is_shown:
            return
        width, height = self.get_width_height(physical=True)
        if bbox is None:
            bbox = self.figure.bbox
        left, right = max(0, int(bbox.x0)), min(width, int(bbox.x1) + 1)
        top, bottom = max(0, height - int(bbox.y1) - 1), min(height, height - int(bbox.y0))
        if left < right and top < bottom:
            self._send_frame((left, top, right - left, bottom - top))

    def _send_frame(self, box: Box) -> None:
        pixels = self.buffer_rgba()
        height, width, _ = pixels.shape
        self.manager.send_frame(pixels, box, width=width, height=height, shown=self.get_width_height())

    def receive(self, message: Message) -> None:
        """Handle a message from the page."""
        if message["type"] in ("move", "resize"):
            self._handled_due = True
        try:
            match message["type"]:
                case "ratio":
                    if self._set_device_pixel_ratio(message["ratio"]):
                        self.draw_idle()
                case "resize":
                    self._resize(message["width"], message["height"])
                case _:
                    process(self, message)
        finally:
            if not self._draw_due:
                self._tell_handled()

    def _tell_handled(self) -> None:
        if self._handled_due and self.is_shown:
            self._handled_due = False
            self.manager.send("handled")

    def _resize(self, width: float, height: float) -> None:
        dpi = self.figure.dpi / self.device_pixel_ratio
        self.figure.set_size_inches(width / dpi, height / dpi, forward=False)
        ResizeEvent("resize_event", self)._process()
        self.draw_idle()

    def set_cursor(self, cursor: backend_tools.Cursors) -> None:
        if self.is_shown:
            self.manager.send("cursor", cursor=_CURSORS[cursor])

    def start_event_loop(self, timeout: float = 0) -> None:
        """Let the page go on for `timeout` seconds (0: no limit), or until `stop_event_loop`.

        If the engine cannot suspend Python, this draws the figure and sleeps, and no event comes in. Raises
        RuntimeError if it cannot suspend Python and there is no limit.
        """
        from pyodide.ffi import can_run_sync, run_sync

        self.flush_events()
        if can_run_sync():
            self._waiting = asyncio.get_event_loop().create_future()
            run_sync(asyncio.wait([self._waiting], timeout=timeout or None))
            self._waiting = None
        elif timeout > 0:
            time.sleep(timeout)
        else:
            raise RuntimeError("this browser cannot wait for events; use callbacks (mpl_connect) instead")

    def stop_event_loop(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)
