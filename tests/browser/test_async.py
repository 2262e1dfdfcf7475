"""Waiting without await in Chromium and Firefox, in the page's main thread and in a worker: both have JSPI."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page

from wasmforge.host.serve import Server

RECURSION = Path(__file__).parents[1] / "wasm/recursion.py"

# Run in a page or a worker.
BODY = """
const baseURL = %s, recursion = %s;
const { loadPython } = await import(baseURL + "bootstrap.mjs");
const lines = [];
const python = await loadPython({ baseURL, stdout: (line) => lines.push(line), stderr: (line) => lines.push(line) });
globalThis.later = (ms, value) => new Promise((resolve) => setTimeout(resolve, ms, value));
let ticks = 0;
const clock = setInterval(() => ticks++, 10);
const seen = JSON.parse(await python.runPythonAsync(`
import asyncio, json, time
from js import fetch, later
from pyodide.ffi import can_run_sync, run_sync
time.sleep(0.3)
async def both():
    return run_sync(later(5, 1)), await asyncio.sleep(0.001, 2)
response = run_sync(fetch("${baseURL}manifest.json"))
result = [can_run_sync(), asyncio.run(both()), run_sync(response.json()).python[:4], await later(1, 3)]
async with asyncio.timeout(5):
    for _ in range(100):
        await asyncio.sleep(0)
json.dumps(result)`));
clearInterval(clock);
const interrupt = new Uint8Array(new SharedArrayBuffer(1));
python.setInterruptBuffer(interrupt);
setTimeout(() => (interrupt[0] = 2), 50);
const error = await python.runPythonAsync("time.sleep(1000)").catch((error) => error);
await python.runPythonAsync(recursion);
return [seen, ticks >= 5, error.type, lines];
"""

IN_PAGE = "(body) => new (Object.getPrototypeOf(async () => {}).constructor)(body)()"

IN_WORKER = """
(body) => new Promise((resolve, reject) => {
  const source = "(async () => {" + body + "})().then((value) => postMessage({ value }), (error) => postMessage({ error: String(error.stack ?? error) }));";
  const worker = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })), { type: "module" });
  worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data.value));
  worker.onerror = (event) => reject(new Error(event.message));
})
"""


@pytest.mark.parametrize("place", ["page", "worker"])
def test_waiting_leaves_the_page_alive(page: Page, server: Server, place: str) -> None:
    page.goto(server.url + "manifest.json")
    page.set_default_timeout(300_000)
    body = BODY % (json.dumps(server.url), json.dumps(RECURSION.read_text()))
    shown = page.evaluate(IN_PAGE if place == "page" else IN_WORKER, body)
    assert shown == [[True, [1, 2], "3.13", 3], True, "KeyboardInterrupt", ["survived"]]
