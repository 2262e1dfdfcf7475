"""The examples in the documentation, for tests to run.

Every fenced block is an example. A comment in the line before it may say why it cannot run, or what it needs:

    <!-- not run: needs a package that the tests' bundle does not have -->
    <!-- setup: const df = python.runPython("…"); -->
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])

FENCE = re.compile(
    r"(?:^ *<!-- (?P<note>setup|not run):(?P<text>.*?)-->\n)?"
    r"^(?P<indent> *)```(?P<language>\w+)\n(?P<code>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Example:
    """A fenced block. setup: code that has to run before it; reason: why it cannot run, or ""."""

    page: Path
    line: int
    language: str
    code: str
    setup: str
    reason: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def examples(*languages: str) -> list[Example]:
    """All examples in these languages, those that cannot run included."""
    found = []
    for page in PAGES:
        text = page.read_text()
        for match in FENCE.finditer(text):
            if match["language"] in languages:
                notes = {match["note"]: (match["text"] or "").strip()}
                line = text.count("\n", 0, match.start("code"))
                code = textwrap.dedent(match["code"])
                found.append(
                    Example(page, line, match["language"], code, notes.get("setup", ""), notes.get("not run", ""))
                )
    return found
