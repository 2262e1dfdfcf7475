"""pyodide.console, whose Python is the same on this machine and in a page."""

from __future__ import annotations

import asyncio
import sys
from types import ModuleType
from typing import Any

import pytest


@pytest.fixture(scope="module")
def console(runtime_python: None) -> ModuleType:
    import pyodide.console

    return pyodide.console


def run(commands: Any) -> Any:
    return asyncio.run(commands)


def test_commands(console: ModuleType) -> None:
    async def commands() -> None:
        shell = console.Console()
        assert await shell.push("x = 5") is None
        assert await shell.push("x ** 2") == 25
        assert await shell.push("x;") is None
        assert shell.push("def f(n):").syntax_check == "incomplete"
        assert shell.push("    return n + x").syntax_check == "incomplete"
        assert await shell.push("") is None
        assert shell.buffer == []
        assert await shell.push("f(1)") == 6
        assert await shell.push("# a comment") is None
        assert shell.globals["x"] == 5

    run(commands())


def test_commands_run_in_turn(console: ModuleType) -> None:
    async def commands() -> None:
        shell = console.Console()
        shell.push("import asyncio")
        first = shell.push("await asyncio.sleep(0.01); x = 1")
        second = shell.push("x + 1")
        assert not first.done()
        assert await second == 2
        waiting = shell.push("await asyncio.sleep(100)")
        waiting.cancel()
        assert await shell.push("3") == 3

    run(commands())


def test_errors(console: ModuleType) -> None:
    async def commands() -> None:
        shell = console.Console(filename="<here>")
        future = shell.push("1 +* 2")
        assert future.syntax_check == "syntax-error"
        assert isinstance(future.exception(), SyntaxError)
        assert future.formatted_error.startswith('  File "<here>", line 1\n    1 +* 2\n')
        future = shell.push("raise ValueError('hi')")
        with pytest.raises(ValueError, match="hi"):
            await future
        assert (
            future.formatted_error
            == 'Traceback (most recent call last):\n  File "<here>", line 1, in <module>\nValueError: hi\n'
        )
        assert sys.last_value is future.exception()
        with pytest.raises(SystemExit):
            await shell.push("raise SystemExit(3)")
        assert await shell.push("1") == 1

    run(commands())


def test_future_statements_stay(console: ModuleType) -> None:
    async def commands() -> None:
        shell = console.Console()
        assert shell.push("1 <> 2").syntax_check == "syntax-error"
        await shell.push("from __future__ import barry_as_FLUFL")
        assert await shell.push("1 <> 2") is True
        optimized = console.Console(optimize=1)
        assert await optimized.push("assert False") is None

    run(commands())


@pytest.mark.parametrize("persistent", [False, True])
def test_streams(console: ModuleType, persistent: bool, capsys: pytest.CaptureFixture[str]) -> None:
    async def commands() -> None:
        out: list[str] = []
        errors: list[str] = []
        pieces = iter(["first\nsec", "ond\n", "third"])
        shell = console.Console(
            stdin_callback=lambda n: next(pieces, ""),
            stdout_callback=out.append,
            stderr_callback=errors.append,
            persistent_stream_redirection=persistent,
        )
        print("between")
        await shell.push("print('in')")
        await shell.push("import sys; print('error', file=sys.stderr)")
        assert await shell.push("sys.stdin.isatty(), sys.stdout.isatty()") == (True, True)
        assert await shell.push("input(), input(), sys.stdin.read(), sys.stdin.read()") == (
            "first",
            "second",
            "third",
            "",
        )
        shell.persistent_restore_streams()
        print("after")
        assert "".join(out) == ("between\nin\n" if persistent else "in\n")
        assert "".join(errors) == "error\n"

    run(commands())
    assert capsys.readouterr().out == ("after\n" if persistent else "between\nafter\n")


def test_completion(console: ModuleType) -> None:
    async def commands() -> None:
        shell = console.Console({"a_variable": 7})
        words, start = shell.complete("a")
        assert start == 0
        assert {"a_variable", "and ", "abs("} <= set(words)
        words, start = shell.complete("b = 0 ; str.isal")
        assert (words, start) == (["str.isalnum(", "str.isalpha("], 8)
        assert shell.complete("1 + no_such_name") == ([], 4)

    run(commands())


def test_shorten(console: ModuleType) -> None:
    assert console.shorten("abcdefg", limit=5, separator="_") == "ab_fg"
    assert console.shorten("abcdefg", limit=7) == "abcdefg"
    assert console.shorten("abcdefg", limit=6, split=1, separator="_") == "a_g"
    assert console.shorten("abcdefg", limit=6, split=10, separator="_") == "abc_efg"
    assert console.repr_shorten(123456789, limit=4, separator="_") == "12_89"
    assert console.repr_shorten("abc") == "'abc'"
    with pytest.raises(ValueError, match="2 or more"):
        console.shorten("a", limit=1)
    with pytest.raises(ValueError, match="4 or more"):
        console.repr_shorten("a", limit=3)


def test_banner(console: ModuleType) -> None:
    assert console.BANNER.startswith("Python 3.")
