"""Where an interpreter runs: a process or a page of a browser. Both answer tasks by name, in JSON.

Tasks are those of driver.mjs (`start`, `results`, `pass`, `numpy`, `bridge`); a native CPython
knows `results` and `pass` alone.
"""

from __future__ import annotations

import json
import select
import subprocess
import time
from contextlib import suppress
from typing import Any, Protocol

from playwright.sync_api import BrowserContext, Error


class MeasurementError(Exception):
    """A measurement failed or took too long; the message says which."""


class Place(Protocol):
    """An interpreter that runs somewhere. `ask` raises MeasurementError; `close` never fails."""

    def ask(self, task: str) -> Any: ...

    def close(self) -> None: ...


class Process:
    """A process that reads a task a line and writes its answer as one line of JSON."""

    def __init__(self, command: list[str], limit: float) -> None:
        self._command = " ".join(command)
        self._limit = limit
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)

    def ask(self, task: str) -> Any:
        process = self._process
        assert process.stdin and process.stdout
        with suppress(BrokenPipeError):  # It ended; reading tells.
            process.stdin.write(task.encode() + b"\n")
        answer = b""
        deadline = time.monotonic() + self._limit
        while not answer.endswith(b"\n"):
            if not select.select([process.stdout], [], [], max(0, deadline - time.monotonic()))[0]:
                raise MeasurementError(f"{task}: no answer in {self._limit:g} s from {self._command}")
            part = process.stdout.read(1 << 16)
            if not part:
                raise MeasurementError(f"{task}: code {process.wait()} from {self._command}")
            answer += part
        return json.loads(answer)

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


class Tab:
    """A page of its own in a browser; a task that hangs costs the page, not the run."""

    def __init__(self, context: BrowserContext, site: str, kind: str, limit: float) -> None:
        self._limit = limit
        self._page = context.new_page()
        self._page.set_default_timeout(limit * 1000)
        self._page.goto(f"{site}bench/page.html?kind={kind}")

    def ask(self, task: str) -> Any:
        # Waiting for a promise has no limit of its own, so the answer is polled for.
        try:
            self._page.evaluate("task => { window.ask(task); }", task)
            self._page.wait_for_function("window.answer !== undefined", polling=50)
            answer = self._page.evaluate("window.answer")
        except Error as error:
            raise MeasurementError(f"{task}: {error.message.splitlines()[0]}") from error
        if "error" in answer:
            raise MeasurementError(f"{task}: {answer['error']}")
        return answer["value"]

    def close(self) -> None:
        self._page.close()
