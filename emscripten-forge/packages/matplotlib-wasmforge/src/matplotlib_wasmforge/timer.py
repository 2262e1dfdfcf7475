"""Timers that use the page's event loop."""

from __future__ import annotations

import asyncio

from matplotlib.backend_bases import TimerBase


class Timer(TimerBase):
    """Keeps its pace: a callback that takes long shortens the pause after it, and missed turns are skipped."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        self._handle: asyncio.TimerHandle | None = None
        self._due = 0.0
        super().__init__(*args, **kwargs)

    def _timer_start(self) -> None:
        self._timer_stop()
        self._due = asyncio.get_event_loop().time()
        self._wait()

    def _timer_stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _timer_set_interval(self) -> None:
        if self._handle is not None:
            self._timer_start()

    def _wait(self) -> None:
        loop = asyncio.get_event_loop()
        self._due = max(self._due + self.interval / 1000, loop.time())
        self._handle = loop.call_at(self._due, self._fire)

    def _fire(self) -> None:
        self._handle = None
        if not self._single:
            self._wait()
        try:
            self._on_timer()
        except BaseException:
            self._timer_stop()  # or the same error would be raised at each turn
            raise
