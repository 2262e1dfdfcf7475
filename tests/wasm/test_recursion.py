"""Recursion ends in an exception, never in a crash, at the default stack size."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parent / "recursion.py"


@pytest.mark.parametrize(
    "options",
    [(), ("--liftoff-only",), ("--no-liftoff",), ("--liftoff-only", "--stack-size=440")],
    ids=["default", "baseline", "optimised", "small"],
)
def test_in_the_main_thread(run_js, options: tuple[str, ...]) -> None:
    """In each tier of the compiler, since their frames differ, and with a stack as in Chromium's workers."""
    code = f"""
        import fs from "node:fs";
        const python = await loadPython(quiet);
        python.runPython(fs.readFileSync({str(PROGRAM)!r}, "utf8"));
        show(lines);
    """
    assert run_js(code, options=options) == ["survived"]


def test_far_down_a_javascript_stack(run_js) -> None:
    code = f"""
        import fs from "node:fs";
        const python = await loadPython(quiet);
        const program = fs.readFileSync({str(PROGRAM)!r}, "utf8");
        const descend = (depth) => (depth ? descend(depth - 1) : python.runPython(program));
        descend(2000);
        show(lines);
    """
    assert run_js(code) == ["survived"]


def test_as_a_command(python, any_node: str) -> None:
    done = python(str(PROGRAM), env={**os.environ, "PATH": f"{Path(any_node).parent}:{os.environ['PATH']}"})
    assert (done.stdout, done.stderr) == ("survived\n", "")
