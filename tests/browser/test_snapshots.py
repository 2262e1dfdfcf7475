"""Pages that go on from a snapshot, over hosts good and bad."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import environments
import pytest
from flaky import Break, Change, Fault, FlakyHost, Status, Truncate, flaky_host
from playwright.sync_api import Page
from test_demand import run

from wasmforge.bundle.bundle import bundle
from wasmforge.bundle.compression import Compression
from wasmforge.bundle.rules import Options

LOAD = "const python = await loadPython({ ...quiet, imports: ['numpy.linalg'] });\n"
# Whether it went on from the snapshot, code of it, and side modules that are not in it.
USE = """
return python.runPython(`
import sys
there = "numpy" in sys.modules
import numpy as np, numpy.fft
[there, float(np.linalg.det(np.eye(3))), float(np.abs(np.fft.fft(np.ones(8)))[0]), int(np.arange(7).sum())]
`).toJs();
"""
EXPECTED = [True, 1, 8, 21]
FAIL = (
    "const error = await failure(() => loadPython({ ...quiet, imports: ['numpy'] })); return [error.name, error.file];"
)
# Remember something wrong for these addresses.
PUT = """async ([urls, size]) => {
  const cache = await caches.open("wasmforge");
  for (const url of urls) await cache.put(url, new Response(new Uint8Array(size)));
}"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("snapshots")
    prefix = environments.create(folder / "prefix", ["python", "numpy"], [])
    bundle(prefix, folder / "bundle", options=Options(snapshots=(("numpy",),)), compression=Compression.NONE)
    return folder / "bundle"


@pytest.fixture
def host(folder: Path) -> Iterator[FlakyHost]:
    with flaky_host(folder) as host:
        yield host


@pytest.fixture
def snapshot(folder: Path) -> str:
    return json.loads((folder / "manifest.json").read_text())["snapshots"][0]["file"]


@pytest.mark.parametrize("jspi", [True, False], ids=["jspi", "plain"])
@pytest.mark.parametrize("place", ["page", "worker"])
def test_a_page_goes_on(page: Page, host: FlakyHost, snapshot: str, place: str, jspi: bool) -> None:
    assert run(page, host, LOAD + USE, place=place, jspi=jspi) == EXPECTED
    fetched = [request.file for request in host.requests]
    assert fetched.count(snapshot) == 1
    # Of NumPy's Python files only those that are not in the snapshot.
    archives = [file for file in fetched if file.startswith("packages/numpy-") and file.endswith(".tar")]
    assert [file for file in archives if "-fft-" not in file] == []


@pytest.mark.parametrize("place", ["page", "worker"])
def test_the_next_visit_remembers_it(page: Page, host: FlakyHost, snapshot: str, place: str) -> None:
    """As it is used, and of the bundle's former ones nothing."""
    old, other = f"{host.url}packages/old-0123456789abcdef.snapshot", "https://example.org/packages/other.snapshot"
    page.goto(host.url + "manifest.json")
    page.evaluate(PUT, [[old, other], 1])
    assert run(page, host, LOAD + USE, place=place) == EXPECTED
    assert remembered(page, until=host.url + snapshot) == {other, host.url + snapshot}
    host.requests.clear()
    host.fail_always(snapshot, Status(404))
    assert run(page, host, LOAD + USE, place=place) == EXPECTED
    assert host.of(snapshot) == []


def test_a_remembered_snapshot_of_another_size_is_not_used(page: Page, host: FlakyHost, snapshot: str) -> None:
    page.goto(host.url + "manifest.json")
    page.evaluate(PUT, [[host.url + snapshot], 1])
    assert run(page, host, LOAD + USE) == EXPECTED


def test_a_remembered_snapshot_that_is_damaged_is_not_used_twice(
    page: Page, host: FlakyHost, snapshot: str, folder: Path
) -> None:
    page.goto(host.url + "manifest.json")
    page.evaluate(PUT, [[host.url + snapshot], (folder / snapshot).stat().st_size])
    assert run(page, host, FAIL) == ["LoadError", snapshot]
    assert run(page, host, LOAD + USE) == EXPECTED


def remembered(page: Page, until: str) -> set[str]:
    """What pages remember for their next visit, once they remember `until`."""
    waiting = "async (url) => { while (!(await caches.match(url))) await new Promise((done) => setTimeout(done, 50)); }"
    page.evaluate(waiting, until)
    return set(page.evaluate("async () => (await (await caches.open('wasmforge')).keys()).map(({ url }) => url)"))


def test_the_program_waits_for_promises(page: Page, host: FlakyHost) -> None:
    """What suspends the stack and asyncio's loop begin anew in each page."""
    program = "import asyncio\nawait asyncio.sleep(0.01)\nfrom pyodide.ffi import to_js\nto_js([await asyncio.sleep(0.01, 42)])"
    assert run(page, host, LOAD + f"return await python.runPythonAsync({json.dumps(program)});") == [42]


def test_two_interpreters(page: Page, host: FlakyHost) -> None:
    code = """
    const [one, other] = await Promise.all([1, 2].map(() => loadPython({ ...quiet, imports: ["numpy"] })));
    one.runPython("import numpy as np; a = np.ones(3)");
    return [one.runPython("float(a.sum())"), other.runPython("import numpy as np; 'a' in globals()")];
    """
    assert run(page, host, code) == [3, False]


@pytest.mark.parametrize("fault", [Break(100_000), Truncate(100_000), Status(503), Change()], ids=str)
def test_another_try_succeeds(page: Page, host: FlakyHost, snapshot: str, fault: Fault) -> None:
    host.fail_once(snapshot, fault)
    assert run(page, host, LOAD + USE) == EXPECTED


def test_a_missing_snapshot_is_named(page: Page, host: FlakyHost, snapshot: str) -> None:
    host.fail_always(snapshot, Status(404))
    assert run(page, host, FAIL) == ["LoadError", snapshot]
    host.mend()
    assert run(page, host, LOAD + USE) == EXPECTED
