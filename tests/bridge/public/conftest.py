"""For pytest-pyodide: the machine's own browsers in place of those that Playwright downloads."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from wasmforge.host.browser import launch_options


@pytest.fixture(scope="module")
def playwright_browsers() -> Iterator[dict[str, Browser]]:
    with sync_playwright() as playwright, playwright.chromium.launch(**launch_options("chromium")) as browser:
        yield {"chrome": browser}


@pytest.fixture(autouse=True)
def handles_end_with_their_test() -> Iterator[None]:
    """A PyodideHandle calls Playwright when it is collected, which must not be while Python parses another test."""
    yield
    gc.collect()
