"""Arrays and data frames in Chromium and Firefox, which have Float16Array; node is tested in tests/wasm."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from wasmforge.host.serve import Server

SCRIPT = """
async ([baseURL, source]) => {
  const module = { exports: {} };
  new Function("module", "exports", source)(module, module.exports);
  const arrow = module.exports;
  const { loadPython } = await import(baseURL + "bootstrap.mjs");
  const python = await loadPython({ baseURL, packages: ["numpy"] });
  python.runPython("import numpy as np; a = np.arange(12.0).reshape(3, 4)");
  const view = python.runPython("a[::-1, ::2]").getBuffer();
  const half = python.runPython("np.array([0.5, -2], 'f2')").getBuffer();
  python.runPython("large = bytearray(1 << 28); a[2, 2] = 99");
  const table = new arrow.Table({ x: arrow.vectorFromArray([1.5, null], new arrow.Float64()), s: arrow.vectorFromArray(["a", "b"], new arrow.Utf8()) });
  const back = python.toArrow(python.fromArrow(table), arrow);
  python.globals.set("pixels", new ImageData(2, 1).data);
  return [view.data[view.offset + view.strides[1]], view.dtype, half.data.constructor.name, [...half.data],
    [...back.getChild("x")], [...back.getChild("s")], python.runPython("str(np.asarray(pixels).dtype) + pixels.to_memoryview().format")];
}
"""


def test_arrays_and_data_frames(page: Page, server: Server, node_modules: Path) -> None:
    # Any document of the same origin will do.
    page.goto(server.url + "manifest.json")
    page.set_default_timeout(300_000)
    arrow = (node_modules / "apache-arrow/Arrow.es2015.min.js").read_text()
    shown = page.evaluate(SCRIPT, [server.url, arrow])
    assert shown == [99, "float64", "Float16Array", [0.5, -2], [1.5, None], ["a", "b"], "uint8B"]
