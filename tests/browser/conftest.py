"""Real browsers with the default environment's bundle."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from wasmforge.demo.playground import Playground
from wasmforge.host.serve import Server, start

# Two cores may be busy with more than the page.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def server(bundle_dir: Path) -> Iterator[Server]:
    """Serves the bundle cross-origin isolated."""
    with start(bundle_dir) as server:
        yield server


@pytest.fixture(scope="session", params=["chromium", "firefox"])
def browser(request: pytest.FixtureRequest, launch: Callable[[str], Browser]) -> Browser:
    return launch(request.param)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of its own context, so that no storage is shared."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def opened(browser: Browser, server: Server) -> Iterator[Playground]:
    """One playground for a file's tests: loading it anew for each would take most of their time."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield Playground.open(context.new_page(), server.url)
    context.close()


@pytest.fixture
def playground(opened: Playground) -> Iterator[Playground]:
    """The page, ready. The browser's console must stay free of errors and warnings."""
    if opened.state != "ready":  # a failed test left a program running
        opened.page.reload()
        opened.wait_for("ready")
    opened.problems.clear()
    yield opened
    assert opened.problems == []
