"""The installed driver, away from every checkout: a wheel in a venv, an empty folder, a channel over HTTP."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from wasmforge.common.layout import find_layout
from wasmforge.host.serve import start

ROOT = find_layout().root


@dataclass
class Installed:
    """A driver without a checkout. program: its command. folder: where it runs; its HOME has nothing else."""

    program: Path
    folder: Path
    path: str

    def environment(self, **variables: str) -> dict[str, str]:
        return {"PATH": self.path, "HOME": str(self.folder), "LANG": "C.UTF-8", **variables}

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.program, *arguments],
            cwd=self.folder,
            env=self.environment(**variables),
            capture_output=True,
            text=True,
        )

    def output(self, *arguments: str, **variables: str) -> str:
        done = self.run(*arguments, **variables)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory, node: str) -> Installed:
    """The driver from a wheel of this checkout, with what the wheel requires and nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    # A build writes beside its sources.
    sources = folder / "sources"
    shutil.copytree(ROOT / "scripts", sources / "scripts")
    for name in ("pyproject.toml", "LICENSE"):
        shutil.copy(ROOT / name, sources)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", folder / "dist", sources], check=True)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    (wheel,) = (folder / "dist").glob("*.whl")
    # PYTHONPATH would lead pip to the checkout.
    outside = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    subprocess.run([*pip, "--python", folder / "venv" / "bin" / "python", "install", wheel], check=True, env=outside)
    empty = folder / "empty"
    empty.mkdir()
    return Installed(folder / "venv" / "bin" / "wasmforge", empty, f"{Path(node).parent}:{os.defpath}")


@pytest.fixture(scope="module")
def channel(bundle_dir: Path) -> Iterator[str]:
    """The address of the checkout's channel."""
    with start(bundle_dir, channel=find_layout().library_channel) as server:
        yield server.url + "channel"


def test_from_channel_to_page(installed: Installed, channel: str) -> None:
    installed.output("create", "-p", "env", "-c", channel, "python", "wasmforge-playground")
    installed.output("lock", "-o", "env.lock", "-c", channel, "python", "wasmforge-playground")
    installed.output("create", "-p", "again", "--lock", "env.lock")
    assert installed.output("run", "-p", "again", "-c", "import sys; print(sys.platform)") == "emscripten\n"
    installed.output("bundle", "again", "-o", "site", "--offline")
    manifest = json.loads((installed.folder / "site" / "manifest.json").read_text())
    assert {"python", "wasmforge-playground"} <= {*manifest["packages"]}
    assert (installed.folder / "site" / "service-worker.js").is_file()
    server = subprocess.Popen(
        [installed.program, "serve", "site", "--port", "0"],
        cwd=installed.folder,
        env=installed.environment(PYTHONUNBUFFERED="1"),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        address = next(word for line in server.stdout for word in line.split() if word.startswith("http://"))
        with urllib.request.urlopen(address) as answer:
            assert b"<title>" in answer.read()
    finally:
        server.kill()
        server.wait()


def test_default_channel(installed: Installed, channel: str) -> None:
    lock = ("lock", "-o", "six.lock", "six")
    none = installed.run(*lock)
    assert none.returncode == 2
    assert none.stderr.count("\n") == 1
    assert "-c" in none.stderr and "WASMFORGE_CHANNEL" in none.stderr and "config.toml" in none.stderr
    installed.output(*lock, WASMFORGE_CHANNEL=channel)
    config = Path(none.stderr.split(" in ")[-1].strip())
    config.parent.mkdir(parents=True)
    try:
        config.write_text(f'channel = "{channel}"\n')
        installed.output(*lock)
        # The variable is for one command, so it comes first.
        assert "nowhere" in installed.run(*lock, WASMFORGE_CHANNEL="nowhere").stderr
        for wrong in ("channel = 3\n", "channel = \n"):
            config.write_text(wrong)
            done = installed.run(*lock)
            assert (done.returncode, str(config) in done.stderr) == (1, True), done.stderr
    finally:
        config.unlink()


@pytest.mark.parametrize("command", [["build", "zlib"], ["recipe", "six"]])
def test_needs_checkout(installed: Installed, command: list[str]) -> None:
    done = installed.run(*command)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "this command needs a checkout" in done.stderr
