"""docs/how-to/own-channel.md, followed word by word in a fresh clone."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from docs_examples import examples

from checkouts import REPOSITORY
from s3_server import BUCKET, S3Server

PAGE = REPOSITORY / "docs/how-to/own-channel.md"


class Reader:
    """Follows the page: a clone, a home folder with nothing in it, and the page's placeholders replaced."""

    def __init__(self, folder: Path) -> None:
        self.srv = folder / "srv"
        self.clone = folder / "clone"
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = str(free.getsockname()[1])
        subprocess.run(["git", "clone", "--quiet", "--shared", str(REPOSITORY), str(self.clone)], check=True)
        (folder / "bin").mkdir()
        (folder / "home").mkdir()
        program = folder / "bin" / "wasmforge"
        program.write_text(f'#!/bin/sh\nexec {sys.executable} -m wasmforge "$@"\n')
        program.chmod(0o755)
        outside = {name: value for name, value in os.environ.items() if not name.startswith(("WASMFORGE_", "XDG_"))}
        self.environment = {
            **outside,
            "PATH": f"{program.parent}:{outside['PATH']}",
            "HOME": str(folder / "home"),
            "PYTHONPATH": str(self.clone / "scripts"),
        }

    def start(self, command: str) -> subprocess.Popen[str]:
        text = command.replace("/srv/channel", str(self.srv)).replace(
            "https://HOST/channel", f"http://127.0.0.1:{self.port}"
        )
        text = text.replace(" 8080 ", f" {self.port} ")
        return subprocess.Popen(
            ["bash", "-euc", text],
            cwd=self.clone,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def follow(self, command: str) -> str:
        process = self.start(command)
        said = process.communicate(timeout=300)[0]
        assert process.returncode == 0, f"{command}\n{said}"
        return said


def commands() -> list[str]:
    return [example.code for example in examples("sh") if example.page == PAGE]


def command(start: str) -> str:
    """The block that starts with these words."""
    (found,) = [code for code in commands() if code.startswith(start)]
    return found


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """One who has published the channel of the clone."""
    reader = Reader(tmp_path_factory.mktemp("reader"))
    # What the clone's channel lacks would take hours here.
    reader.follow(command("wasmforge build").replace("--all", "--all --dry-run"))
    assert "of them new" in reader.follow(command("wasmforge publish"))
    return reader


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_command_of_the_page_is_followed() -> None:
    starts = [
        "wasmforge build",
        "wasmforge publish",
        "python3 -m http.server",
        "rsync",
        "aws",
        "wasmforge create",
        "micromamba",
    ]
    assert [code.startswith(start) for code, start in zip(commands(), starts, strict=True)] == [True] * len(starts)


def test_publish_select_and_again(reader: Reader) -> None:
    before = files_of(reader.srv)
    # In the text: names select packages.
    assert " wasmforge publish /srv/channel numpy scipy" in PAGE.read_text().replace("`", " ")
    assert "0 of them new" in reader.follow("wasmforge publish /srv/channel numpy scipy")
    assert "0 of them new" in reader.follow(command("wasmforge publish"))
    assert files_of(reader.srv) == before


def test_serve_and_use(reader: Reader, tmp_path: Path) -> None:
    server = reader.start("exec " + command("python3 -m http.server"))
    try:
        wait_for(lambda: socket.create_connection(("127.0.0.1", int(reader.port)), timeout=1).close())
        reader.follow(command("wasmforge create"))
        assert reader.follow("wasmforge run -p build/env -c 'import numpy; print(numpy.arange(3))'") == "[0 1 2]\n"
        if shutil.which("micromamba"):
            reader.follow(command("micromamba"))
            assert reader.follow("wasmforge run -p build/other -c 'import numpy; print(1)'") == "1\n"
    finally:
        server.kill()
        server.wait()


def wait_for(action: Callable[[], None]) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            return action()
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_mirror_with_rsync(reader: Reader) -> None:
    if not shutil.which("rsync"):
        pytest.skip("no rsync on this machine")
    reader.follow(command("rsync").replace("SOURCE", "/srv/channel"))
    assert files_of(reader.clone / "mirror") == files_of(reader.srv)


def test_mirror_of_a_bucket(reader: Reader) -> None:
    if not shutil.which("aws"):
        pytest.skip("no aws on this machine")
    shutil.rmtree(reader.clone / "mirror", ignore_errors=True)
    shutil.rmtree(reader.clone / "mirror.index", ignore_errors=True)
    with S3Server() as server:
        reader.environment |= {**server.environment, "AWS_DEFAULT_REGION": server.environment["AWS_REGION"]}
        source = f"s3://{BUCKET}/channel"
        reader.follow(command("wasmforge publish").replace("/srv/channel", source))
        reader.follow(command("aws").replace("SOURCE", source))
        published = server.files("channel")
    assert files_of(reader.clone / "mirror") == {
        name.removeprefix("channel/"): data for name, data in published.items()
    }
