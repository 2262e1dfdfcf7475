"""Ctrl-C in each phase of a command: one line, exit code 130, nothing left behind, and the next run does all of it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from channels import FaultyChannel
from hostile_packages import Hostile, make_channel

from checkouts import Checkout
from wheel_index import make_index, make_wheel


def interrupt(checkout: Checkout, *arguments: str, when: Callable[[], object]) -> str:
    """Starts a command and interrupts it as soon as something holds; returns what it said."""
    with subprocess.Popen(
        checkout.command(*arguments),
        env=checkout.environment,
        cwd=checkout.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as child:
        deadline = time.monotonic() + 60
        while not when():
            assert child.poll() is None and time.monotonic() < deadline
            time.sleep(0.001)
        child.send_signal(signal.SIGINT)
        said, _ = child.communicate(timeout=10)
    assert child.returncode == 130, said
    assert said.endswith("interrupted\n") and "Traceback" not in said and "bug" not in said
    return said


def done(checkout: Checkout, *arguments: str) -> None:
    result = checkout.run(*arguments)
    assert result.returncode == 0, result.stderr


def drafts(folder: Path) -> list[Path]:
    return list(folder.rglob("*.wasmforge-part"))


@pytest.mark.parametrize(("phase", "file"), [("solve", "repodata.json"), ("install", "one-1.0-0.conda")])
@pytest.mark.parametrize("command", ["create", "lock"])
def test_while_a_server_is_waited_for(checkout: Checkout, tmp_path: Path, phase: str, file: str, command: str) -> None:
    if (command, phase) == ("lock", "install"):
        pytest.skip("a lock fetches no package")
    with FaultyChannel(make_channel(tmp_path / "channel", Hostile("one", [("share/one", b"1" * 100_000)]))) as channel:
        channel.spoil(file, ["stall"] * 2)
        arguments = [command, "-c", channel.url, "one", *(["-p", "out"] if command == "create" else ["-o", "out"])]
        said = interrupt(checkout, *arguments, when=lambda: any(path.endswith(file) for path in channel.requests))
        assert phase in said and ": interrupted" in said
        assert not (checkout.root / "out").exists() and not drafts(checkout.root)
        channel.spoil(file, [])
        done(checkout, *arguments)


@pytest.mark.parametrize("file", ["one-sample", "one_sample-1.0"])
def test_while_a_wheel_is_fetched(
    checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    checkout.toy("python", version="3.13.15", noarch=False)
    checkout.build("--all")
    make_wheel(tmp_path / "served/wheels", "one_sample")
    make_index(tmp_path / "served/simple", tmp_path / "served/wheels", links="/wheels/")
    (checkout.root / "environment.yml").write_text(
        yaml.safe_dump({"dependencies": ["python", {"pip": ["one-sample"]}]})
    )
    with FaultyChannel(tmp_path / "served") as index:
        monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
        monkeypatch.setenv("PIP_INDEX_URL", f"{index.url}simple")
        monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
        index.spoil(file, ["stall"])
        arguments = ["create", "-p", "env", "-f", "environment.yml"]
        interrupt(checkout, *arguments, when=lambda: any(f"/{file}" in path for path in index.requests))
        assert not (checkout.root / "env").exists() and not drafts(checkout.root)
        done(checkout, *arguments)


def many_files(folder: Path) -> str:
    return str(make_channel(folder, Hostile("many", [(f"share/many/{i}", b"%d" % i) for i in range(5_000)])))


@pytest.mark.parametrize("exists", [False, True], ids=["new", "update"])
def test_while_packages_are_linked(checkout: Checkout, tmp_path: Path, exists: bool) -> None:
    arguments = ["create", "-p", "env", "-c", many_files(tmp_path / "channel"), "many"]
    if exists:
        other = make_channel(tmp_path / "other", Hostile("one", [("share/one", b"1")]))
        done(checkout, "create", "-p", "env", "-c", str(other), "one")
    pattern = "env/share/many/*" if exists else ".env-*/new/share/many/*"
    interrupt(checkout, *arguments, when=lambda: next(checkout.root.glob(pattern), None))
    assert exists == (checkout.root / "env").exists() and not drafts(checkout.root)
    done(checkout, *arguments)
    assert len(list((checkout.root / "env/share/many").iterdir())) == 5_000


def test_while_packages_are_published(checkout: Checkout, tmp_path: Path) -> None:
    packages = [Hostile(f"p{i}", [("share/file", b"%d" % i)]) for i in range(200)]
    arguments = ["publish", str(tmp_path / "target"), "-c", str(make_channel(tmp_path / "channel", *packages))]
    said = interrupt(checkout, *arguments, when=lambda: next((tmp_path / "target").glob("noarch/*.conda"), None))
    assert "upload" in said
    done(checkout, *arguments)
    assert len(list((tmp_path / "target/noarch").glob("*.conda"))) == 200 and not drafts(tmp_path / "target")
    done(checkout, "create", "-p", "env", "-c", str(tmp_path / "target"), "p199")


def test_while_a_source_is_fetched(checkout: Checkout, tmp_path: Path) -> None:
    digest = checkout.source("toy.txt", b"1" * 100_000)
    (checkout.mirror / "toy.txt").rename(tmp_path / "toy.txt")
    with FaultyChannel(tmp_path) as server:
        server.spoil("toy.txt", ["stall"])
        folder = checkout.toy("toy", sha256=digest)
        recipe = folder / "recipe.yaml"
        recipe.write_text(recipe.read_text().replace("${{ source_store }}/", server.url))
        interrupt(checkout, "build", "toy", when=lambda: server.requests)
        done(checkout, "build", "toy")
    assert not drafts(checkout.cache)
