"""A page that loads a bundle of another origin, as from a CDN."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Page

PAGE = b"<!doctype html><title>Another origin</title>"
SCRIPT = """
async (address) => {
  const script = Object.assign(document.createElement("script"), { src: address });
  await new Promise((resolve, reject) => {
    Object.assign(script, { onload: resolve, onerror: reject });
    document.head.append(script);
  });
  return (await loadPyodide()).runPython("1 + 1");
}
"""
WORKER = """
(address) => new Promise((resolve, reject) => {
  const source = `importScripts("${address}"); loadPyodide().then((py) => postMessage(py.runPython("1 + 1")), (error) => postMessage(String(error)))`;
  const worker = new Worker(URL.createObjectURL(new Blob([source])));
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = reject;
})
"""


class Cdn(SimpleHTTPRequestHandler):
    """Any page may use its files."""

    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".mjs": "text/javascript", ".wasm": "application/wasm"}

    def do_GET(self) -> None:
        if self.path != "/page.html":
            return super().do_GET()
        # Not a page that Playwright makes up: Chromium would not let that use a local address.
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(PAGE)

    def end_headers(self) -> None:
        self.send_header("Access-Control-Allow-Origin", "*")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def cdn(bundle_dir: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Cdn, directory=bundle_dir)) as server:
        Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.mark.parametrize("program", [SCRIPT, WORKER], ids=["page", "worker"])
def test_pyodide_js_finds_its_module(page: Page, cdn: str, program: str) -> None:
    address = cdn.replace("127.0.0.1", "localhost") + "page.html"  # another origin
    page.goto(address)
    assert page.evaluate(program, f"{cdn}pyodide.js") == 2
