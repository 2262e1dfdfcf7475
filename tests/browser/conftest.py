"""Real browsers with the default environment's bundle (or the one that WASMFORGE_BUNDLE names)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from wasmforge.browser import launch
from wasmforge.demo import prepare
from wasmforge.layout import find_layout
from wasmforge.progress import Reporter
from wasmforge.serve import Server, start


@pytest.fixture(scope="session")
def prefix() -> Path:
    """The default environment, or the prefix that WASMFORGE_PREFIX names."""
    given = os.environ.get("WASMFORGE_PREFIX")
    return Path(given).resolve() if given else prepare(find_layout(), Reporter()).with_name("demo-environment")


@pytest.fixture(scope="session")
def bundle() -> Path:
    given = os.environ.get("WASMFORGE_BUNDLE")
    return Path(given).resolve() if given else prepare(find_layout(), Reporter())


@pytest.fixture(scope="session")
def server(bundle: Path) -> Iterator[Server]:
    """Serves the bundle cross-origin isolated."""
    with start(bundle) as server:
        yield server


@pytest.fixture(scope="session", params=["chromium", "firefox"])
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    with launch(request.param) as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of its own context, so that no storage is shared."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()
