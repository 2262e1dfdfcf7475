"""One loaded interpreter per engine, and a check that no test leaks.

The folder that WASMFORGE_BRIDGE_DIST names is tested instead of the default environment's bundle. It may
be npm's package `pyodide`: the rules hold there too, which checks the rules.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import jspi
import pytest
from engine import Engine
from places import Place, Process, Tab
from playwright.sync_api import Browser

from wasmforge.host.serve import start as serve

# For a pytest of its own: test_pytest_pyodide.py.
collect_ignore = ["public"]

HERE = Path(__file__).parent
# Seconds that a snippet may take, loading the interpreter included.
LIMIT = 40
POLL_MS = 2


@pytest.fixture(scope="session")
def dist(request: pytest.FixtureRequest) -> Path:
    """The folder with pyodide.mjs."""
    given = os.environ.get("WASMFORGE_BRIDGE_DIST")
    return Path(given).resolve() if given else request.getfixturevalue("bundle_dir")


@pytest.fixture(scope="session")
def site(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the harness, next to the interpreter."""
    folder = shutil.copytree(dist, tmp_path_factory.mktemp("bridge") / "site")
    shutil.copytree(HERE, folder / "bridge")
    (folder / "manifest.json").touch()
    with serve(folder) as server:
        yield f"{server.url}bridge/page.html"


@pytest.fixture(scope="session")
def load(
    request: pytest.FixtureRequest, dist: Path, launch: Callable[[str], Browser]
) -> Iterator[Callable[[str], Engine]]:
    """An engine by its name: loaded when first asked for, kept for all tests."""
    with ExitStack() as stack:

        @cache
        def load(name: str) -> Engine:
            if name == "node":
                node = request.getfixturevalue("node")
                options = [jspi.OPTION] if jspi.has_jspi(node) else []
                command = [node, *options, str(HERE / "node.mjs"), str(dist)]
                engine = Engine(lambda: Process(command, LIMIT))
            else:
                site = request.getfixturevalue("site")
                engine = Engine(lambda: open_tab(launch(name), site))
            stack.callback(engine.close)
            engine.py("None")  # makes what is kept for all programs
            return engine

        yield load


@pytest.fixture(scope="session", params=["node", "chromium", "firefox"])
def loaded(request: pytest.FixtureRequest, load: Callable[[str], Engine]) -> Engine:
    return load(request.param)


def open_tab(browser: Browser, site: str) -> Place:
    page = browser.new_page()
    page.goto(site)
    return Tab(page, LIMIT, POLL_MS)


@pytest.fixture
def engine(loaded: Engine) -> Iterator[Engine]:
    """An interpreter that holds after the test what it held before."""
    before = loaded.live()
    yield loaded
    # Collecting cycles takes longer than most tests. What is less was waiting to be collected before.
    if loaded.live() != before:
        more = [now - then for now, then in zip(loaded.live(settled=True), before, strict=True)]
        assert max(more) <= 0, f"{more[0]} JavaScript objects and {more[1]} Python objects are still held"
