"""JavaScript's listeners and timers for Python functions, whose proxies live as long as they are needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import JsProxy, create_once_callable, create_proxy

__all__ = [
    "add_event_listener",
    "clear_interval",
    "clear_timeout",
    "remove_event_listener",
    "set_interval",
    "set_timeout",
]

# Proxies of listeners by the object, the event and the function; of timers by JavaScript's identifier.
_listeners: dict[tuple[int, str, Callable[[Any], None]], Any] = {}
_timeouts: dict[int, Any] = {}
_intervals: dict[int, Any] = {}


def add_event_listener(elt: JsProxy, event: str, listener: Callable[[Any], None]) -> None:
    """Call listener with each event of this name that elt gets, until remove_event_listener()."""
    key = elt.js_id, event, listener
    if key not in _listeners:  # adding one again has no effect in JavaScript either
        _listeners[key] = create_proxy(listener)
    elt.addEventListener(event, _listeners[key])


def remove_event_listener(elt: JsProxy, event: str, listener: Callable[[Any], None]) -> None:
    """Undo add_event_listener() with the same arguments. Raises KeyError if there was none."""
    proxy = _listeners.pop((elt.js_id, event, listener))
    elt.removeEventListener(event, proxy)
    proxy.destroy()


def set_timeout(callback: Callable[[], None], timeout: int) -> int | JsProxy:
    """Call callback after timeout milliseconds. Returns the argument for clear_timeout()."""
    from js import setTimeout

    key = None

    def run() -> None:
        if key is not None:
            _timeouts.pop(key, None)
        callback()

    proxy = create_once_callable(run)
    timer = setTimeout(proxy, timeout)
    key = _key(timer)
    _timeouts[key] = proxy
    return timer


def clear_timeout(timeout_retval: int | JsProxy) -> None:
    """Undo set_timeout() if the callback has not been called yet."""
    from js import clearTimeout

    clearTimeout(timeout_retval)
    if proxy := _timeouts.pop(_key(timeout_retval), None):
        proxy.destroy()


def set_interval(callback: Callable[[], None], interval: int) -> int | JsProxy:
    """Call callback every interval milliseconds. Returns the argument for clear_interval()."""
    from js import setInterval

    proxy = create_proxy(callback)
    timer = setInterval(proxy, interval)
    _intervals[_key(timer)] = proxy
    return timer


def clear_interval(interval_retval: int | JsProxy) -> None:
    """Undo set_interval()."""
    from js import clearInterval

    clearInterval(interval_retval)
    if proxy := _intervals.pop(_key(interval_retval), None):
        proxy.destroy()


def _key(timer: int | JsProxy) -> int:
    """A timer's identifier: in a page timers are numbers, in node objects."""
    return timer if isinstance(timer, int) else timer.js_id
