"""The files of runtime/core use each other in one direction, except where values and proxies contain each other."""

from __future__ import annotations

import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

CORE = Path(__file__).parents[2] / "emscripten-forge" / "runtime" / "core"
# Reading a value can make a JsProxy, and using a JsProxy reads values: value.c and the files of JsProxy.
RECURSIVE = re.compile(r"value|jsproxy\w*|jsbuffer|to_py")

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# As clang-format lays them out: a function's name begins a line, a variable's type does.
FUNCTION = re.compile(r"^((?:wf_|PyInit_)\w+)\(", re.MULTILINE)
VARIABLE = re.compile(r"^(?!extern|static|typedef|return)\w[\w *]*?\b(wf_\w+)(?:\[\])?(?: = |;|, )", re.MULTILINE)
NAME = re.compile(r"\b(?:wf_|PyInit_)\w+")


def uses(sources: dict[str, str]) -> dict[str, set[str]]:
    """For each file, by its stem, the others that define what it names."""
    texts = {stem: COMMENT.sub("", text) for stem, text in sources.items()}
    definitions = {
        name: stem for stem, text in texts.items() for pattern in (FUNCTION, VARIABLE) for name in pattern.findall(text)
    }
    return {
        stem: {definitions[name] for name in NAME.findall(text) if name in definitions} - {stem}
        for stem, text in texts.items()
    }


def check(sources: dict[str, str]) -> None:
    """Raises CycleError with the files of a circle."""
    merged: dict[str, set[str]] = {}
    for stem, used in uses(sources).items():
        place = _place(stem)
        merged.setdefault(place, set()).update({_place(other) for other in used} - {place})
    TopologicalSorter(merged).prepare()


def _place(stem: str) -> str:
    return "value and jsproxy" if RECURSIVE.fullmatch(stem) else stem


def test_core_has_no_other_circle() -> None:
    sources = {path.stem: path.read_text() for path in CORE.glob("*.c")}
    used = uses(sources)
    assert "value" in used["run"] and "loop" in used["start"]
    check(sources)


def test_a_circle_is_found() -> None:
    sources = {"one": "int\nwf_one(void)\n{\n    return wf_two;\n}\n", "two": "int wf_two = 2;\nint x = wf_one();\n"}
    with pytest.raises(CycleError, match="one"):
        check(sources)
