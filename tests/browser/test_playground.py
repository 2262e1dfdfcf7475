"""The playground as a visitor uses it, in Chromium and Firefox."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import brotli
import pytest
from playwright.sync_api import Page, expect

from wasmforge.demo.playground import Playground
from wasmforge.host.serve import Server, start

ENDLESS = "print('begun')\nwhile True: pass"


def begin_endless(playground: Playground) -> None:
    playground.write(ENDLESS)
    playground.start()
    expect(playground.output).to_contain_text("begun")


def test_typed_code_runs_and_shows_the_last_value(playground: Playground) -> None:
    playground.editor.click()
    playground.page.keyboard.press("ControlOrMeta+a")
    playground.page.keyboard.type("x = [n ** 2 for n in range(4)]\nprint('sum', sum(x))\nx")
    playground.page.keyboard.press("Control+Enter")
    playground.wait_for_end()
    assert playground.texts("stdout") == "sum 14\n"
    assert playground.texts("value") == "[0, 1, 4, 9]\n"


def test_typed_block_is_indented_and_brackets_close(playground: Playground) -> None:
    playground.editor.click()
    playground.page.keyboard.press("ControlOrMeta+a")
    playground.page.keyboard.type("for i in range(3):\nprint(i)")
    playground.page.keyboard.press("Shift+Enter")
    playground.wait_for_end()
    assert playground.texts("stdout") == "0\n1\n2\n"


def test_output_and_error_output_are_told_apart(playground: Playground) -> None:
    playground.run("import sys\nprint('out')\nprint('err', file=sys.stderr)\nprint('äöü 🐍')")
    assert playground.texts("stdout") == "out\näöü 🐍\n"
    assert playground.texts("stderr") == "err\n"
    assert playground.output.inner_text().split() == ["out", "err", "äöü", "🐍"]
    expect(playground.page.get_by_label("standard error")).to_have_text("err\n")


def test_error_shows_its_traceback_and_marks_the_line(playground: Playground) -> None:
    playground.run("def half(n):\n    return n / 0\n\nprint('before')\nhalf(3)")
    error = playground.texts("error")
    first = 'Traceback (most recent call last):\n  File "main.py", line 5, in <module>\n    half(3)\n'
    assert error.startswith(first)
    assert error.endswith("ZeroDivisionError: division by zero\n")
    assert "playground" not in error, "frames of the page's own code are shown"
    assert playground.texts("stdout") == "before\n"
    expect(playground.page.locator(".cm-error-line")).to_have_text("    return n / 0")
    playground.editor.press("#")
    expect(playground.page.locator(".cm-error-line")).to_have_count(0)


def test_syntax_error_names_the_line(playground: Playground) -> None:
    playground.run("x = 1\nif x\n    pass")
    assert "SyntaxError: expected ':'" in playground.texts("error")
    expect(playground.page.locator(".cm-error-line")).to_have_text("if x")


def test_ways_to_end_a_program(playground: Playground) -> None:
    playground.run("import sys; sys.exit(3)")
    assert playground.texts("note") == "The program ended with exit code 3.\n"
    playground.run("x = 1")
    assert playground.texts("note") == "The program ended without output.\n"
    playground.run("import nowhere")
    assert "ModuleNotFoundError: No module named 'nowhere'" in playground.texts("error")


def test_each_run_starts_with_fresh_names(playground: Playground) -> None:
    playground.run("left_over = 1")
    playground.run("'left_over' in globals(), __name__")
    assert playground.texts("value") == "(False, '__main__')\n"


def test_stop_interrupts_a_loop_and_keeps_python(playground: Playground) -> None:
    playground.run("import sys\nsys.kept = 'still here'")
    begin_endless(playground)
    playground.stop()
    expect(playground.page.locator("#output pre.error")).to_contain_text("KeyboardInterrupt")
    playground.wait_for("ready")
    playground.run("import sys\nsys.kept")
    assert playground.texts("value") == "'still here'\n"


def test_program_can_catch_the_interrupt(playground: Playground) -> None:
    playground.write("print('begun')\ntry:\n    while True: pass\nexcept KeyboardInterrupt:\n    print('caught')")
    playground.start()
    expect(playground.output).to_contain_text("begun")
    playground.stop()
    playground.wait_for_end()
    assert playground.texts("stdout") == "begun\ncaught\n"


def test_program_that_ignores_stop_is_ended_by_a_restart(playground: Playground) -> None:
    playground.write(
        "print('begun')\nwhile True:\n    try:\n        while True: pass\n    except KeyboardInterrupt: pass"
    )
    playground.start()
    expect(playground.output).to_contain_text("begun")
    playground.stop()
    playground.page.get_by_role("button", name="Restart").click()
    expect(playground.page.locator("#output pre.note")).to_contain_text("Python was restarted")
    playground.wait_for("ready")
    playground.run("1 + 1")
    assert playground.texts("value") == "2\n"
    # Firefox says of a worker that ends on a stack that could be suspended: uncaught undefined.
    playground.problems[:] = [problem for problem in playground.problems if problem != "undefined"]


def test_stop_restarts_python_where_the_page_is_not_isolated(page: Page, bundle_dir: Path) -> None:
    with start(bundle_dir, isolated=False) as server:
        playground = Playground.open(page, server.url)
        assert page.evaluate("crossOriginIsolated") is False
        begin_endless(playground)
        playground.stop()
        expect(page.locator("#output pre.note")).to_have_text("Python was restarted to stop the program.\n")
        playground.wait_for("ready")
        playground.run("1 + 1")
        assert playground.texts("value") == "2\n"
        assert playground.problems == []


def test_flood_of_output_does_not_freeze_the_page(playground: Playground) -> None:
    playground.page.evaluate(
        """() => {
            globalThis.ticks = 0;
            globalThis.ticking = setInterval(() => { ticks += 1; }, 10);
        }"""
    )
    playground.run("for i in range(100_000): print('line', i)")
    expect(playground.page.locator("#output pre.stdout").last).to_contain_text("line 99999")
    assert playground.page.evaluate("clearInterval(ticking), ticks") > 10
    lines = playground.texts("stdout").splitlines()
    assert lines == [f"line {i}" for i in range(100_000)]


def test_output_is_there_when_the_end_is_told(playground: Playground) -> None:
    playground.page.evaluate(
        """() => {
            const shown = () => { globalThis.shown = document.getElementById("output").textContent; };
            const elapsed = document.getElementById("elapsed");
            new MutationObserver(() => elapsed.textContent && shown()).observe(elapsed, { childList: true });
        }"""
    )
    playground.run("for i in range(500): print('line', i)\n1 / 0")
    assert playground.page.evaluate("shown").endswith("line 499\n" + playground.texts("error"))


def test_endless_output_can_be_stopped(playground: Playground) -> None:
    playground.write("while True: print('x' * 200)")
    playground.start()
    expect(playground.output).to_contain_text("xxx")
    playground.page.wait_for_timeout(1500)
    playground.stop()
    expect(playground.page.locator("#output pre.error")).to_contain_text("KeyboardInterrupt")
    assert len(playground.texts("stdout")) < 9 << 20


def test_output_appears_while_the_program_runs(playground: Playground) -> None:
    begin_endless(playground)
    expect(playground.page.locator("html")).to_have_attribute("data-python", "running")
    playground.stop()
    playground.wait_for("ready")


def test_keyboard_alone_is_enough(page: Page, server: Server) -> None:
    playground, keyboard = Playground.open(page, server.url), page.keyboard

    def focus_moves_to(name: str) -> None:
        keyboard.press("Tab")
        expect(page.locator(":focus")).to_have_accessible_name(name)

    focus_moves_to("Doodle")
    focus_moves_to("Example")
    focus_moves_to("Stop")
    keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_accessible_name(re.compile("^Run"))
    focus_moves_to("Python code")
    keyboard.press("ControlOrMeta+a")
    keyboard.type(ENDLESS)
    keyboard.press("Control+Enter")
    expect(playground.output).to_contain_text("begun")
    keyboard.press("Escape")
    focus_moves_to("Copy")
    focus_moves_to("Clear")
    focus_moves_to("Program output")
    for _ in range(5):  # Clear, Copy, the editor, Run, Stop
        keyboard.press("Shift+Tab")
    expect(page.locator(":focus")).to_have_accessible_name("Stop")
    keyboard.press("Enter")
    playground.wait_for("ready")
    expect(page.locator(":focus")).to_have_accessible_name("Stop")


def test_results_are_announced(playground: Playground) -> None:
    playground.run("print('hello')")
    expect(playground.page.get_by_role("status")).to_have_text("hello\n")
    playground.run("for i in range(1000): print(i)")
    expect(playground.page.get_by_role("status")).to_contain_text("1000 lines of output")
    playground.run("1 / 0")
    expect(playground.page.get_by_role("alert")).to_have_text("Error. ZeroDivisionError: division by zero")


def test_program_survives_a_reload(playground: Playground) -> None:
    playground.write("print('mine')")
    playground.page.reload()
    playground.wait_for("ready")
    expect(playground.editor).to_have_text("print('mine')")
    expect(playground.page.get_by_label("Example")).to_have_value("")


def test_run_pressed_while_loading_runs_afterwards(page: Page, server: Server) -> None:
    page.goto(server.url)
    page.get_by_role("button", name="Run").click()
    playground = Playground(page)
    playground.wait_for_end()
    assert playground.texts("value").startswith("array(")


@pytest.mark.parametrize(
    "example", ["NumPy: fit a curve", "NumPy: Mandelbrot set", "Classes and patterns", "SQLite in memory"]
)
def test_examples_run(playground: Playground, example: str) -> None:
    playground.choose(example)
    playground.run()
    assert playground.texts("error") == ""
    assert playground.texts("stdout").count("\n") >= 2


def test_versions_are_shown(playground: Playground) -> None:
    expect(playground.page.locator("#versions")).to_have_text(re.compile(r"^Python 3\.13\.\d+ · NumPy 2\.\d+\.\d+$"))
    assert re.match(r"Ready.* \d+\.\d\d s$", playground.status)


def test_missing_file_is_named_and_loading_can_be_retried(page: Page, bundle_dir: Path, tmp_path: Path) -> None:
    broken = tmp_path / "bundle"
    shutil.copytree(bundle_dir, broken)
    wasm = next(broken.glob("python-*.wasm"))
    hidden = [path.rename(tmp_path / path.name) for path in broken.glob(wasm.name + "*")]
    with start(broken) as server:
        page.goto(server.url)
        playground = Playground(page)
        playground.wait_for("failed")
        expect(page.locator("#output pre.error")).to_contain_text(wasm.name)
        for path in hidden:
            path.rename(broken / path.name)
        page.get_by_role("button", name="Retry").click()
        playground.wait_for("ready")


def test_precompressed_files_are_taken(page: Page, bundle_dir: Path, tmp_path: Path) -> None:
    packed = tmp_path / "bundle"
    shutil.copytree(bundle_dir, packed)
    for file in [path for path in packed.rglob("*") if path.suffix in (".html", ".js", ".mjs", ".wasm", ".tar")]:
        file.with_name(file.name + ".br").write_bytes(brotli.compress(file.read_bytes(), quality=1))
        file.write_bytes(b"the compressed file was to be sent")
    with start(packed) as server:
        playground = Playground.open(page, server.url)
        playground.run("import numpy; numpy.arange(3)")
        assert playground.texts("value") == "array([0, 1, 2])\n"


def test_phone_width_has_no_sideways_scroll(playground: Playground) -> None:
    before = playground.page.viewport_size
    assert before
    playground.page.set_viewport_size({"width": 360, "height": 740})
    assert playground.page.evaluate("document.documentElement.scrollWidth") <= 360
    for name in ("Run", "Stop"):
        box = playground.page.get_by_role("button", name=name).bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 360
    playground.page.set_viewport_size(before)
