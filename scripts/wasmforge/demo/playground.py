"""Uses the playground in a browser like a visitor, for the demo's check and the tests."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page, expect

LOAD_TIMEOUT_MS = 120_000
RUN_TIMEOUT_MS = 60_000

PASTE = """(editor, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    // Firefox looks at data and dataType instead.
    const options = { clipboardData, data: text, dataType: "text/plain", bubbles: true, cancelable: true };
    editor.dispatchEvent(new ClipboardEvent("paste", options));
}"""


@dataclass
class Playground:
    """One open page. `problems` collects the errors in the browser's console."""

    page: Page
    problems: list[str] = field(default_factory=list)

    @classmethod
    def open(cls, page: Page, url: str) -> Playground:
        """Open the page and wait until Python and the editor are ready."""
        playground = cls(page)
        page.on("console", playground._note_console)
        page.on("pageerror", lambda error: playground.problems.append(str(error)))
        page.goto(url)
        playground.wait_for("ready")
        expect(page.locator("html")).to_have_attribute("data-editor", "ready")
        return playground

    @property
    def editor(self) -> Locator:
        return self.page.get_by_role("textbox", name="Python code")

    @property
    def console(self) -> Locator:
        return self.page.get_by_role("textbox", name="Console")

    @property
    def output(self) -> Locator:
        return self.page.get_by_role("region", name="Program output")

    @property
    def status(self) -> str:
        return self.page.locator("#status-text").inner_text()

    @property
    def state(self) -> str:
        """loading, ready, running, stopping or failed"""
        return self.page.locator("html").get_attribute("data-python") or "loading"

    def texts(self, kind: str) -> str:
        """All of the output of one kind: stdout, stderr, value, error or note."""
        return "".join(self.page.locator(f"#output pre.{kind}").all_text_contents())

    def choose(self, example: str) -> None:
        self.page.get_by_label("Example").select_option(label=example)

    def write(self, code: str) -> None:
        """Replace the program, as by pasting: typed text would be indented by the editor."""
        self.editor.click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.editor.evaluate(PASTE, code)

    def start(self) -> None:
        self.page.get_by_role("button", name="Run").click()

    def stop(self) -> None:
        self.page.get_by_role("button", name="Stop").click()

    def run(self, code: str | None = None) -> None:
        """Run the program, or `code`, to its end."""
        if code is not None:
            self.write(code)
        self.start()
        self.wait_for_end()

    def enter(self, code: str) -> None:
        """Type lines into the console, with Enter after each."""
        self.console.click()
        for line in code.splitlines():
            self.page.keyboard.type(line)
            self.page.keyboard.press("Enter")

    def wait_for(self, state: str, timeout_ms: int = LOAD_TIMEOUT_MS) -> None:
        expect(self.page.locator("html")).to_have_attribute("data-python", state, timeout=timeout_ms)

    def wait_for_end(self) -> None:
        expect(self.page.locator("#elapsed")).to_have_text(re.compile("^ran "), timeout=RUN_TIMEOUT_MS)

    def _note_console(self, message: object) -> None:
        if getattr(message, "type", "") in ("error", "warning"):
            self.problems.append(getattr(message, "text", ""))
