"""The bar of progress.mjs: shown while files come in, and only then."""

from __future__ import annotations

from pathlib import Path

from flaky import flaky_host
from playwright.sync_api import Page, expect
from served import open_empty

# What the bar shows over time: -1 while it is hidden, else per cent.
LOAD = """async (baseURL) => {
  const { loadPython } = await import(baseURL + "bootstrap.mjs");
  const { ProgressBar } = await import(baseURL + "progress.mjs");
  globalThis.bar = new ProgressBar();
  const element = document.querySelector("[role=progressbar]");
  globalThis.seen = [];
  const note = () => seen.push(element.hidden ? -1 : Number(element.getAttribute("aria-valuenow")));
  new MutationObserver(note).observe(element, { attributes: true, attributeFilter: ["hidden", "aria-valuenow"] });
  globalThis.python = await loadPython({ baseURL, onProgress: bar.update });
}"""


def test_a_bar_over_the_page(page: Page, bundle_dir: Path) -> None:
    page.set_default_timeout(120_000)
    with flaky_host(bundle_dir) as host:
        open_empty(page, host.url)
        page.evaluate(LOAD, host.url)
        bar = page.get_by_role("progressbar", include_hidden=True)
        expect(bar).to_be_hidden()
        at_start = page.evaluate("seen.splice(0)")
        assert at_start[-2:] == [100, -1]
        page.evaluate("python.runPythonAsync('import numpy')")
        expect(bar).to_be_hidden()
        at_import = page.evaluate("seen.splice(0)")
        assert at_import[0] >= 0 and at_import[-2:] == [100, -1], "shown again"
    page.evaluate("bar.start()")
    expect(bar).not_to_have_attribute("hidden", "")
    page.evaluate("bar.update({ name: 'half', loaded: 1, total: 2 })")
    page.wait_for_function(
        "document.querySelector('[role=progressbar]').getBoundingClientRect().width === innerWidth / 2"
    )
    page.evaluate("bar.finish()")
    expect(bar).to_be_hidden()
