"""What the tests of the runtime share: a prefix, its bundle, and node to run them in."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

import environments
import pytest
import yaml
from playwright.sync_api import Browser, Playwright, sync_playwright

from wasmforge.bundle.bundle import bundle
from wasmforge.bundle.compression import Compression
from wasmforge.common.layout import find_layout
from wasmforge.host.browser import launch_options
from wasmforge.sources.source import Source
from wasmforge.sources.store import Store


def pytest_configure() -> None:
    # A shell's background jobs ignore interrupts, and so would all that tests start there and interrupt.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def prefix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The smallest environment with NumPy and the page: the one that WASMFORGE_TEST_PREFIX names, or a new one."""
    given = os.environ.get("WASMFORGE_TEST_PREFIX")
    if given:
        return Path(given).resolve()
    made = tmp_path_factory.mktemp("environment") / "prefix"
    return environments.create(made, ["python", "numpy", "wasmforge-playground"], [])


@pytest.fixture(scope="session")
def bundle_dir(prefix: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The prefix's bundle, without precompressed files. Tests must not change it."""
    folder = tmp_path_factory.mktemp("bundle") / "bundle"
    bundle(prefix, folder, compression=Compression.NONE)
    return folder


@pytest.fixture(scope="session")
def launch() -> Iterator[Callable[[str], Browser]]:
    """A browser by its name: launched when first asked for, kept for all tests, since that takes seconds."""
    with ExitStack() as stack:
        # One for all browsers: a second one cannot start in the thread of the first.
        @cache
        def playwright() -> Playwright:
            return stack.enter_context(sync_playwright())

        @cache
        def launch(name: str) -> Browser:
            options = launch_options(name)
            if name == "firefox" and (display := stack.enter_context(screen())):
                options["env"] = {**os.environ, "DISPLAY": display}
            return stack.enter_context(getattr(playwright(), name).launch(**options))

        yield launch


@contextmanager
def screen() -> Iterator[str | None]:
    """The display of a screen that nobody sees; None without Xvfb. Without a screen Firefox has no WebGL, even headless."""
    if not shutil.which("Xvfb"):
        yield None
        return
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout
        number = server.stdout.readline().strip()
        try:
            yield f":{number}" if number else None
        finally:
            server.terminate()


@pytest.fixture
def damaged(bundle_dir: Path, tmp_path: Path) -> Path:
    """A copy of the bundle for a test to damage."""
    return shutil.copytree(bundle_dir, tmp_path / "damaged")


@pytest.fixture(scope="session")
def node() -> str:
    found = shutil.which("node")
    assert found, "no node on this machine"
    return found


@pytest.fixture(scope="session")
def python(prefix: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the prefix's `python` under node with these arguments."""

    def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
        command = [str(prefix / "bin/python"), *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, **options)  # type: ignore[call-overload]

    return run


@pytest.fixture(scope="session")
def node_modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the npm packages of npm.yaml, as npm would install them."""
    folder = tmp_path_factory.mktemp("npm") / "node_modules"
    store = Store(find_layout())
    for package in yaml.safe_load((Path(__file__).parent / "npm.yaml").read_text()):
        archive = store.fetch(Source(package["sha256"], (f"npm/{package['file']}",)))
        with tarfile.open(archive) as tar:
            tar.extractall(folder / package["name"])
        for item in (folder / package["name"] / "package").iterdir():
            item.rename(folder / package["name"] / item.name)
    return folder
