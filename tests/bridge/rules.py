"""Reads rules/*/*.rules: snippets in Python or JavaScript and what they give.

# a comment
[name of the rule]
the snippet, on any number of lines
=> its result, as Engine.py or Engine.js shows it
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "rules"
_RULE = re.compile(r"^\[(?P<name>.+)\]\n(?P<code>(?:(?!=> ).*\n)+)=> (?P<result>.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Rule:
    """`language` is that of the snippet: the folder's name."""

    language: str
    topic: str
    name: str
    code: str
    result: str

    def __str__(self) -> str:
        return f"{self.topic} in {self.language}: {self.name}"


def read_rules() -> Iterator[Rule]:
    for file in sorted(FOLDER.glob("*/*.rules")):
        for match in _RULE.finditer(file.read_text()):
            yield Rule(file.parent.name, file.stem, **match.groupdict())
