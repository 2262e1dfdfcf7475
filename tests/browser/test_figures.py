"""Matplotlib's figures, used as a visitor would: with Python in the playground's worker and in the page itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from served import open_empty, serve_environment

from wasmforge.bundle.rules import Options
from wasmforge.demo.playground import Playground
from wasmforge.host.serve import Server

RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)

PIXEL = """(canvas, [x, y]) => {
  // By way of another canvas: Chromium warns of reading from one that is for showing.
  const copy = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, -Math.floor(x * canvas.width), -Math.floor(y * canvas.height));
  return [...copy.getImageData(0, 0, 1, 1).data];
}"""

LOAD = """async ([baseURL, options]) => {
  const { loadPython } = await import(baseURL + "bootstrap.mjs");
  globalThis.python = await loadPython({ baseURL, ...options, stdout: (line) => lines.push(line) });
}"""

RECORD = """() => {
  globalThis.saved = null;
  HTMLAnchorElement.prototype.click = async function () {
    const bytes = new Uint8Array(await (await fetch(this.href)).arrayBuffer());
    saved = [this.download, String.fromCharCode(...bytes.subarray(0, 50), ...bytes.subarray(-50))];
  };
}"""

# The slider is 0.8 of the figure wide and tells the colour of what is above it.
SLIDER = """
import matplotlib.pyplot as plt
from matplotlib.widgets import Slider

figure = plt.figure()
patch = figure.add_artist(plt.Rectangle((0, 0.5), 1, 0.5, color="blue", transform=figure.transFigure))
slider = Slider(figure.add_axes((0.1, 0.1, 0.8, 0.1)), "", 0, 100, valinit=0)


@slider.on_changed
def _(value):
    patch.set_color("red" if value > 50 else "blue")
    print(f"value {value:.0f}")


plt.show()
"""


@dataclass
class Figure:
    """One figure in a page."""

    page: Page
    element: Locator

    @property
    def canvas(self) -> Locator:
        return self.element.locator("canvas")

    @property
    def frames(self) -> int:
        return int(self.element.get_attribute("data-frames") or 0)

    @property
    def pixel_size(self) -> list[int]:
        return self.canvas.evaluate("(canvas) => [canvas.width, canvas.height]")

    def button(self, name: str) -> Locator:
        return self.element.get_by_role("button", name=name, exact=True)

    def pixel(self, x: float, y: float) -> tuple[int, ...]:
        """The colour at a place given as shares of the figure's width and height, from the top left."""
        return tuple(self.canvas.evaluate(PIXEL, [x, y])[:3])

    def wait_for_pixel(self, x: float, y: float, color: tuple[int, ...]) -> None:
        for _ in range(100):
            if self.pixel(x, y) == color:
                return
            self.page.wait_for_timeout(50)
        assert self.pixel(x, y) == color

    def wait_for_frames(self, count: int) -> None:
        for _ in range(200):
            if self.frames >= count:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"{self.frames} frames instead of {count}")

    def point(self, x: float, y: float) -> tuple[float, float]:
        box = self.canvas.bounding_box()
        assert box
        return box["x"] + x * box["width"], box["y"] + y * box["height"]

    def click(self, x: float, y: float) -> None:
        self.canvas.scroll_into_view_if_needed()
        self.page.mouse.click(*self.point(x, y))

    def drag(self, begin: tuple[float, float], end: tuple[float, float]) -> None:
        mouse = self.page.mouse
        self.canvas.scroll_into_view_if_needed()
        mouse.move(*self.point(*begin))
        mouse.down()
        mouse.move(*self.point(*end), steps=5)
        mouse.up()


