"""The playground's console, what `input()` asks for, and values shown as pictures or HTML."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from wasmforge.demo.playground import Playground

# One red pixel.
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="


@pytest.fixture
def playground(playground: Playground) -> Playground:
    """With an empty output and a fresh `__main__`."""
    playground.run("x = 20")
    playground.page.get_by_role("button", name="Clear").click()
    return playground


def expect_text(playground: Playground, kind: str, text: str) -> None:
    expect(playground.page.locator(f"#output pre.{kind}").last).to_have_text(text)


def test_console_knows_the_names_of_the_program(playground: Playground) -> None:
    playground.enter("x + 2")
    expect_text(playground, "entry", ">>> x + 2\n")
    expect_text(playground, "value", "22\n")
    playground.enter("_ * 2")
    expect_text(playground, "value", "44\n")


def test_block_ends_with_an_empty_line(playground: Playground) -> None:
    # The editor indents the second line and the third.
    playground.enter("for n in range(2):\nprint('n', n)")
    expect(playground.page.locator("#output .block")).to_have_count(0)
    playground.page.keyboard.press("Enter")
    expect_text(playground, "stdout", "n 0\nn 1\n")


def test_what_is_typed_ahead_runs_in_its_turn(playground: Playground) -> None:
    playground.enter("import time; time.sleep(0.3); 'slow'\nx + 1\nx + 2")
    expect_text(playground, "value", "22\n")
    assert playground.texts("value") == "'slow'\n21\n22\n"


def test_error_of_an_entry_leaves_the_editor_unmarked(playground: Playground) -> None:
    playground.enter("1 / 0")
    expect(playground.page.locator("#output pre.error")).to_contain_text("ZeroDivisionError: division by zero")
    expect(playground.page.locator("#output pre.error")).to_contain_text('File "<console')
    expect(playground.page.locator(".cm-error-line")).to_have_count(0)


def test_arrows_bring_entries_back(playground: Playground) -> None:
    playground.enter("first = 1\nsecond = 2")
    keyboard = playground.page.keyboard
    keyboard.type("draft")
    keyboard.press("ArrowUp")
    keyboard.press("ArrowUp")
    expect(playground.console).to_have_text("first = 1")
    keyboard.press("ArrowDown")
    keyboard.press("ArrowDown")
    expect(playground.console).to_have_text("draft")
    keyboard.press("ControlOrMeta+a")
    keyboard.press("Delete")


def test_names_are_completed_from_the_living_objects(playground: Playground) -> None:
    playground.enter("class Thing: only_here = 7")
    playground.page.keyboard.press("Enter")
    playground.enter("thing = Thing()")
    playground.wait_for("ready")
    playground.page.keyboard.type("thing.on")  # the dot opens the list
    expect(playground.page.locator(".cm-tooltip-autocomplete li[aria-selected]")).to_contain_text("only_here")
    playground.page.wait_for_timeout(300)  # a list that has just opened takes no keys for 75 ms
    playground.page.keyboard.press("Tab")
    expect(playground.console).to_have_text("thing.only_here")
    playground.page.keyboard.press("Enter")
    expect_text(playground, "value", "7\n")


def test_tab_leaves_an_empty_console(playground: Playground) -> None:
    playground.console.click()
    playground.page.keyboard.press("Tab")
    expect(playground.console).not_to_be_focused()


def test_input_is_asked_for_in_the_console(playground: Playground) -> None:
    playground.write("name = input('Who? ')\nprint('Hello', name)")
    playground.start()
    expect(playground.page.locator("#prompt")).to_have_text("input")
    expect_text(playground, "stdout", "Who? ")
    playground.enter("Zoë")
    playground.wait_for_end()
    assert playground.texts("stdout") == "Who? Hello Zoë\n"
    expect(playground.page.locator("#prompt")).to_have_text(">>>")


def test_stop_ends_the_wait_for_input(playground: Playground) -> None:
    playground.write("input()")
    playground.start()
    expect(playground.page.locator("#prompt")).to_have_text("input")
    playground.stop()
    expect(playground.page.locator("#output pre.error")).to_contain_text("KeyboardInterrupt")


def test_await_at_the_top_level(playground: Playground) -> None:
    playground.run("import asyncio\nawait asyncio.sleep(0.01)\nawait asyncio.sleep(0, 'slept')")
    assert playground.texts("value") == "'slept'\n"
    playground.run("import asyncio\nawait asyncio.sleep(0)\n1 / 0")
    assert playground.texts("error").startswith('Traceback (most recent call last):\n  File "main.py", line 3')


def test_stop_ends_an_await(playground: Playground) -> None:
    playground.write("import asyncio\nprint('begun')\nawait asyncio.sleep(1000)")
    playground.start()
    expect(playground.output).to_contain_text("begun")
    playground.stop()
    expect(playground.page.locator("#output pre.error")).to_contain_text("KeyboardInterrupt")
    playground.wait_for("ready")


def test_html_is_shown_in_a_frame_of_its_own(playground: Playground) -> None:
    playground.run(
        "class Table:\n"
        "    def _repr_html_(self):\n"
        "        return '<table><tr><td id=cell>5</td></tr></table><script>cell.append(\" and \" + origin)</script>'\n"
        "Table()"
    )
    frame = playground.page.frame_locator(".rich iframe")
    expect(frame.locator("#cell")).to_have_text("5 and null")  # its origin is not the page's
    height = "document.querySelector('.rich iframe').style.height"
    playground.page.wait_for_function(f"parseFloat({height}) > 10")


def test_picture_is_shown_where_the_text_has_got_to(playground: Playground) -> None:
    playground.run(
        f"import base64\nclass Pixel:\n    def _repr_png_(self):\n        return base64.b64decode('{PNG}')\n"
        "print('before')\ndisplay(Pixel(), 'text')\nprint('after')"
    )
    picture = playground.page.locator(".rich img")
    expect(picture).to_have_js_property("naturalWidth", 1)
    kinds = playground.page.locator("#output .block").evaluate_all("blocks => blocks.map(block => block.className)")
    assert [re.sub("^block ", "", kind) for kind in kinds] == ["stdout", "rich", "value", "stdout"]
