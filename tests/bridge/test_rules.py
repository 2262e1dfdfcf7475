"""PEP 818 and Pyodide's documentation, rule by rule."""

from __future__ import annotations

import pytest
from engine import Engine
from rules import Rule, read_rules

# What snippets in JavaScript see besides the harness's tools.
PRELUDE = """
const names = py(`
class Point:
    '''A point.'''
    limit = 3
    def __init__(self, x): self.x = x
    def shifted(self, dx=1, *, twice=False): return self.x + dx * (1 + twice)
    def __eq__(self, other): return self.x == other.x
    def __repr__(self): return f'<{self.x}>'
    def __str__(self): return f'({self.x})'
globals()`);
const Point = own(names.get("Point")), point = own(Point(7));
"""


@pytest.mark.parametrize("rule", [pytest.param(rule, id=str(rule)) for rule in read_rules()])
def test_rule(engine: Engine, rule: Rule) -> None:
    shown = engine.py(rule.code) if rule.language == "python" else engine.js(PRELUDE + rule.code)
    assert shown == rule.result
