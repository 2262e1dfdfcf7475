"""What visits cost: requests and bytes of a first visit, a second one, and one without a network."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import brotli
import environments
import pytest
from flaky import FlakyHost, flaky_host
from playwright.sync_api import Browser, Page
from test_runtime import IN_PAGE, PRELUDE

from wasmforge.bundle.bundle import bundle
from wasmforge.bundle.compression import Compression
from wasmforge.bundle.rules import Options
from wasmforge.demo.playground import Playground

# A real bundle has 11, which takes minutes.
QUALITY = 4
PROGRAMS = {
    "start": "6 * 7",
    "import numpy": "import numpy",
    "from scipy import optimize": "from scipy import optimize",
}


@dataclass
class Cost:
    requests: int
    sent: int
    files: set[str]


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlakyHost]:
    """Serves a bundle with SciPy, compressed."""
    folder = tmp_path_factory.mktemp("visits")
    prefix = environments.create(folder / "prefix", ["python", "scipy", "wasmforge-playground"], [])
    bundle(prefix, folder / "bundle", compression=Compression.NONE)
    kinds = (".tar", ".wasm", ".mjs", ".json")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(pack, [path for path in (folder / "bundle").rglob("*") if path.suffix in kinds]))
    with flaky_host(folder / "bundle") as host:
        yield host


def pack(path: Path) -> None:
    path.with_name(path.name + ".br").write_bytes(brotli.compress(path.read_bytes(), quality=QUALITY))


def visit(page: Page, host: FlakyHost, program: str) -> Cost:
    """What running a program in a page takes besides the page's own document."""
    # Any document of the same origin will do.
    page.goto(host.url + "pyodide-lock.json")
    page.set_default_timeout(120_000)
    host.requests.clear()
    body = f"const python = await loadPython(quiet); await python.runPythonAsync({json.dumps(program)});"
    page.evaluate(IN_PAGE, PRELUDE % json.dumps(host.url) + body)
    made = [request for request in host.requests if request.file != "favicon.ico"]
    return Cost(len(made), sum(request.sent for request in made), {request.file for request in made})


def test_each_program_costs_what_it_needs(browser: Browser, packed: FlakyHost) -> None:
    costs = {}
    for name, program in PROGRAMS.items():
        context = browser.new_context()
        costs[name] = visit(context.new_page(), packed, program)
        context.close()
        print(f"| `{name}` | {costs[name].requests} | {costs[name].sent / 1000:,.0f} |")
    start, numpy, optimize = costs.values()
    manifest = json.loads((packed.folder / "manifest.json").read_text())
    needed = {"bootstrap.mjs", "manifest.json", manifest["index"]["file"]}
    needed |= {record["file"] for records in (manifest["runtime"], manifest["base"]) for record in records.values()}
    assert start.files == needed and start.requests == len(needed), "each file once, and no other"
    index = json.loads((packed.folder / manifest["index"]["file"]).read_text())
    parts = {part["archive"]["file"]: part["package"] for part in index["parts"] if "archive" in part}
    assert numpy.files > start.files
    assert {parts[file] for file in numpy.files & parts.keys()} == {"numpy", "python"}
    assert not [file for file in numpy.files if "scipy" in file]
    assert optimize.files > numpy.files
    for cost in costs.values():
        assert cost.requests == len(cost.files), "each file once"
    # Sent compressed, and less than all of it.
    total = sum(path.stat().st_size for path in packed.folder.rglob("*.br"))
    assert start.sent < numpy.sent < optimize.sent < total * 0.75
    assert start.sent < sum((packed.folder / file).stat().st_size for file in start.files) / 2


def test_a_second_visit_asks_only_what_may_have_changed(page: Page, packed: FlakyHost) -> None:
    first = visit(page, packed, "import numpy")
    page.goto("about:blank")
    second = visit(page, packed, "import numpy")
    assert second.files <= {"manifest.json", "bootstrap.mjs"} and "manifest.json" in second.files
    assert {request.status for request in packed.requests} == {304}
    assert second.sent == 0 < first.sent


def test_a_visit_without_a_network(browser: Browser, prefix: Path, tmp_path: Path) -> None:
    bundle(prefix, tmp_path / "bundle", options=Options(offline=True), compression=Compression.NONE)
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(120_000)
    with flaky_host(tmp_path / "bundle") as host:
        Playground.open(page, host.url)
        page.wait_for_function("navigator.serviceWorker.ready.then((found) => found.active.state === 'activated')")
    with pytest.raises(Exception, match="ERR_CONNECTION_REFUSED|NS_ERROR|NetworkError|net::|Failed|fetch"):
        page.evaluate("(url) => fetch(url, { mode: 'no-cors' })", host.url.replace("127.0.0.1", "localhost"))
    page.reload()
    playground = Playground(page)
    playground.wait_for("ready")
    playground.run("import numpy\nint(numpy.arange(7).sum())")
    assert playground.texts("value") == "21\n"
    context.close()
