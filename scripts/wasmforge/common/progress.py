"""Reports progress to the user: live on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

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
        except KeyboardInterrupt:
            outcome = "interrupted"
            raise
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


class TimeLeft:
    """How much of some jobs is done and how long the rest takes, as text for a step.

    workers: how many jobs run at once. What is expected of a job may be wrong by a factor, as long as it is the same
    for all: finished jobs show it.
    """

    def __init__(self, workers: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._workers = workers
        self._clock = clock
        self._lock = Lock()
        self._expected: list[float] = []
        self._done = 0
        self._expected_done = 0.0
        self._spent = 0.0
        self._running: dict[object, tuple[float, float]] = {}

    def expect(self, jobs: Iterable[float]) -> None:
        """State the seconds that each job will take."""
        with self._lock:
            self._expected = list(jobs)

    @contextmanager
    def job(self, expected: float) -> Iterator[None]:
        """The body is one of the jobs. Threads may run several at once."""
        mark, start = object(), self._clock()
        with self._lock:
            self._running[mark] = (start, expected)
        yield
        with self._lock:
            del self._running[mark]
            self._done += 1
            self._expected_done += expected
            self._spent += self._clock() - start

    def text(self) -> str:
        with self._lock:
            if not self._expected:
                return ""
            total = sum(self._expected)
            pace = self._spent / self._expected_done if self._expected_done else 1.0
            now = self._clock()
            running = [(now - start, expected * pace) for start, expected in self._running.values()]
            used = self._spent + sum(min(spent, expected) for spent, expected in running)
            rest = [max(0.0, expected - spent) for spent, expected in running]
            waiting = pace * (total - self._expected_done) - sum(expected for _, expected in running)
            work = max(0.0, waiting) + sum(rest)
            share = used / (used + work) if used else 0.0
            # The longest job may outlast all others.
            left = max([work / self._workers, *rest])
            done, count = self._done, len(self._expected)
        return f"{done} of {count} files, {share:.0%}, about {_minutes(left)} left"


def _elapsed(start: float) -> str:
    return f"{_minutes(time.monotonic() - start):>6}"


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
