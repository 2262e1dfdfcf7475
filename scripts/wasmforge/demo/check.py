"""The demo's check: uses a bundle's page in Chromium like a visitor."""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

from playwright.sync_api import Error, expect

from wasmforge.demo.playground import Playground
from wasmforge.host.browser import launch
from wasmforge.host.serve import start

NUMBERS = re.compile(r"fitted: +\[([^\]]+)\]")
COEFFICIENTS = (0.5, -1.0, 2.0)  # of the parabola that the first example fits to noisy points


def check(folder: Path, screenshot: Path) -> int:
    """Print what the page showed and save a screenshot; return 0 if it was right, else 1."""
    begin = time.monotonic()
    with start(folder) as server, launch("chromium") as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        problems = []
        try:
            playground = Playground.open(page, server.url)
            print(f"Python: {playground.status}")
            problems += _try_numpy(playground)
            page.screenshot(path=screenshot)
            _try_stop(playground)
            problems += [f"console: {text}" for text in playground.problems]
        except (AssertionError, Error) as error:
            page.screenshot(path=screenshot)
            problems.append(str(error).strip())
    for problem in problems:
        print(f"error: {problem}", file=sys.stderr)
    print(f"{'failed' if problems else 'ok'} after {time.monotonic() - begin:.1f} s, screenshot: {screenshot}")
    return 1 if problems else 0


def _try_numpy(playground: Playground) -> list[str]:
    """Run the first example; return what is wrong with its output."""
    playground.run()
    text, value = playground.texts("stdout"), playground.texts("value")
    print(f"NumPy: {playground.page.locator('#elapsed').inner_text()}\n{text}{value}", end="")
    found = NUMBERS.search(text)
    if not found:
        return [f"the NumPy example printed no fit, but: {text}{playground.texts('error')}"]
    fitted = [float(number) for number in found.group(1).split()]
    near = all(abs(a - b) < 0.1 for a, b in zip(fitted, COEFFICIENTS, strict=True))
    problems = [] if near else [f"the NumPy example fitted {fitted}, which is wrong"]
    return problems if value.startswith("array(") else [*problems, "the value of the last expression is not shown"]


def _try_stop(playground: Playground) -> None:
    """Stop a loop without an end; AssertionError if that does not work."""
    playground.choose("A loop to stop")
    playground.start()
    expect(playground.page.locator("#output pre.stdout")).to_contain_text("rounds", timeout=60_000)
    begin = time.monotonic()
    playground.stop()
    expect(playground.page.locator("#output pre.error")).to_contain_text("KeyboardInterrupt", timeout=10_000)
    print(f"Stop: KeyboardInterrupt after {time.monotonic() - begin:.2f} s")
