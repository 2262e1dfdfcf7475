"""The documentation's examples run as they are written, in a page of Chromium."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import pytest
from docs_examples import Example, examples
from playwright.sync_api import Browser, Page

from wasmforge.host.serve import ISOLATION, Server

# What examples that fetch something find.
DATA = {"answer": 42}

# An example that does not load Python itself finds it loaded.
LOAD = 'import { loadPython } from "./bootstrap.mjs";\nconst python = await loadPython();\n'

# In JavaScript, `expression; // value in JSON`.
SHOWN = re.compile(r"^(?!const |let |import )(?P<expression>\S.*); // (?P<value>[\[{\"\d].*)$", re.MULTILINE)


@pytest.fixture
def page(launch: Callable[[str], Browser], server: Server) -> Iterator[Page]:
    """A page of the bundle's origin, cross-origin isolated, with an empty body."""
    context = launch("chromium").new_context()
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.route("**/data.json", lambda route: route.fulfill(json=DATA))
    yield page
    context.close()


def open_with(page: Page, server: Server, body: str) -> None:
    """Opens a document with this body. Fails with the first error in it."""
    html = f"<!doctype html><meta charset='utf-8'><body>{body}"
    page.route("**/example.html", lambda route: route.fulfill(body=html, content_type="text/html", headers=ISOLATION))
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(server.url + "example.html")
    while not page.evaluate("() => globalThis.finished ?? false"):
        assert not errors, errors[0]
        page.wait_for_timeout(50)
    assert not errors, errors[0]


def check_shown(match: re.Match[str]) -> str:
    """An expression and the value that the page shows for it, as code that throws if they differ."""
    try:
        value = json.dumps(json.loads(match["value"]))
    except ValueError:
        return match[0]
    return f"check({match['expression']}, {json.dumps(value)});"


CHECK = """function check(value, expected) {
  const found = JSON.stringify(value);
  if (found !== JSON.stringify(JSON.parse(expected))) throw new Error(`${found} instead of ${expected}`);
}
"""


def run_module(page: Page, server: Server, code: str) -> None:
    open_with(page, server, f'<script type="module">\n{CHECK}{code}\nglobalThis.finished = true;\n</script>')


def runnable(language: str) -> list[Example]:
    return [example for example in examples(language) if not example.reason]


@pytest.mark.parametrize("example", runnable("js"), ids=str)
def test_javascript(page: Page, server: Server, example: Example) -> None:
    before = example.setup if "loadPython(" in example.code else LOAD + example.setup
    run_module(page, server, before + "\n" + SHOWN.sub(check_shown, example.code))


@pytest.mark.parametrize("example", runnable("python"), ids=str)
def test_python(page: Page, server: Server, example: Example) -> None:
    code = json.dumps(example.setup + "\n" + example.code)
    run_module(page, server, f"{LOAD}await python.runPythonAsync({code});")


@pytest.mark.parametrize("example", runnable("html"), ids=str)
def test_pages(page: Page, server: Server, example: Example) -> None:
    """Pages that compute the norm of [3, 4]."""
    body = example.code.replace("./site/", "./").replace("</script>", "globalThis.finished = true;\n</script>")
    open_with(page, server, body)
    assert page.locator("body").inner_text().strip() == "5"


def test_wrong_examples_are_noticed(page: Page, server: Server) -> None:
    wrong = SHOWN.sub(check_shown, "[1, 2].length; // 3")
    with pytest.raises(AssertionError, match="2 instead of 3"):
        run_module(page, server, wrong)
