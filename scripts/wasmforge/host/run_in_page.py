"""Runs a Python command line in a headless browser; the page is in page/."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
import signal
import sys
import tarfile
import tempfile
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path

from playwright.async_api import Error, Page, async_playwright

from wasmforge.bundle.bundle import bundle
from wasmforge.bundle.compression import Compression
from wasmforge.common.errors import UsageError, WasmforgeError
from wasmforge.common.temporary import temporary_folder
from wasmforge.host.browser import Engine, launch_options
from wasmforge.host.python_command import PythonCommand
from wasmforge.host.serve import start

INTERRUPTED = 128 + signal.SIGINT
MAX_SCRIPT_FOLDER = 64 << 20  # bytes


@dataclass(frozen=True)
class Task:
    """What the page is to run: page/launcher.py reads it.

    kind: "script", "-c" or "-m"; target: path, code or module name; argv: sys.argv; folder: where the
    files of files.tar belong, None when there are none.
    """

    kind: str
    target: str
    argv: list[str]
    cwd: str
    folder: str | None

    @classmethod
    def parse(cls, args: list[str]) -> Task:
        """Raises UsageError for options of Python that only the command line knows."""
        cwd = os.getcwd()
        said = PythonCommand.parse(args)
        if said.options or not said.kind:
            raise UsageError(f"in a browser, Python takes SCRIPT, -c CODE or -m MODULE, not {args[0]}")
        if said.kind != "script":
            return cls(said.kind, said.target, [said.kind, *said.arguments], cwd, None)
        script = Path(said.target).absolute()
        if not script.is_file():
            raise UsageError(f"there is no script {said.target}")
        return cls("script", str(script), args, cwd, str(script.parent))


def run_in_page(prefix: Path, engine: Engine, args: list[str]) -> int:
    """See run.run."""
    task = Task.parse(args)
    with temporary_folder(prefix="wasmforge-run-") as work:
        folder = work / "bundle"
        bundle(prefix, folder, compression=Compression.NONE)
        # A name that no page of the environment has.
        page = Path(tempfile.mkdtemp(dir=folder, prefix="run-"))
        _add_page(page, task)
        with start(folder) as server:
            return asyncio.run(_drive(f"{server.url}{page.name}/", engine))


def _add_page(folder: Path, task: Task) -> None:
    with resources.as_file(resources.files("wasmforge.host").joinpath("page")) as pages:
        shutil.copytree(pages, folder, dirs_exist_ok=True)
    (folder / "task.json").write_text(json.dumps(asdict(task)))
    with tarfile.open(folder / "files.tar", "w") as tar:
        if task.folder is not None:
            _add_files(tar, Path(task.folder))


def _add_files(tar: tarfile.TarFile, folder: Path) -> None:
    """Add the folder's files without hidden ones. Raises WasmforgeError for a folder too large for a program."""
    size = 0
    for path, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "__pycache__")
        for name in sorted(files):
            file = Path(path, name)
            if name.startswith(".") or not file.is_file():
                continue
            size += file.stat().st_size
            if size > MAX_SCRIPT_FOLDER:
                raise WasmforgeError(
                    f"{folder} holds more than {MAX_SCRIPT_FOLDER >> 20} MB, too much to copy into a page. "
                    "Put the script into a folder with only what it needs."
                )
            tar.add(file, file.relative_to(folder))


async def _drive(url: str, engine: Engine) -> int:
    """Open the page, pass its output on and return the exit code it reports."""
    async with async_playwright() as playwright:
        browser = await getattr(playwright, engine).launch(**launch_options(engine))
        try:
            page = await browser.new_page()
            await page.expose_function("passOn", _pass_on)
            await page.goto(url)
            running = asyncio.ensure_future(page.evaluate("run()"))
            _on_interrupt(page, running)
            return int(await running)
        except asyncio.CancelledError:
            return INTERRUPTED
        except Error as error:
            raise WasmforgeError(f"the page in {engine} failed: {error.message}") from error
        finally:
            await browser.close()


def _pass_on(fd: int, data: str) -> None:
    stream = sys.stderr if fd == 2 else sys.stdout
    stream.buffer.write(base64.b64decode(data))
    stream.buffer.flush()


def _on_interrupt(page: Page, running: asyncio.Future[int]) -> None:
    """The first Ctrl-C raises KeyboardInterrupt in the program, the second abandons it."""
    loop = asyncio.get_running_loop()
    sent: list[asyncio.Future[None]] = []

    def interrupt() -> None:
        if sent:
            running.cancel()
        else:
            sent.append(asyncio.ensure_future(page.evaluate("interrupt()")))

    loop.add_signal_handler(signal.SIGINT, interrupt)
