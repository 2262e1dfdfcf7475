"""Where an interpreter runs: a process or a page of a browser. Both answer lines of text with JSON.

A process reads a task a line from stdin and writes its answer as one line of JSON. A page has a function
`ask(task)` that sets `window.answer` to {value} or {error}. Either may hang: each task has a time limit.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Protocol

from playwright.sync_api import Error, Page


class PlaceError(Exception):
    """A task failed or took too long; the message says which."""


class Place(Protocol):
    """An interpreter that runs somewhere. `ask` raises PlaceError; `close` never fails."""

    def ask(self, task: str) -> Any: ...

    def close(self) -> None: ...


class Process:
    """An interpreter in a process of its own."""

    def __init__(self, command: list[str], limit: float, variables: Mapping[str, str] | None = None) -> None:
        self._command = " ".join(command)
        self._limit = limit
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, env={**os.environ, **(variables or {})}
        )

    def ask(self, task: str) -> Any:
        process = self._process
        assert process.stdin and process.stdout
        with suppress(BrokenPipeError):  # It ended; reading tells.
            process.stdin.write(task.encode() + b"\n")
        answer = b""
        deadline = time.monotonic() + self._limit
        while not answer.endswith(b"\n"):
            if not select.select([process.stdout], [], [], max(0, deadline - time.monotonic()))[0]:
                raise PlaceError(f"{task}: no answer in {self._limit:g} s from {self._command}")
            part = process.stdout.read(1 << 16)
            if not part:
                raise PlaceError(f"{task}: code {process.wait()} from {self._command}")
            answer += part
        return json.loads(answer)

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


class Tab:
    """An interpreter in a page. `poll` is how often, in milliseconds, the page is asked whether it is done."""

    def __init__(self, page: Page, limit: float, poll: float = 50) -> None:
        self._page = page
        self._poll = poll
        page.set_default_timeout(limit * 1000)

    def ask(self, task: str) -> Any:
        with _telling(task):
            self._page.evaluate("task => { window.ask(task); }", task)
        return self.answer(task)

    def answer(self, task: str) -> Any:
        """What comes of a task that was begun."""
        # Waiting for a promise has no limit of its own, so the answer is polled for.
        with _telling(task):
            self._page.wait_for_function("window.answer !== undefined", polling=self._poll)
            answer = self._page.evaluate("window.answer")
        if "error" in answer:
            raise PlaceError(f"{task}: {answer['error']}")
        return answer["value"]

    def close(self) -> None:
        self._page.close()


@contextmanager
def _telling(task: str) -> Iterator[None]:
    """Have an error of the browser name the task."""
    try:
        yield
    except Error as error:
        raise PlaceError(f"{task}: {error.message.splitlines()[0]}") from error
