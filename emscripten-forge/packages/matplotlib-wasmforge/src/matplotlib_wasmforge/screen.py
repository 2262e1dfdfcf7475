"""The way to the page and back: messages are dicts with a `type` and the `figure` they are about.

To the page:    open {title, label}; frame {pixels, …}, see `send_frame`; toolbar {mode, back, forward}; text {text};
                cursor {cursor}; rubberband {box: [left, top, width, height] as shares of the canvas, or None};
                title {title}; label {label}; wheel {taken}; file {name, mime, data}; handled {}; close {}.
From the page:  ratio {ratio}; resize {width, height} in CSS pixels; press, release, double, move, wheel, enter, leave
                {x, y in the canvas's pixels, button, buttons, modifiers, step}; key_press, key_release
                {key, modifiers}; tool {name}; save {format}; close {}.
Moves and resizes come one at a time: the page keeps the newest back until `handled` says that the last one is shown.
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
    """A figure's manager, as the screen sees it."""

    def receive(self, message: Message) -> None: ...


class Screen:
    """Where figures are shown. What subclasses add is how a message gets there."""

    def __init__(self, pixel_ratio: float) -> None:
        self.pixel_ratio = pixel_ratio  # of the screen: pixels of the device in one of CSS
        self._listeners: dict[int, Listener] = {}
        self._count = 0

    def add(self, listener: Listener) -> int:
        """The number by which messages name this figure from now on."""
        self._count += 1
        self._listeners[self._count] = listener
        return self._count

    def remove(self, figure: int) -> None:
        self._listeners.pop(figure, None)

    def send(self, message: Message) -> None:
        raise NotImplementedError

    def send_frame(self, message: Message, pixels: memoryview, box: Box) -> None:
        """Send a frame {width, height, shown: [width, height] in CSS pixels}, of which `box` has changed.

        `pixels` has the axes row, column and RGBA. It need not stay as it is after the call.
        """
        raise NotImplementedError

    def receive(self, message: Message) -> None:
        listener = self._listeners.get(message["figure"])
        if listener is None:
            return  # closed while the message was on its way
        try:
            listener.receive(message)
        except Exception:
            # A callback's mistake must not end the page's side of the conversation.
            traceback.print_exc()
        sys.stdout.flush()


class PageScreen(Screen):
    """Python runs in the page's own thread: JavaScript looks at the pixels where they are."""

    def __init__(self, pixel_ratio: float) -> None:
        super().__init__(pixel_ratio)
        self._page = None
        self._waiting: list[Callable[[], None]] = []

    @classmethod
    def load(cls, url: str) -> PageScreen:
        """A screen whose JavaScript is being loaded from `url`; what is sent meanwhile waits."""
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
            # Only the first frame of a figure can be this early; its memory may be another's by then.
            copy = memoryview(bytes(pixels)).cast("B", pixels.shape)
            self._waiting.append(lambda: self.send_frame(message, copy, box))
        else:
            self._page.draw(_to_js({**message, "box": box}), pixels)


class PortScreen(Screen):
    """Python runs in a worker: pixels are copied once, and that copy moves to the page."""

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
    """The screen of this page, which is the same for all figures; ImportError where there is none.

    A worker's page sets `matplotlibScreen` in it to {port, pixelRatio}, with a MessagePort at whose other end it calls
    `showFrom` of figures/figures.mjs.
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
