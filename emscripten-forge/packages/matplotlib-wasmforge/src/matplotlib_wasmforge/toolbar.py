"""The toolbar's state; its buttons are the page's."""

from __future__ import annotations

from matplotlib.backend_bases import NavigationToolbar2


class Toolbar(NavigationToolbar2):
    """Tells the page which tool is active, where the mouse is, and which region is being marked."""

    tools = frozenset({"home", "back", "forward", "pan", "zoom"})
    """The methods that the page may call."""

    def __init__(self, canvas: object) -> None:
        self._text = ""
        super().__init__(canvas)

    def _send(self, type: str, **content: object) -> None:
        if self.canvas.is_shown:
            self.canvas.manager.send(type, **content)

    def pan(self, *args: object) -> None:
        super().pan(*args)
        self.set_history_buttons()

    def zoom(self, *args: object) -> None:
        super().zoom(*args)
        self.set_history_buttons()

    def set_history_buttons(self) -> None:
        position, count = self._nav_stack._pos, len(self._nav_stack)
        self._send("toolbar", mode=self.mode.name.lower(), back=position > 0, forward=position < count - 1)

    def set_message(self, s: str) -> None:
        if s != self._text:
            self._text = s
            self._send("text", text=s)

    def draw_rubberband(self, event: object, x0: float, y0: float, x1: float, y1: float) -> None:
        width, height = self.canvas.get_width_height(physical=True)
        left, right = sorted((float(x0) / width, float(x1) / width))
        bottom, top = sorted((float(y0) / height, float(y1) / height))
        self._send("rubberband", box=[left, 1 - top, right - left, top - bottom])

    def remove_rubberband(self) -> None:
        self._send("rubberband", box=None)

    def save_figure(self, *args: object) -> object:
        self.canvas.manager.save(self.canvas.get_default_filetype())
        return self.UNKNOWN_SAVED_STATUS
