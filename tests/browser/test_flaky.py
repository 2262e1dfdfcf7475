"""A host that fails for once, or for a while: the right result after all, or an error that names the file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flaky import Break, Change, Fault, FlakyHost, Slow, Status, Truncate, flaky_host
from playwright.sync_api import Page

# What the tests of this file do in a page or a worker, which keep `python` for one another's next step.
STEPS = """
const told = (error) => ({ name: error.name, type: error.type, file: error.file, message: error.message });
const steps = {
  async load({ baseURL, jspi }) {
    if (!jspi) delete WebAssembly.Suspending;
    const { loadPython } = await import(baseURL + "bootstrap.mjs");
    globalThis.python = await loadPython({ baseURL });
    return python.runPython("6 * 7");
  },
  run({ program }) {
    return python.runPythonAsync(program);
  },
  package({ name }) {
    return python.loadPackage(name);
  },
  state() {
    const places = python.runPython("import site; site.getsitepackages()[0]");
    return { loaded: Object.keys(python.loadedPackages), files: python.FS.readdir(places).slice(2) };
  },
};
globalThis.step = (name, options) => (async () => steps[name](options))().then((value) => ({ value }), (error) => ({ error: told(error) }));
"""
WORKER = "onmessage = async ({ data: [name, options] }) => postMessage(await step(name, options));"
START_WORKER = """
(source) => {
  const worker = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })), { type: "module" });
  globalThis.step = (...request) => new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.postMessage(request);
  });
}
"""
IMPORT = "import numpy as np\nint(np.arange(7).sum()) * 2"
TRY_IMPORT = f"""
def attempt():
    try:
        exec({IMPORT!r})
    except ImportError as error:
        return str(error)
