"""The doodle page: Python handles the mouse in the page's own thread."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from wasmforge.host.serve import Server

PAINTED = """() => {
    const { width, height } = canvas;
    return canvas.getContext("2d").getImageData(0, 0, width, height).data.filter((value, at) => at % 4 === 3 && value).length;
}"""


def open_page(page: Page, server: Server) -> list[str]:
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(server.url + "doodle.html")
    expect(page.locator("html")).to_have_attribute("data-python", "ready", timeout=60_000)
    return problems


def draw(page: Page) -> None:
    box = page.locator("#canvas").bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 140, box["y"] + 90, steps=5)
    page.mouse.up()


def test_mouse_draws_a_line(page: Page, server: Server) -> None:
    problems = open_page(page, server)
    assert page.evaluate(PAINTED) == 0
    draw(page)
    expect(page.locator("#output")).to_contain_text("stroke 1: ended at (140, 90)")
    assert page.evaluate(PAINTED) > 200
    # Driven through BiDi, Firefox makes no double click of two clicks.
    page.locator("#canvas").dispatch_event("dblclick")
    page.wait_for_function(f"({PAINTED})() === 0")
    assert problems == []


def test_changed_program_replaces_the_old_one(page: Page, server: Server) -> None:
    problems = open_page(page, server)
    editor = page.get_by_role("textbox", name="Python code")
    editor.press("ControlOrMeta+Home")
    page.keyboard.type("print('mine')\n")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#output")).to_contain_text("mine")
    draw(page)
    # The listeners of the first run are gone: one stroke is one line of output.
    expect(page.locator("#output pre.stdout")).to_have_text("mine\nstroke 1: ended at (140, 90)\n")
    assert problems == []
