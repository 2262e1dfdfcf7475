"""loadPython in Chromium and Firefox: in a page's main thread and in a module worker."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from wasmforge.host.serve import Server, start

RECURSION = Path(__file__).parents[1] / "wasm/recursion.py"

# Both run `body`, which sees loadPython, quiet, lines and failure, and give back what it returns.
PRELUDE = """
const baseURL = %s;
const { loadPython } = await import(baseURL + "bootstrap.mjs");
const lines = [];
const quiet = { baseURL, stdout: (line) => lines.push(line), stderr: (line) => lines.push(line) };
const failure = async (work) => { try { await work(); } catch (error) { return error; } throw new Error("no error"); };
"""

IN_PAGE = "(body) => new (Object.getPrototypeOf(async () => {}).constructor)(body)()"

IN_WORKER = """
(body) => new Promise((resolve, reject) => {
  const source = `const run = async () => { ${body} };
    run().then((value) => postMessage({ value }), (error) => postMessage({ error: String(error.stack ?? error) }));`;
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module" });
  worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data.value));
  worker.onerror = (event) => reject(new Error(event.message));
})
"""

RunJS = Callable[..., Any]


def visit(page: Page, server: Server) -> None:
    # Any document of the same origin will do.
    page.goto(server.url + "manifest.json")
    page.set_default_timeout(300_000)


@pytest.fixture(params=["page", "worker"])
def run_js(request: pytest.FixtureRequest, page: Page, server: Server) -> RunJS:
    visit(page, server)
    script = IN_PAGE if request.param == "page" else IN_WORKER
    return lambda body: page.evaluate(script, PRELUDE % json.dumps(server.url) + body)


def test_python_runs(run_js: RunJS) -> None:
    body = r"""
        const python = await loadPython(quiet);
        const error = await failure(() => python.runPython("1/0"));
        python.runPython("import sys\nprint('out')\nprint('err', file=sys.stderr)");
        return [python.runPython("2 + 3"), String(python.runPython("2**70")), python.runPython("'é€😀'"), error.type, lines, python.version];
    """
    *values, version = run_js(body)
    assert values == [5, str(2**70), "é€😀", "ZeroDivisionError", ["out", "err"]]
    assert version.startswith("3.13.")


def test_what_came_late_can_be_imported_at_once(run_js: RunJS) -> None:
    body = """
        const python = await loadPython(quiet);
        const before = performance.now();
        python.runPython("import asyncio, xml.dom.minidom, unittest.mock");
        return (performance.now() - before) / 1000;
    """
    assert run_js(body) < 15  # seconds: a browser that waits for its own cache gives up after 20


class OneAtATime(SimpleHTTPRequestHandler):
    """A plain host: no compression, no cache, and a connection for each answer."""

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize("precompressed", [True, False])
def test_a_host_that_answers_one_request_at_a_time(page: Page, damaged: Path, precompressed: bool) -> None:
    for archive in (damaged / "packages").glob("*.tar"):
        compressed = archive.with_name(archive.name + ".gz")
        compressed.unlink(missing_ok=True)
        if precompressed:
            compressed.write_bytes(gzip.compress(archive.read_bytes(), 1))
    with HTTPServer(("127.0.0.1", 0), partial(OneAtATime, directory=damaged)) as host:
        Thread(target=host.serve_forever).start()
        try:
            url = f"http://127.0.0.1:{host.server_port}/"
            page.goto(url + "manifest.json")
            body = (
                PRELUDE % json.dumps(url)
                + "return (await loadPython({ ...quiet, complete: true })).runPython('import asyncio, xml.dom.minidom; 6 * 7');"
            )
            assert page.evaluate(IN_PAGE, body) == 42
        finally:
            page.goto("about:blank")
            host.shutdown()


def test_numpy(run_js: RunJS) -> None:
    body = r"""
        const python = await loadPython(quiet);
        const program = "import numpy as np\nfloat(np.linalg.solve([[2.0, 0.0], [0.0, 4.0]], [1.0, 1.0]).sum())";
        await python.loadPackagesFromImports(program);
        return python.runPython(program);
    """
    assert run_js(body) == 0.75


def test_recursion_ends_in_an_exception(run_js: RunJS) -> None:
    body = f"""
        const python = await loadPython(quiet);
        python.runPython({json.dumps(RECURSION.read_text())});
        return lines;
    """
    assert run_js(body) == ["survived"]


def test_an_interrupt_stops_a_loop(page: Page, server: Server) -> None:
    visit(page, server)
    body = r"""
        const python = await loadPython(quiet);
        const buffer = new Uint8Array(new SharedArrayBuffer(1));
        python.setInterruptBuffer(buffer);
        const source = "onmessage = ({ data }) => { setTimeout(() => (data[0] = 2), 300); postMessage('armed'); };";
        const other = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
        // A worker starts only while this one is idle.
        await new Promise((resolve) => {
          other.onmessage = resolve;
          other.postMessage(buffer);
        });
        const error = await failure(() => python.runPython("while True: pass"));
        return [error.type, python.runPython("1 + 1")];
    """
    assert page.evaluate(IN_WORKER, PRELUDE % json.dumps(server.url) + body) == ["KeyboardInterrupt", 2]


@pytest.mark.parametrize(
    ("damage", "says"), [("missing", "is missing"), ("truncated", "is truncated"), ("changed", "is damaged")]
)
@pytest.mark.parametrize("part", ["wasm", "glue", "archive"])
def test_a_damaged_file_is_named_and_the_next_try_succeeds(
    browser: Browser, damaged: Path, part: str, damage: str, says: str
) -> None:
    manifest = json.loads((damaged / "manifest.json").read_text())
    name = manifest["base"]["python"]["file"] if part == "archive" else manifest["runtime"][part]["file"]
    file = damaged / name
    whole = file.read_bytes()
    for compressed in (file.with_name(file.name + ".br"), file.with_name(file.name + ".gz")):
        compressed.unlink(missing_ok=True)
    if damage == "missing":
        file.unlink()
    elif damage == "truncated":
        file.write_bytes(whole[:-1000])
    else:
        file.write_bytes(whole[:1000] + bytes(byte ^ 1 for byte in whole[1000:1100]) + whole[1100:])
    context = browser.new_context()
    with start(damaged) as server:
        page = context.new_page()
        visit(page, server)
        page.evaluate(IN_PAGE, PRELUDE % json.dumps(server.url) + "globalThis.loadPython = loadPython;")
        message = page.evaluate(
            "async (baseURL) => { try { await loadPython({ baseURL }) } catch (e) { return `${e.name}: ${e.message}` } }",
            server.url,
        )
        assert message.startswith(f"LoadError: {name} {says}")
        file.write_bytes(whole)
        # Although the file's name promised the browser that it would never change.
        value = page.evaluate("async (baseURL) => (await loadPython({ baseURL })).runPython('6 * 7')", server.url)
        assert value == 42
    context.close()
