"""Tests as other projects write them for Pyodide. Run by test_pytest_pyodide.py, in a pytest of its own."""

import pytest
from pytest_pyodide import run_in_pyodide
from pytest_pyodide.decorator import PyodideHandle


def test_run(selenium):
    assert selenium.run("[x * x for x in range(3)]") == [0, 1, 4]


def test_run_async(selenium):
    assert selenium.run_async("import asyncio; await asyncio.sleep(0); 5") == 5


def test_run_js(selenium):
    assert selenium.run_js("return pyodide.runPython('2 ** 5')") == 32


def test_python_error(selenium):
    with pytest.raises(selenium.JavascriptException, match="ZeroDivisionError"):
        selenium.run("1 / 0")


def test_assertion_in_javascript(selenium):
    selenium.run_js("assertThrows(() => pyodide.runPython('1 / 0'), 'PythonError', /division by zero/)")


def test_objects_of_this_realm(selenium):
    """In node, the tests' JavaScript has other Map and Error classes than the interpreter's."""
    assert selenium.run_js(
        "const f = pyodide.runPython('lambda m: [m[1], len(m), isinstance(m.to_py(), dict)]');"
        "const r = f(new Map([[1, 2]])); f.destroy(); const list = r.toJs(); r.destroy(); return list"
    ) == [2, 1, True]


@run_in_pyodide
def test_inside(selenium):
    import sys

    assert sys.platform == "emscripten"


@run_in_pyodide
async def test_inside_async(selenium):
    from asyncio import sleep

    from js import Promise

    await sleep(0)
    assert await Promise.resolve(5) == 5


@run_in_pyodide
def fail(selenium, number):
    items = [1, 2]
    assert items == [1, number]


def test_a_failure_inside_is_explained(selenium):
    with pytest.raises(AssertionError, match=r"assert \[1, 2\] == \[1, 3\]"):
        fail(selenium, 3)


@run_in_pyodide(packages=["pytest"])
def test_pytest_inside(selenium):
    import pytest

    with pytest.raises(KeyError):
        {}["missing"]


@run_in_pyodide
def make_handle(selenium):
    from pytest_pyodide.decorator import PyodideHandle

    return PyodideHandle([1, 2])


@run_in_pyodide
def read_handle(selenium, handle):
    return handle + [3]


def test_handle(selenium):
    handle = make_handle(selenium)
    assert isinstance(handle, PyodideHandle)
    assert read_handle(selenium, handle) == [1, 2, 3]


def test_nothing_is_left(selenium):
    before = selenium.get_num_hiwire_keys(), selenium.get_num_proxies()
    selenium.run_js("const l = pyodide.runPython('[1]'); l.append({}); l.destroy();")
    assert (selenium.get_num_hiwire_keys(), selenium.get_num_proxies()) == before
