"""Turns the page's messages about mouse and keyboard into Matplotlib's events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.backend_bases import KeyEvent, LocationEvent, MouseButton, MouseEvent

from .screen import Message

if TYPE_CHECKING:
    from .canvas import FigureCanvas

# MouseEvent.button of the DOM, from 0 on; and the bits of its `buttons`.
_BUTTONS = (MouseButton.LEFT, MouseButton.MIDDLE, MouseButton.RIGHT, MouseButton.BACK, MouseButton.FORWARD)
_BITS = {1: MouseButton.LEFT, 2: MouseButton.RIGHT, 4: MouseButton.MIDDLE, 8: MouseButton.BACK, 16: MouseButton.FORWARD}

_MODIFIERS = {"Control": "ctrl", "Alt": "alt", "Shift": "shift", "Meta": "super"}

# KeyboardEvent.key, where Matplotlib's name is not the same in lower case.
_KEYS = {
    "Control": "control",
    "Meta": "super",
    "AltGraph": "alt",
    "CapsLock": "caps_lock",
    "NumLock": "num_lock",
    "ScrollLock": "scroll_lock",
    "ArrowDown": "down",
    "ArrowLeft": "left",
    "ArrowRight": "right",
    "ArrowUp": "up",
}


def process(canvas: FigureCanvas, message: Message) -> None:
    """Make the message's event and call the functions connected to it."""
    kind = message["type"]
    if kind in ("key_press", "key_release"):
        name = key_name(message["key"], message["modifiers"])
        KeyEvent(f"{kind}_event", canvas, name, *canvas.last_mouse)._process()
        return
    x, y = message["x"], canvas.get_width_height(physical=True)[1] - message["y"]
    canvas.last_mouse = x, y
    modifiers = [_MODIFIERS[name] for name in message["modifiers"]]
    place = {"canvas": canvas, "x": x, "y": y, "modifiers": modifiers}
    match kind:
        case "press" | "release" | "double":
            name = "button_release_event" if kind == "release" else "button_press_event"
            button = _BUTTONS[message["button"]]
            MouseEvent(name, button=button, dblclick=kind == "double", **place)._process()
        case "move":
            buttons = [button for bit, button in _BITS.items() if message["buttons"] & bit]
            MouseEvent("motion_notify_event", buttons=buttons, **place)._process()
        case "wheel":
            event = MouseEvent("scroll_event", step=message["step"], **place)
            # From the wheel's own event, since the figure may not have the focus.
            event.key = "control" if "ctrl" in modifiers else event.key
            event._process()
        case "enter" | "leave":
            LocationEvent(f"figure_{kind}_event", **place)._process()


def key_name(key: str, modifiers: list[str]) -> str:
    """Matplotlib's name of a key, after its modifiers. Shift is left out for characters, which show it themselves."""
    name = key if len(key) == 1 else _KEYS.get(key, key.lower())
    prefixes = [
        _MODIFIERS[modifier]
        for modifier in ("Control", "Alt", "Shift", "Meta")
        if modifier in modifiers and modifier != key and not (modifier == "Shift" and len(key) == 1)
    ]
    return "+".join([*prefixes, name])
