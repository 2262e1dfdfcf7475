"""The example pages, used as a visitor would."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from served import serve_environment

from wasmforge.host.serve import Server

# Shares of a picture's pixels: those that are neither white nor grey, and those that differ from another picture's.
COLORED = """async ([one, other]) => {
  const pixels = async (data) => {
    const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    context.drawImage(bitmap, 0, 0);
    return context.getImageData(0, 0, bitmap.width, bitmap.height).data;
  };
  const [a, b] = [await pixels(one), await pixels(other)];
  let [colored, different] = [0, 0];
  for (let at = 0; at < a.length; at += 4) {
    const [red, green, blue] = a.subarray(at, at + 3);
    if (Math.max(red, green, blue) - Math.min(red, green, blue) > 40) colored++;
    if (Math.abs(red - b[at]) + Math.abs(green - b[at + 1]) + Math.abs(blue - b[at + 2]) > 40) different++;
  }
  return [(4 * colored) / a.length, (4 * different) / a.length];
}"""

PACKAGES = ["matplotlib", "pandas", "scipy", "wasmforge-examples"]


@pytest.fixture(scope="module")
def examples_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serves the bundle of an environment with the example pages."""
    folder = tmp_path_factory.mktemp("examples")
    with serve_environment(folder, PACKAGES) as server:
        yield server


class Example:
    """One page. `problems`: errors that nobody caught."""

    def __init__(self, page: Page, server: Server, name: str) -> None:
        self.page = page
        self.problems: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.goto(f"{server.url}{name}.html")
        expect(page.locator("html")).to_have_attribute("data-python", "ready", timeout=120_000)

    def slide(self, name: str, value: float) -> None:
        self.page.locator(f"#{name}").fill(f"{value:g}")

    def compare(self, locator: Locator, before: bytes) -> tuple[float, float]:
        """The share of coloured pixels now, and of those that are not as before."""
        now = locator.screenshot(animations="disabled")
        encoded = [base64.b64encode(data).decode() for data in (now, before)]
        colored, different = self.page.evaluate(COLORED, encoded)
        return colored, different


@pytest.fixture
def wide(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme="light")
    yield context.new_page()
    context.close()


def test_city_is_a_surface_that_turns(wide: Page, examples_server: Server) -> None:
    if not wide.evaluate("document.createElement('canvas').getContext('webgl2') !== null"):
        # Firefox without a screen, which a machine without Xvfb gives it, has no renderer for it.
        wide.goto(f"{examples_server.url}density.html")
        expect(wide.locator("#status-text")).to_contain_text("the browser has no WebGL 2", timeout=120_000)
        pytest.skip("this browser has no WebGL 2, as the page says")
    example = Example(wide, examples_server, "density")
    surface, count = wide.locator("#surface"), wide.locator("#count")
    expect(count).to_have_text("1,000,000 calls")
    wide.wait_for_timeout(500)
    first = surface.screenshot()
    colored, _ = example.compare(surface, first)
    assert colored > 0.1

    example.slide("first", 20)
    expect(count).not_to_have_text("1,000,000 calls")
    wide.locator("#kind").select_option("Noise")
    expect(count).to_contain_text("calls")
    wide.wait_for_timeout(500)
    second = surface.screenshot()
    assert example.compare(surface, first)[1] > 0.01

    box = surface.bounding_box()
    assert box
    wide.mouse.move(box["x"] + 200, box["y"] + 200)
    wide.mouse.down()
    wide.mouse.move(box["x"] + 400, box["y"] + 230, steps=4)
    wide.mouse.up()
    wide.wait_for_timeout(300)
    assert example.compare(surface, second)[1] > 0.05
    assert example.problems == []


def test_bands_are_filtered_and_drawn(wide: Page, examples_server: Server) -> None:
    example = Example(wide, examples_server, "bands")
    plot, count, rows = wide.locator("#plot"), wide.locator("#count"), wide.locator("#table tbody tr")
    expect(count).to_have_text("4000 bands")
    expect(rows).to_have_count(8)
    wide.wait_for_timeout(500)
    everything = plot.screenshot()
    assert example.compare(plot, everything)[0] > 0.05

    wide.locator("#query").fill("otters")
    wide.locator("#genre").select_option("Drone pop")
    expect(rows.first).to_contain_text("Otters")
    expect(rows.first).to_contain_text("Drone pop")
    expect(count).not_to_have_text("4000 bands")
    wide.wait_for_timeout(500)
    assert example.compare(plot, everything)[1] > 0.02
    # What Plotly holds are the numbers of the table.
    drawn = wide.evaluate("[...document.getElementById('plot').data[0].x.slice(0, 8)]")
    assert drawn == [float(row.split("\t")[3]) for row in rows.all_inner_texts()]
    assert example.problems == []


def test_distribution_follows_the_sliders(wide: Page, examples_server: Server) -> None:
    example = Example(wide, examples_server, "log-normal")
    figure = wide.locator(".matplotlib-figure").locator("canvas")
    expect(figure).to_be_visible()
    wide.wait_for_timeout(500)
    before = figure.screenshot()
    assert example.compare(figure, before)[0] > 0.05
    example.slide("sigma", 1.2)
    example.slide("mu", 1.0)
    wide.wait_for_timeout(1000)
    assert example.compare(figure, before)[1] > 0.05
    assert example.problems == []


def test_playground_leads_to_them(wide: Page, examples_server: Server) -> None:
    wide.goto(examples_server.url)
    wide.get_by_role("link", name="More examples").click()
    expect(wide).to_have_title("Log-normal explorer")
