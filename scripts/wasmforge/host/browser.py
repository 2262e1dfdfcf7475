"""Debian's own Chromium and Firefox, driven by Playwright."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from playwright.sync_api import Browser, sync_playwright

from wasmforge.common.errors import WasmforgeError

Engine = Literal["chromium", "firefox"]

EXECUTABLES: dict[Engine, tuple[str, ...]] = {
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "firefox": ("firefox-esr", "firefox"),
}
DEBIAN_PACKAGE: dict[Engine, str] = {"chromium": "chromium", "firefox": "firefox-esr"}

CHROMIUM_ARGS = ["--disable-gpu", "--disable-background-networking"]


def launch_options(engine: Engine) -> dict[str, Any]:
    """Playwright's launch arguments for the browser installed on this machine."""
    options: dict[str, Any] = {"executable_path": find_browser(engine), "handle_sigint": False}
    if engine == "chromium":
        # Chromium refuses to run as root in its sandbox. Without this option Playwright never uses the sandbox.
        return options | {"args": CHROMIUM_ARGS, "chromium_sandbox": os.geteuid() != 0}
    # Debian's Firefox is not Playwright's patched one: it speaks WebDriver BiDi.
    return options | {"channel": "moz-firefox"}


def find_browser(engine: Engine) -> str:
    """The path of the browser; WasmforgeError with what to install when there is none."""
    for name in EXECUTABLES[engine]:
        if path := shutil.which(name):
            return path
    raise WasmforgeError(f"No {engine} on this machine. Install it with: apt-get install {DEBIAN_PACKAGE[engine]}")


@contextmanager
def launch(engine: Engine) -> Iterator[Browser]:
    """A headless browser, closed at the end of the block."""
    options = launch_options(engine)
    with sync_playwright() as playwright:
        browser = getattr(playwright, engine).launch(**options)
        try:
            yield browser
        finally:
            browser.close()
