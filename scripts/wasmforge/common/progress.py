"""Reports progress to the user: live on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.text import Text

_REFRESH_S = 0.25


class Reporter:
    """Prints a line for each finished step, and on a terminal a live line for the current one."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(stderr=True, highlight=False, soft_wrap=True)

    def say(self, text: str, style: str = "") -> None:
        self.console.print(Text(text, style=style))

    @contextmanager
    def step(self, label: str, detail: Callable[[], str] = str) -> Iterator[None]:
        """Show a step while the body runs, then how long it took.

        detail: called repeatedly for text to show below the label, such as the
        path of the log.
        """
        start = time.monotonic()

        def line() -> Text:
            more = detail()
            text = Text.assemble((_elapsed(start), "cyan"), " ", (label, "bold"), (f"\n{more}" if more else "", "dim"))
            text.overflow, text.no_wrap = "fold", False
            return text

        outcome, style = "failed", "red"
        try:
            if self.console.is_terminal:
                with Live(get_renderable=line, console=self.console, transient=True, refresh_per_second=1 / _REFRESH_S):
                    yield
            else:
                self.say(f"{label} …")
                yield
            outcome, style = "done", "green"
        finally:
            self.say(f"{_elapsed(start)} {label}: {outcome}", style)

    def tail(self, log: Path, lines: int = 40) -> None:
        """Print the last lines of a log, and its path."""
        try:
            text = log.read_text(errors="replace").splitlines()
        except OSError:
            text = []
        for line in text[-lines:]:
            self.say("  | " + line)
        self.say(f"the whole log: {log}")


class FetchProgress:
    """The progress of a download, as text for a step."""

    def __init__(self) -> None:
        self._text = ""

    def update(self, name: str, done: int, total: int | None) -> None:
        self._text = f"{name} {done / 1e6:.1f} MB" + (f" of {total / 1e6:.1f} MB" if total else "")

    def text(self) -> str:
        return self._text


def _elapsed(start: float) -> str:
    seconds = int(time.monotonic() - start)
    return f"{seconds // 60:3d}:{seconds % 60:02d}"
