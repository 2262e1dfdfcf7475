"""pyodide.code, whose Python is the same on this machine and in a page."""

from __future__ import annotations

import ast
import asyncio
import linecache
from collections.abc import Iterator
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def code(runtime_python: Iterator[None]) -> ModuleType:
    import pyodide.code

    return pyodide.code


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("", None),
        ("1 + 1", 2),
        ("x = 1\nx + 1", 2),
        ("x = 1", None),
        ("1 + 1;", None),
        ("1 + 1 # ;", 2),
        ("'#';", None),
        ("'''\n # ;'''", "\n # ;"),
        ("x = '''\n#''';\n\n", None),
        ("    x = 3\n    x * 2\n", 6),
        ("\n\n    if True:\n        pass\n    [1, 2]\n", [1, 2]),
        ("x = '''a\n  \nb'''\nx", "a\n  \nb"),
        ("def f():\n    return 7\nf()", 7),
        ("for x in range(3): x", None),
    ],
)
def test_value_of_the_last_expression(code: ModuleType, source: str, value: object) -> None:
    namespace: dict[str, object] = {}
    assert code.eval_code(source, namespace) == value
    assert not [name for name in namespace if not name.isidentifier()]


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("x = 1 + 1", 2),
        ("a = 5 ; a += 1", 6),
        ("a = b = 2", 2),
        ("a: int = 4", 4),
        ("a: int", None),
        ("l = [1]; l[0] = 0", None),
        ("a = 1;", None),
        ("1 + 1", 2),
    ],
)
def test_value_of_the_last_assignment(code: ModuleType, source: str, value: object) -> None:
    assert code.eval_code(source, {}, return_mode="last_expr_or_assign") == value


def test_return_modes(code: ModuleType) -> None:
    assert code.eval_code("1 + 1", return_mode="none") is None
    assert code.eval_code("1 + 1;", quiet_trailing_semicolon=False) == 2
    with pytest.raises(ValueError, match="last_expr_or_assign"):
        code.eval_code("1", return_mode="last")


def test_namespaces(code: ModuleType) -> None:
    outer, inner = {"x": 1}, {"y": 2}
    assert code.eval_code("z = x + y\nz", outer, inner) == 3
    assert (inner, "z" in outer) == ({"y": 2, "z": 3}, False)
    with pytest.raises(NameError):
        code.eval_code("x")


def test_top_level_await(code: ModuleType) -> None:
    source = "import asyncio\nx = await asyncio.sleep(0, 20)\nx + await asyncio.sleep(0, 1)"
    assert asyncio.run(code.eval_code_async(source)) == 21
    assert asyncio.run(code.eval_code_async("await asyncio.sleep(0, 3)", {"asyncio": asyncio})) == 3
    assert asyncio.run(code.eval_code_async("async def f(): return 1\nf;")) is None
    coroutine = asyncio.run(code.eval_code_async("async def f(): return 1\nf()"))
    assert asyncio.run(coroutine) == 1  # as a value it is not awaited
    with pytest.raises(SyntaxError, match="await"):
        code.eval_code("await x")


def test_runner_in_steps(code: ModuleType) -> None:
    runner = code.CodeRunner("x + 7")
    value = runner.ast.body[0].value
    value.left = ast.copy_location(ast.BinOp(value.left, ast.Mult(), ast.copy_location(ast.Constant(2), value)), value)
    assert runner.compile() is runner
    assert runner.run({"x": 3}) == 13
    runner.code = runner.code.replace(co_consts=tuple(3 if const == 2 else const for const in runner.code.co_consts))
    assert runner.run({"x": 3}) == 16
    with pytest.raises(RuntimeError, match="compiled already"):
        runner.compile()
    with pytest.raises(RuntimeError, match="compile\\(\\) first"):
        code.CodeRunner("1").run()
    awaiting = code.CodeRunner("await x", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT).compile()
    with pytest.raises(RuntimeError, match="run_async"):
        awaiting.run({"x": 1})


def test_runner_modes(code: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert code.CodeRunner("1 + 1", mode="eval").compile().run() == 2
    assert code.CodeRunner("1 + 1", mode="single").compile().run() == 2
    assert code.CodeRunner("1 + 1;", mode="single").compile().run() is None
    assert capsys.readouterr().out == ""
    with pytest.raises(SyntaxError, match="multiple statements"):
        code.CodeRunner("1\n1", mode="single")


def test_errors_show_the_source_of_named_files(code: ModuleType) -> None:
    code.eval_code("def f():\n    return 1 / 0\n", named := {}, filename="named.py")
    assert linecache.getline("named.py", 2) == "    return 1 / 0\n"
    assert "f" in named
    code.eval_code("x = 1", filename="<unnamed>")
    assert linecache.getline("<unnamed>", 1) == ""


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import numpy as np, os.path", ["numpy", "os", "os.path"]),
        ("def f():\n  from a.b.c import d\n  from . import e\n  from .g import h", ["a", "a.b", "a.b.c"]),
        ("  import indented", ["indented"]),
        ("import broken\nfor", []),
        ("import nul\0", []),
    ],
)
def test_find_imports(code: ModuleType, source: str, names: list[str]) -> None:
    assert code.find_imports(source) == names


def test_relaxed_call(code: ModuleType) -> None:
    def plain(a, b=7):
        return a, b

    def keyword(a, /, *rest, b=7):
        return a, rest, b

    call = code.relaxed_call
    assert call(plain, 1, 2, 3, c=4) == (1, 2)
    assert call(plain, 1, c=4) == (1, 7)
    assert call(plain, a=1, b=2) == (1, 2)
    assert call(keyword, 1, 2, 3, b=4, c=5) == (1, (2, 3), 4)
    assert call(int, "7") == 7
    with pytest.raises(TypeError, match="missing"):
        call(keyword, b=1)
    with pytest.raises(TypeError, match="multiple values for argument 'b'"):
        call(plain, 1, 2, b=3)
    assert call(lambda *args, **kwargs: (args, kwargs), 1, x=2) == ((1,), {"x": 2})


def test_relaxed_wrap(code: ModuleType) -> None:
    @code.relaxed_wrap
    def wrapped(a):
        """What it says."""
        return a

    assert (wrapped(1, 2, b=3), wrapped.__doc__) == (1, "What it says.")
    with pytest.raises(TypeError, match="Cannot wrap function"):
        code.relaxed_wrap(int)


def test_run_js_wants_text(code: ModuleType) -> None:
    with pytest.raises(TypeError, match="not int"):
        code.run_js(1)


def test_nodes_that_are_put_in_need_no_place(code: ModuleType) -> None:
    runner = code.CodeRunner("x")
    runner.ast.body[0].value = ast.Constant(5)
    assert runner.compile().run() == 5