@pytest.fixture(scope="module")
def figures_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serves the bundle of an environment with Matplotlib and the playground, and a snapshot of Matplotlib."""
    folder = tmp_path_factory.mktemp("figures")
    options = Options(snapshots=(("matplotlib.pyplot",),))
    with serve_environment(folder, ["python", "matplotlib", "wasmforge-playground"], options) as server:
        yield server


@pytest.fixture(scope="module")
def opened(browser: Browser, figures_server: Server) -> Iterator[Playground]:
    """The playground with Matplotlib, instead of the one of the default environment."""
    context = browser.new_context(viewport={"width": 1800, "height": 1000})
    yield Playground.open(context.new_page(), figures_server.url)
    context.close()


@pytest.fixture(scope="module")
def in_page(browser: Browser, figures_server: Server) -> Iterator[Page]:
    """A page with Python in its own thread."""
    context = browser.new_context(viewport={"width": 1000, "height": 900})
    page = context.new_page()
    page.set_default_timeout(120_000)
    open_empty(page, figures_server.url)
    page.evaluate("globalThis.lines = []")
    page.evaluate(LOAD, [figures_server.url, {"packages": ["matplotlib"]}])
    yield page
    context.close()


def run(playground: Playground, code: str) -> Figure:
    """Run a program in the playground; its first figure."""
    playground.run(code)
    return first(playground.page)


def run_in_page(page: Page, code: str) -> Figure:
    page.evaluate("document.body.replaceChildren(); lines.length = 0")
    page.evaluate("(code) => void python.runPython(code)", f"import matplotlib.pyplot as plt\nplt.close('all')\n{code}")
    return first(page)


def first(page: Page) -> Figure:
    figure = Figure(page, page.locator(".matplotlib-figure").first)
    expect(figure.canvas).to_be_visible()
    figure.wait_for_frames(1)
    return figure


def save(figure: Figure, format: str) -> tuple[str, bytes]:
    """Press a button that saves; the file's name and content. Playwright is not told of Firefox's downloads."""
    figure.page.evaluate(RECORD)
    figure.button(f"Save as {format.upper()}").click()
    figure.page.wait_for_function("globalThis.saved")
    name, content = figure.page.evaluate("saved")
    return name, content.encode("latin-1")


def wait_for_line(page: Page, line: str) -> None:
    page.wait_for_function("(line) => lines.includes(line)", arg=line)


def test_a_figure_is_shown_with_its_names(playground: Playground) -> None:
    figure = run(
        playground,
        "import matplotlib.pyplot as plt\n"
        "plt.figure(facecolor='red').suptitle('Hues')\n"
        "plt.axes((0.25, 0.25, 0.5, 0.5), facecolor='blue').set_xlabel('wave length')\n"
        "plt.show()\n",
    )
    assert figure.pixel(0.1, 0.9) == RED and figure.pixel(0.5, 0.5) == BLUE
    assert figure.pixel_size == [640, 480]
    expect(figure.canvas).to_have_attribute("aria-label", "Figure 1: Hues, wave length")
    expect(figure.element.get_by_role("toolbar")).to_have_attribute("aria-label", "Tools of Figure 1")


def test_a_slider_is_dragged(playground: Playground) -> None:
    figure = run(playground, SLIDER)
    figure.wait_for_pixel(0.5, 0.25, BLUE)
    figure.drag((0.2, 0.85), (0.7, 0.85))
    figure.wait_for_pixel(0.5, 0.25, RED)
    expect(playground.output).to_contain_text("value 75")


def test_zoom_pan_and_the_way_back(playground: Playground) -> None:
    figure = run(
        playground,
        "import matplotlib.pyplot as plt\n"
        "axes = plt.figure().add_axes((0, 0, 1, 1), xlim=(0, 100), ylim=(0, 100))\n"
        "axes.callbacks.connect('xlim_changed', lambda axes: print('from %.0f to %.0f' % axes.get_xlim()))\n"
        "plt.show()\n",
    )
    expect(figure.button("Back")).to_have_attribute("aria-disabled", "true")
    figure.button("Zoom").click()
    expect(figure.button("Zoom")).to_have_attribute("aria-pressed", "true")
    figure.drag((0.25, 0.25), (0.75, 0.75))
    expect(playground.output).to_contain_text("from 25 to 75")
    figure.button("Pan").click()
    expect(figure.button("Zoom")).to_have_attribute("aria-pressed", "false")
    figure.drag((0.25, 0.5), (0.75, 0.5))
    expect(playground.output).to_contain_text("from 0 to 50")
    figure.button("Back").click()
    expect(figure.button("Forward")).to_have_attribute("aria-disabled", "false")
    figure.button("Home").click()
    expect(playground.output).to_contain_text("from 0 to 100")


def test_the_wheel_zooms_with_ctrl_and_else_reaches_the_program(playground: Playground) -> None:
    figure = run(
        playground,
        "import matplotlib.pyplot as plt\n"
        "figure = plt.figure()\n"
        "axes = figure.add_axes((0, 0, 1, 1), xlim=(0, 100), ylim=(0, 100))\n"
        "axes.callbacks.connect('xlim_changed', lambda axes: print('narrower', axes.get_xlim()[1] < 100))\n"
        "figure.canvas.mpl_connect('scroll_event', lambda event: print('wheel', event.button))\n"
        "plt.show()\n",
    )
    playground.page.mouse.move(*figure.point(0.5, 0.5))
    playground.page.mouse.wheel(0, -100)
    expect(playground.output).to_contain_text("wheel up")
    playground.page.keyboard.down("Control")
    playground.page.mouse.wheel(0, -100)
    playground.page.keyboard.up("Control")
    expect(playground.output).to_contain_text("narrower True")


@pytest.mark.parametrize(("format", "begin"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_saving(playground: Playground, format: str, begin: bytes) -> None:
    figure = run(playground, "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2])\nplt.show()\n")
    name, content = save(figure, format)
    assert name == f"Figure_1.{format}" and content.startswith(begin)


def test_an_animation_goes_on_and_ends_with_the_next_program(playground: Playground) -> None:
    figure = run(
        playground,
        "import matplotlib.pyplot as plt\n"
        "from matplotlib.animation import FuncAnimation\n"
        "figure = plt.figure()\n"
        "patch = figure.add_axes((0, 0, 1, 1)).add_patch(plt.Rectangle((0, 0), 1, 1))\n"
        "def step(frame):\n"
        "    patch.set_color('blue' if frame < 20 else 'red')\n"
        "    return [patch]\n"
        "film = FuncAnimation(figure, step, frames=25, interval=20, repeat=False, blit=True)\n"
        "plt.show()\n",
    )
    figure.wait_for_pixel(0.5, 0.5, RED)
    assert figure.frames > 10
    playground.run("print('next')")
    expect(playground.page.locator(".matplotlib-figure")).to_have_count(0)
    playground.run("import matplotlib.pyplot as plt\nprint(plt.get_fignums(), plt.get_backend())")
    expect(playground.output).to_contain_text("[] module://matplotlib_wasmforge")


def test_a_program_that_never_pauses_shows_what_it_draws(playground: Playground) -> None:
    playground.write(
        "import time, matplotlib.pyplot as plt\n"
        "figure = plt.figure()\n"
        "for color in ['blue', 'red']:\n"
        "    figure.set_facecolor(color)\n"
        "    plt.show()\n"
        "    time.sleep(1.5)\n"
        "print('end')\n"
    )
    playground.start()
    figure = Figure(playground.page, playground.page.locator(".matplotlib-figure"))
    expect(figure.canvas).to_be_visible()
    figure.wait_for_pixel(0.5, 0.5, BLUE)
    assert playground.state == "running"
    figure.wait_for_pixel(0.5, 0.5, RED)
    playground.wait_for_end()


def test_two_figures_and_closing_one(playground: Playground) -> None:
    run(
        playground,
        "import matplotlib.pyplot as plt\n"
        "for color in ['red', 'blue']:\n"
        "    plt.figure(color, facecolor=color)\n"
        "plt.show()\n",
    )
    figures = playground.page.locator(".matplotlib-figure")
    expect(figures).to_have_count(2)
    for number, color in enumerate([RED, BLUE]):
        Figure(playground.page, figures.nth(number)).wait_for_pixel(0.5, 0.5, color)
    figures.nth(0).locator("canvas").click()
    playground.page.keyboard.press("q")
    expect(figures).to_have_count(1)
    expect(figures.locator("canvas")).to_have_attribute("aria-label", "blue")


def test_a_button_is_clicked(playground: Playground) -> None:
    figure = run(
        playground,
        "import matplotlib.pyplot as plt\n"
        "from matplotlib.widgets import Button\n"
        "figure = plt.figure(facecolor='blue')\n"
        "button = Button(figure.add_axes((0.4, 0.1, 0.2, 0.2)), 'Paint')\n"
        "def paint(event):\n"
        "    figure.set_facecolor('red')\n"
        "    figure.canvas.draw_idle()\n"
        "button.on_clicked(paint)\n"
        "plt.show()\n",
    )
    figure.wait_for_pixel(0.5, 0.3, BLUE)
    figure.click(0.9, 0.1)
    figure.click(0.5, 0.8)
    figure.wait_for_pixel(0.5, 0.3, RED)


def test_a_pause_shows_the_figure_and_lets_events_in(playground: Playground) -> None:
    playground.write(
        "import matplotlib.pyplot as plt\n"
        "figure = plt.figure(facecolor='blue')\n"
        "clicks = []\n"
        "figure.canvas.mpl_connect('button_press_event', clicks.append)\n"
        "while not clicks:\n"
        "    plt.pause(0.1)\n"
        "figure.set_facecolor('red')\n"
        "plt.pause(0.1)\n"
        "print('clicked', len(clicks))\n"
    )
    playground.start()
    figure = first(playground.page)
    figure.wait_for_pixel(0.5, 0.5, BLUE)
    assert playground.state == "running"
    figure.click(0.5, 0.5)
    playground.wait_for_end()
    expect(playground.output).to_contain_text("clicked 1")
    figure.wait_for_pixel(0.5, 0.5, RED)


def test_points_are_asked_for(playground: Playground) -> None:
    playground.write(
        "import matplotlib.pyplot as plt\n"
        "figure = plt.figure()\n"
        "axes = figure.add_axes((0, 0, 1, 1))\n"
        "points = plt.ginput(2, timeout=0)\n"
        "print('points', [(round(float(x), 1), round(float(y), 1)) for x, y in points])\n"
    )
    playground.start()
    figure = first(playground.page)
    for x, y in [(0.2, 0.1), (0.7, 0.6)]:
        figure.click(x, y)
        playground.page.wait_for_timeout(300)
    playground.wait_for_end()
    expect(playground.output).to_contain_text("points [(0.2, 0.9), (0.7, 0.4)]")


def test_the_toolbar_is_light_or_dark_as_the_page(playground: Playground) -> None:
    figure = run(playground, "import matplotlib.pyplot as plt\nplt.figure(facecolor='white')\nplt.show()\n")
    for scheme, color in [("dark", "rgb(213, 218, 226)"), ("light", "rgb(36, 41, 47)")]:
        # Not by emulation, which not every browser has: what the page says decides.
        playground.page.evaluate("(scheme) => (document.documentElement.style.colorScheme = scheme)", scheme)
        expect(figure.button("Home")).to_have_css("color", color)
        figure.wait_for_pixel(0.5, 0.5, WHITE)
    playground.page.evaluate("document.documentElement.style.colorScheme = ''")


def test_keys_reach_the_program(playground: Playground) -> None:
    figure = run(
        playground,
        "import matplotlib.pyplot as plt\n"
        "plt.figure().canvas.mpl_connect('key_press_event', lambda event: print('key', event.key))\n"
        "plt.show()\n",
    )
    figure.canvas.focus()
    for key in ("a", "Shift+B", "Control+ArrowLeft", "Shift+Enter"):
        playground.page.keyboard.press(key)
    for name in ("key a", "key B", "key ctrl+left", "key shift+enter"):
        expect(playground.output).to_contain_text(name)
    # The Tab key leaves the figure for its toolbar, in which arrows move.
    playground.page.keyboard.press("Tab")
    expect(figure.button("Home")).to_be_focused()
    playground.page.keyboard.press("ArrowLeft")
    expect(figure.button("Save as PDF")).to_be_focused()


def test_resizing(playground: Playground) -> None:
    figure = run(
        playground,
        "import matplotlib.pyplot as plt\n"
        "figure = plt.figure(facecolor='red')\n"
        "figure.canvas.mpl_connect('resize_event', lambda event: print('size', *figure.get_size_inches()))\n"
        "plt.show()\n",
    )
    # What the browser does when the handle is dragged.
    size = {"width": "300px", "height": "200px"}
    figure.element.locator(".frame").evaluate("(frame, size) => Object.assign(frame.style, size)", size)
    expect(playground.output).to_contain_text("size 3.0 2.0")
    for _ in range(100):
        if figure.pixel_size == [300, 200]:
            break
        playground.page.wait_for_timeout(50)
    assert figure.pixel_size == [300, 200] and figure.pixel(0.5, 0.5) == RED


def test_it_is_sharp_on_a_dense_screen_and_fits_a_narrow_one(browser: Browser, figures_server: Server) -> None:
    context = browser.new_context(viewport={"width": 420, "height": 800}, device_scale_factor=2)
    playground = Playground.open(context.new_page(), figures_server.url)
    figure = run(playground, "import matplotlib.pyplot as plt\nplt.figure(facecolor='red')\nplt.show()\n")
    for _ in range(100):
        box = figure.canvas.bounding_box()
        if box and abs(figure.pixel_size[0] - 2 * box["width"]) <= 2:
            break
        playground.page.wait_for_timeout(50)
    assert box and box["width"] < 420
    assert figure.pixel_size == pytest.approx([2 * box["width"], 2 * box["height"]], abs=3)
    assert figure.pixel(0.5, 0.5) == RED
    context.close()


def test_in_the_page_itself(in_page: Page) -> None:
    figure = run_in_page(in_page, SLIDER)
    figure.wait_for_pixel(0.5, 0.25, BLUE)
    figure.drag((0.2, 0.85), (0.7, 0.85))
    figure.wait_for_pixel(0.5, 0.25, RED)
    wait_for_line(in_page, "value 75")


@pytest.mark.parametrize("name", ["wasm_backend", "html5_canvas_backend"])
def test_pyodides_names_of_the_backend(in_page: Page, name: str) -> None:
    use = f"import matplotlib\nmatplotlib.use('module://matplotlib_pyodide.{name}')\n"
    figure = run_in_page(in_page, use + SLIDER)
    figure.wait_for_pixel(0.5, 0.25, BLUE)


@pytest.mark.parametrize("jspi", [True, False], ids=["jspi", "plain"])
def test_from_a_snapshot(page: Page, figures_server: Server, jspi: bool) -> None:
    open_empty(page, figures_server.url)
    page.set_default_timeout(120_000)
    page.evaluate("globalThis.lines = []" if jspi else "globalThis.lines = []; delete WebAssembly.Suspending")
    page.evaluate(LOAD, [figures_server.url, {"imports": ["matplotlib.pyplot"]}])
    assert page.evaluate("python.runPython('import sys; \"matplotlib.pyplot\" in sys.modules')")
    figure = run_in_page(page, SLIDER)
    figure.wait_for_pixel(0.5, 0.25, BLUE)
    figure.drag((0.2, 0.85), (0.7, 0.85))
    figure.wait_for_pixel(0.5, 0.25, RED)
    wait_for_line(page, "value 75")


def test_a_first_figure_from_a_snapshot_reads_no_further_files(page: Page, figures_server: Server) -> None:
    open_empty(page, figures_server.url)
    page.set_default_timeout(120_000)
    page.evaluate("globalThis.lines = []")
    page.evaluate(LOAD, [figures_server.url, {"imports": ["matplotlib.pyplot"]}])
    fetched = "performance.getEntriesByType('resource').map(({ name }) => name.split('/').pop())"
    before = page.evaluate(fetched)
    run_in_page(page, "plt.plot([1, 3, 2])\nplt.show()")
    assert set(page.evaluate(fetched)) - set(before) == {"figures.mjs"}


def test_an_animation_in_the_page_itself(in_page: Page) -> None:
    figure = run_in_page(
        in_page,
        "from matplotlib.animation import FuncAnimation\n"
        "figure, axes = plt.subplots()\n"
        "(line,) = axes.plot([0, 1], [0, 1])\n"
        "film = FuncAnimation(figure, lambda frame: line.set_ydata([frame / 100, 1]), frames=100, interval=10)\n"
        "plt.show()\n",
    )
    figure.wait_for_frames(10)
    assert b"</svg>" in save(figure, "svg")[1]
    in_page.evaluate("python.runPython('plt.close()')")
    expect(in_page.locator(".matplotlib-figure")).to_have_count(0)


def test_a_callback_that_fails_says_so_and_the_figure_lives(in_page: Page) -> None:
    figure = run_in_page(
        in_page,
        "import sys\nsys.stderr = sys.stdout\n"
        "figure = plt.figure(facecolor='blue')\n"
        "def press(event):\n"
        "    figure.set_facecolor('red')\n"
        "    figure.canvas.draw_idle()\n"
        "    1 / 0\n"
        "figure.canvas.mpl_connect('button_press_event', press)\n"
        "plt.show()\n",
    )
    figure.click(0.5, 0.5)
    wait_for_line(in_page, "ZeroDivisionError: division by zero")
    figure.wait_for_pixel(0.5, 0.5, RED)
