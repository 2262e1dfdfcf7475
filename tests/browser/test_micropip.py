"""micropip in a page: a wheel is fetched from where the page comes from, and used."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from served import serve_environment

from wasmforge.serve import Server

WHEEL = "sample-1.0-py3-none-any.whl"

SCRIPT = """
async ([baseURL, wheel]) => {
  const { loadPython } = await import(baseURL + "bootstrap.mjs");
  const python = await loadPython({ baseURL, packages: ["micropip"] });
  python.globals.set("address", baseURL + wheel);
  return await python.runPythonAsync(
    "import micropip\\nawait micropip.install(address)\\nimport sample\\nsample.answer");
}
"""


@pytest.fixture(scope="module")
def wheel_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serves a bundle with micropip, and a wheel beside it."""
    folder = tmp_path_factory.mktemp("micropip")
    with serve_environment(folder, ["python", "micropip"]) as server:
        with zipfile.ZipFile(folder / "bundle" / WHEEL, "w") as archive:
            archive.writestr("sample.py", "answer = 42\n")
            archive.writestr("sample-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: sample\nVersion: 1.0\n")
            archive.writestr("sample-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
            archive.writestr("sample-1.0.dist-info/RECORD", "sample.py,,\n")
        yield server


def test_a_wheel(page: Page, wheel_server: Server) -> None:
    # Any document of the same origin will do.
    page.goto(wheel_server.url + "manifest.json")
    page.set_default_timeout(300_000)
    assert page.evaluate(SCRIPT, [wheel_server.url, WHEEL]) == 42