attempt()
"""

ONCE = [Break(5000), Truncate(5000), Status(503), Change(), Slow(4 << 20)]
LASTING = [Break(5000), Truncate(5000), Status(404), Status(503), Change()]


def name_of(fault: Fault) -> str:
    return " ".join(str(part) for part in (type(fault).__name__.lower(), *vars(fault).values()))


@dataclass
class Bundle:
    """The files of the bundle that are made to fail."""

    folder: Path

    def __post_init__(self) -> None:
        manifest = json.loads((self.folder / "manifest.json").read_text())
        index = json.loads((self.folder / manifest["index"]["file"]).read_text())
        self.index = manifest["index"]["file"]
        self.glue = manifest["runtime"]["glue"]["file"]
        self.wasm = manifest["runtime"]["wasm"]["file"]
        self.base = manifest["base"]["python"]["file"]
        self.numpy = next(part["archive"]["file"] for part in index["parts"] if "numpy" in part["modules"])
        self.module = next(
            one["file"] for one in index["modules"] if one.get("name") == "numpy._core._multiarray_umath"
        )

    def size(self, file: str) -> int:
        return (self.folder / file).stat().st_size


@pytest.fixture(scope="module")
def files(bundle_dir: Path) -> Bundle:
    return Bundle(bundle_dir)


@pytest.fixture
def host(bundle_dir: Path) -> Iterator[FlakyHost]:
    with flaky_host(bundle_dir) as host:
        yield host


class Interpreter:
    """A page's thread, or a worker of it, in which Python is loaded and asked."""

    def __init__(self, page: Page, host: FlakyHost, *, worker: bool = False, jspi: bool = True) -> None:
        self.page, self.url, self.jspi = page, host.url, jspi
        page.set_default_timeout(120_000)
        page.goto(host.url + "manifest.json")
        if worker:
            page.evaluate(START_WORKER, STEPS + WORKER)
        else:
            page.evaluate(f"() => {{ {STEPS} }}")

    def step(self, what: str, **options: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.page.evaluate("([name, options]) => step(name, options)", [what, options])
        return answer

    def load(self) -> dict[str, Any]:
        return self.step("load", baseURL=self.url, jspi=self.jspi)

    def run(self, program: str) -> dict[str, Any]:
        return self.step("run", program=program)

    def check_without_numpy(self) -> None:
        """Nothing of NumPy is there, whatever came in."""
        state = self.step("state")["value"]
        assert state["loaded"] == []
        assert [name for name in state["files"] if name.startswith("numpy")] == []


@pytest.mark.parametrize("fault", ONCE, ids=name_of)
def test_one_fault_of_each_file_is_got_over(page: Page, host: FlakyHost, files: Bundle, fault: Fault) -> None:
    python = Interpreter(page, host)
    faulty = [files.index, files.glue, files.wasm, files.base, files.numpy, files.module]
    for file in faulty:
        host.fail_once(file, fault)
    assert python.load() == {"value": 42}
    assert python.run(IMPORT) == {"value": 42}
    for file in faulty:
        assert len(host.of(file)) >= (1 if isinstance(fault, Slow) else 2), file


@pytest.mark.parametrize("fault", LASTING, ids=name_of)
def test_a_lasting_fault_is_told_and_the_next_try_succeeds(
    page: Page, host: FlakyHost, files: Bundle, fault: Fault
) -> None:
    python = Interpreter(page, host)
    host.fail_always(files.base, fault)
    error = python.load()["error"]
    assert (error["name"], error["file"]) == ("LoadError", files.base)
    assert error["message"].startswith(f"{files.base} is ")
    host.mend()
    assert python.load() == {"value": 42}

    host.fail_always(files.module, fault)
    error = python.step("package", name="numpy")["error"]
    assert (error["name"], error["file"]) == ("LoadError", files.module)
    python.check_without_numpy()
    message = python.run(TRY_IMPORT).get("value")
    assert message and message.startswith(f"numpy could not be loaded: {files.module} is ")
    python.check_without_numpy()
    host.mend()
    assert python.run(IMPORT) == {"value": 42}


@pytest.mark.parametrize("fault", [Status(503), Truncate(5000), Change(), Break(5000)], ids=name_of)
def test_faults_of_an_import_that_cannot_wait(page: Page, host: FlakyHost, files: Bundle, fault: Fault) -> None:
    python = Interpreter(page, host, worker=True, jspi=False)
    assert python.load() == {"value": 42}
    program = f"import importlib\nimportlib.import_module('numpy')\n{IMPORT}"  # not seen before it runs
    for file in (files.numpy, files.module):
        host.fail_always(file, fault)
        error = python.run(program.replace("import numpy as np\n", ""))["error"]
        assert error["type"] == "ImportError", error
        assert f"numpy could not be loaded: {file} " in error["message"]
        python.check_without_numpy()
        host.mend()
    for file in (files.numpy, files.module):
        host.fail_once(file, fault)
    assert python.run(program) == {"value": 42}


@pytest.mark.parametrize("what", ["manifest.json", "index"])
def test_lists_that_are_not_complete(page: Page, host: FlakyHost, files: Bundle, what: str) -> None:
    python = Interpreter(page, host)
    file = files.index if what == "index" else what
    host.fail_always(file, Truncate(1000))
    if what == "index":  # not needed to start
        assert python.load() == {"value": 42}
        assert python.run(TRY_IMPORT)["value"].startswith(f"numpy could not be loaded: {file} is truncated")
        host.mend()
        assert python.run(IMPORT) == {"value": 42}
        return
    assert python.load()["error"]["message"] == "manifest.json is not complete, or is not JSON"
    host.mend()
    assert python.load() == {"value": 42}


def test_a_broken_connection_is_continued(page: Page, host: FlakyHost, files: Bundle) -> None:
    python = Interpreter(page, host)
    size = files.size(files.wasm)
    host.fail_once(files.wasm, Break(size // 2, pause=2), Break(size // 4, pause=2))
    host.fail_once(files.numpy, Break(files.size(files.numpy) // 2, pause=2))
    assert python.load() == {"value": 42}
    assert python.run(IMPORT) == {"value": 42}
    for file, requests in ((files.wasm, 3), (files.numpy, 2)):
        asked = host.of(file)
        assert len(asked) == requests
        assert all((one.range or "").startswith("bytes=") for one in asked[1:]), asked
        assert sum(one.sent for one in asked) <= files.size(file) * 1.25


@pytest.mark.parametrize("status", [200, 416])
def test_a_host_that_cannot_continue_sends_anew(page: Page, host: FlakyHost, files: Bundle, status: int) -> None:
    python = Interpreter(page, host)
    host.range_status = status
    host.fail_once(files.wasm, Break(files.size(files.wasm) // 2))
    assert python.load() == {"value": 42}
    assert len(host.of(files.wasm)) <= 3  # the first, what cannot be continued, and the whole


def test_no_host_at_all(page: Page, host: FlakyHost, files: Bundle) -> None:
    """As when the network is away: every connection is closed before a byte was sent."""
    python = Interpreter(page, host)
    assert python.load() == {"value": 42}
    for file in (files.numpy, files.module):
        host.fail_always(file, Break(0))
    error = python.step("package", name="numpy")["error"]
    assert error["name"] == "LoadError" and error["file"] in (files.numpy, files.module)
    python.check_without_numpy()
    host.mend()
    assert python.run(IMPORT) == {"value": 42}
