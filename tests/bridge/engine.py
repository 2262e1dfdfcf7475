"""One interpreter in one engine, which snippets of JavaScript and Python are run in."""

from __future__ import annotations

import json
from collections.abc import Callable
from textwrap import dedent

from places import Place, PlaceError


class SnippetError(Exception):
    """A snippet threw; the message is the error's class, message and stack."""


class Engine:
    """`js` and `py` show their results as text, in JavaScript's and Python's own notation."""

    def __init__(self, open_place: Callable[[], Place]) -> None:
        self._open = open_place
        self._place = open_place()

    def js(self, snippet: str, /, **values: object) -> str:
        """Run the body of an async function. It sees harness.mjs's tools, and `values`, which must be JSON."""
        constants = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in values.items())
        try:
            answer = self._place.ask(json.dumps(constants + dedent(snippet)))
        except PlaceError:
            # It hangs or has ended: the next test gets a new one.
            self.close()
            self._place = self._open()
            raise
        if "failed" in answer:
            raise SnippetError(answer["failed"])
        shown: str = answer["shown"]
        return shown

    def py(self, code: str) -> str:
        """Run Python in a name space of its own, with all of pyodide.ffi and run_js: the repr of its last expression.

        The code may await at its top level.
        """
        shown = self.js("return repr(await pyAsync(code))", code=dedent(code))
        text: str = json.loads(shown)
        return text

    def live(self, *, settled: bool = False) -> tuple[int, int]:
        """Objects of JavaScript that Python holds, and of Python that JavaScript holds."""
        counts: tuple[int, int] = tuple(
            json.loads(self.js("if (settled) { settle(); live(); settle(); } return live();", settled=settled))
        )
        return counts

    def close(self) -> None:
        self._place.close()
