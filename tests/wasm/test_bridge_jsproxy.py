"""JavaScript objects in Python: the functions of bridge_jsproxy.py, run in one interpreter."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

SOURCE = Path(__file__).with_name("bridge_jsproxy.py")
NAMES = [
    node.name
    for node in ast.parse(SOURCE.read_text()).body
    if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
]
RUN = """
const python = await loadPython(quiet);
globalThis.pyodide = python;
python.FS.writeFile("/bridge_jsproxy.py", %s);
const run = python.runPython(`
import sys, traceback
sys.path.append("/")
import bridge_jsproxy

def run(name):
    try:
        getattr(bridge_jsproxy, name)()
    except BaseException as error:
        return "".join(traceback.format_exception(error))
run`);
show(Object.fromEntries(%s.map((name) => [name, run(name) ?? ""])));
"""


@pytest.fixture(scope="module")
def results(run_js) -> dict[str, str]:
    """Function -> its traceback, or nothing if it passed."""
    return run_js(RUN % (json.dumps(SOURCE.read_text()), json.dumps(NAMES)))


@pytest.mark.parametrize("name", NAMES)
def test_in_the_interpreter(results: dict[str, str], name: str) -> None:
    assert results[name] == ""


def test_arguments_of_a_promise_are_released_when_it_is_settled(run_js) -> None:
    counts = run_js("""
    const python = await loadPython(quiet);
    const code = "import js; await js.eval('async (f) => { await null; return f(2); }')(lambda x: x)";
    const run = () => python.runPythonAsync(code);
    show(await run());
    const before = python._live().proxies;
    await run();
    show(python._live().proxies - before);
    """)
    assert counts == [2, 0]
