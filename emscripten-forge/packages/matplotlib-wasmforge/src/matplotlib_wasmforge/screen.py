"""Messages to and from the page: dicts with a `type` and the number of a `figure`.

To the page:    open {title, label}; frame {pixels, …}, see `send_frame`; toolbar {mode, back, forward}; text {text};
                cursor {cursor}; rubberband {box: [left, top, width, height] as shares of the canvas, or None};
                title {title}; label {label}; wheel {taken}; file {name, mime, data}; handled {}; close {}.
From the page:  ratio {ratio}; resize {width, height} in CSS pixels; press, release, double, move, wheel, enter, leave
                {x, y in the canvas's pixels, button, buttons, modifiers, step}; key_press, key_release
                {key, modifiers}; tool {name}; save {format}; close {}.
Moves and resizes come one at a time: the page holds the newest back until `handled` says that the last one is shown.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from functools import cache
from typing import Protocol

Message = dict[str, object]
Box = tuple[int, int, int, int]  # left, top, width, height in pixels of the canvas


class Listener(Protocol):
    """The part of a figure's manager that a screen uses."""

    def receive(self, message: Message) -> None: ...


class Screen:
    """Shows figures. Subclasses send the messages."""

    def __init__(self, pixel_ratio: float) -> None:
        self.pixel_ratio = pixel_ratio  # device pixels per CSS pixel
        self._listeners: dict[int, Listener] = {}
        self._count = 0

    def add(self, listener: Listener) -> int:
        """Register a figure's manager. Returns the number that messages name the figure by."""
        self._count += 1
        self._listeners[self._count] = listener
        return self._count

    def remove(self, figure: int) -> None:
        self._listeners.pop(figure, None)

    def send(self, message: Message) -> None:
        raise NotImplementedError

    def send_frame(self, message: Message, pixels: memoryview, box: Box) -> None:
        """Send a frame {width, height, shown: [width, height] in CSS pixels}, of which `box` has changed.

        pixels: shape (height, width, 4), RGBA. It may change after the call.
        """
        raise NotImplementedError

    def receive(self, message: Message) -> None:
        listener = self._listeners.get(message["figure"])
        if listener is None:
            return  # closed while the message was on its way
        try:
            listener.receive(message)
        except Exception:
            # An error in a callback must not end the exchange of messages.
            traceback.print_exc()
        sys.stdout.flush()


class PageScreen(Screen):
    """A screen for Python in the page's own thread: JavaScript reads the pixels from Python's memory."""

    def __init__(self, pixel_ratio: float) -> None:
        super().__init__(pixel_ratio)
        self._page = None
        self._waiting: list[Callable[[], None]] = []

    @classmethod
    def load(cls, url: str) -> PageScreen:
        """A screen whose JavaScript is being loaded from `url`. Messages wait until it is there."""
        import js

        from pyodide.code import run_js

        screen = cls(js.devicePixelRatio)
        run_js("(url) => import(url)")(url).then(screen._connect)
        return screen

    def _connect(self, module: object) -> None:
        from pyodide.ffi import create_proxy

        self._page = module.showHere(create_proxy(lambda message: self.receive(message.to_py())))
        waiting, self._waiting = self._waiting, []
        for action in waiting:
            action()

    def send(self, message: Message) -> None:
        if self._page is None:
            self._waiting.append(lambda: self.send(message))
        else:
            self._page.receive(_to_js(message))

    def send_frame(self, message: Message, pixels: memoryview, box: Box) -> None:
        if self._page is None:
            # Copied, since the memory may have another use by then. Only a figure's first frame can be this early.
            copy = memoryview(bytes(pixels)).cast("B", pixels.shape)
            self._waiting.append(lambda: self.send_frame(message, copy, box))
        else:
            self._page.draw(_to_js({**message, "box": box}), pixels)


class PortScreen(Screen):
    """A screen for Python in a worker: pixels are copied once, and the copy is transferred to the page."""

    def __init__(self, port: object, pixel_ratio: float) -> None:
        from pyodide.ffi import create_proxy

        super().__init__(pixel_ratio)
        self._port = port
        port.onmessage = create_proxy(lambda event: self.receive(event.data.to_py()))

    def send(self, message: Message) -> None:
        self._port.postMessage(_to_js(message))

    def send_frame(self, message: Message, pixels: memoryview, box: Box) -> None:
        import js

        _, top, _, height = box
        rows = pixels[top : top + height].cast("B")
        copy = js.Uint8ClampedArray.new(rows.nbytes)
        copy.assign(rows)
        self._port.postMessage(_to_js({**message, "box": box, "pixels": copy}), _to_js([copy.buffer]))


@cache
def find_screen() -> Screen:
    """The screen of this page, the same for all figures. Raises ImportError if there is none.

    To show a worker's figures, a page sets the worker's global `matplotlibScreen` to {port, pixelRatio}, where port is
    a MessagePort, and calls `showFrom` of figures/figures.mjs with the port at the other end.
    """
    try:
        import js
    except ImportError:
        raise ImportError("figures can only be shown in a page") from None
    given = getattr(js, "matplotlibScreen", None)
    if given is not None:
        return PortScreen(given.port, given.pixelRatio)
    if not hasattr(js, "document"):
        raise ImportError("this is no page, and no page has given its worker a way to show figures")
    import pyodide_js

    return PageScreen.load(f"{pyodide_js._api.config.indexURL}figures/figures.mjs")


def _to_js(value: object) -> object:
    import js

    from pyodide.ffi import to_js

    return to_js(value, dict_converter=js.Object.fromEntries)
