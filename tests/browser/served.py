"""Bundles of environments other than the default one, served for a file's tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import environments
from playwright.sync_api import Page

from wasmforge.bundle.bundle import bundle
from wasmforge.bundle.compression import Compression
from wasmforge.bundle.rules import Options
from wasmforge.host.serve import Server, start

SCRIPT = """
async ([baseURL, name, source]) => {
  const { loadPython } = await import(baseURL + "bootstrap.mjs");
  const python = await loadPython({ baseURL, packages: [name] });
  python.runPython(source);
  return python.globals.get("results").toJs({ dict_converter: Object.fromEntries });
}
"""


# What importing a module fetches after all that the index names for it.
LATE = """
async ([baseURL, name]) => {
  const { loadPython } = await import(baseURL + "bootstrap.mjs");
  const python = await loadPython({ baseURL });
  await python.loadPackagesFromImports(`import ${name}`);
  const before = performance.getEntriesByType("resource").length;
  python.runPython(`import ${name}`);
  return performance.getEntriesByType("resource").slice(before).map((entry) => entry.name.slice(baseURL.length));
}
"""


@contextmanager
def serve_environment(folder: Path, packages: list[str], options: Options = Options()) -> Iterator[Server]:
    """Serves the bundle of an environment with these packages, which is made in folder/prefix."""
    bundle(
        environments.create(folder / "prefix", packages, []),
        folder / "bundle",
        options=options,
        compression=Compression.NONE,
    )
    with start(folder / "bundle") as server:
        yield server


def open_empty(page: Page, server_url: str) -> None:
    """An empty document of the server's origin, which has a body to put things into."""
    empty = {"body": "<!doctype html><title>Test</title>", "content_type": "text/html"}
    page.route("**/empty.html", lambda route: route.fulfill(**empty))
    page.goto(server_url + "empty.html")


def run_with(page: Page, server: Server, package: str, source: str) -> Any:
    """What a program leaves in `results`, run in the page's thread with a package loaded."""
    # Any document of the same origin will do.
    page.goto(server.url + "manifest.json")
    page.set_default_timeout(300_000)
    return page.evaluate(SCRIPT, [server.url, package, source])


def late_files(page: Page, server: Server, module: str) -> list[str]:
    """What importing a module in the page's thread fetches besides what was loaded for it."""
    page.goto(server.url + "manifest.json")
    page.set_default_timeout(120_000)
    late: list[str] = page.evaluate(LATE, [server.url, module])
    return late
