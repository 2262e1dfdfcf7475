"""Interpreters that a page drops are freed, with all their memory."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from wasmforge.host.serve import Server

ONCE = """
async ([baseURL, crash]) => {
  const { loadPython } = await import(baseURL + "bootstrap.mjs");
  const python = await loadPython({ baseURL, stderr: () => {} });
  python.runPython("kept = bytearray(b'x') * (50 << 20)");
  if (crash) try { python.runPython("import ctypes; ctypes.string_at(0x70000000, 64)"); } catch {}
  (globalThis.dropped ??= []).push(new WeakRef(python.FS));
}
"""
ALIVE = "() => dropped.filter((ref) => ref.deref()).length"


def load(page: Page, server: Server, times: int, crash: bool) -> int:
    """Load and drop an interpreter so often; return how many of them the page still holds."""
    page.goto(server.url + "manifest.json")
    for _ in range(times):
        page.evaluate(ONCE, [server.url, crash])
        page.request_gc()
    page.wait_for_timeout(200)
    page.request_gc()
    return page.evaluate(ALIVE)


@pytest.mark.parametrize("crash", [False, True], ids=["used", "crashed"])
def test_a_page_frees_dropped_interpreters(page: Page, server: Server, crash: bool) -> None:
    assert load(page, server, 5, crash) <= 1


@pytest.mark.slow
def test_a_page_loads_fifty_in_turn(page: Page, server: Server) -> None:
    assert load(page, server, 50, False) <= 1
