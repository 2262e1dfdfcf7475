"""Bad input and signals: one clear line each, and nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hostile_packages import Hostile, make_channel

from checkouts import REPOSITORY, Checkout


def refuse(checkout: Checkout, *arguments: str, code: int = 1) -> str:
    result = checkout.run(*arguments)
    assert result.returncode == code, result.stderr
    assert "Traceback" not in result.stderr and "a bug" not in result.stderr
    return result.stderr


BOMB = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(9)
)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"dependencies: [\xff]\n", "not UTF-8"),
        (b"dependencies: " + b"[" * 5000, "nested too deep"),
        (b"channels: x\ndependencies: [x]\n", "`channels:` is not a list"),
        (b"channels: [[x]]\ndependencies: [x]\n", "`channels:` is not a list"),
        (BOMB.encode() + b"dependencies: [*j]\n", "the list there under `dependencies:`"),
    ],
    ids=["encoding", "depth", "channel", "channels", "aliases"],
)
def test_bad_environment_file(checkout: Checkout, data: bytes, message: str) -> None:
    (checkout.root / "bad.yml").write_bytes(data)
    stderr = refuse(checkout, "create", "-p", "env", "-f", "bad.yml")
    assert message in stderr and len(stderr) < 2000


def test_bad_arguments(checkout: Checkout) -> None:
    assert "ftp://" in refuse(checkout, "create", "-p", "env", "-c", "ftp://host/channel", "x", code=2)
    assert "65535" in refuse(checkout, "serve", ".", "--port", "80000", code=2)


@pytest.mark.parametrize(
    "arguments",
    [
        ("create", "-p", "", "x"),
        ("create", "-p", "env", "-f", ""),
        ("lock", "-o", "", "x"),
        ("bundle", "", "-o", "out"),
        ("bundle", "env", "-o", ""),
        ("run", "-p", "", "-c", "1"),
        ("serve", ""),
        ("sbom", ""),
        ("audit", "env", "--osv", ""),
    ],
    ids=" ".join,
)
def test_empty_paths(checkout: Checkout, arguments: tuple[str, ...]) -> None:
    """What an unset variable of a shell script gives is not the current folder."""
    (checkout.root / "manifest.json").write_text("{}")
    assert "the path is empty" in refuse(checkout, *arguments, code=2)


@pytest.mark.parametrize(
    ("end", "dispositions"),
    [
        (signal.SIGINT, ("--default-signal=INT",)),
        (signal.SIGTERM, ("--default-signal=INT",)),
        (signal.SIGTERM, ("--ignore-signal=INT",)),
        # Where the tests themselves run under nohup, SIGHUP is ignored and stays so.
        (signal.SIGHUP, ("--default-signal=INT", "--default-signal=HUP")),
    ],
)
def test_signals_run_the_clean_up(tmp_path: Path, end: signal.Signals, dispositions: tuple[str, ...]) -> None:
    """A command that is in the middle of a new folder when the signal comes, also in the background of a shell."""
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom wasmforge import cli\n"
        "from wasmforge.common.replacing import new_folder\n"
        "@cli.app.command()\ndef wait(path: Path) -> None:\n"
        "    with new_folder(path):\n        print('ready', flush=True)\n        time.sleep(60)\n"
        "cli.main()\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "scripts")}
    command = ["env", *dispositions, sys.executable, "-c", code, "wait", str(tmp_path / "new")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as child:
        assert child.stdout is not None and child.stdout.readline() == "ready\n"
        started = time.monotonic()
        child.send_signal(end)
        _, stderr = child.communicate(timeout=30)
    assert time.monotonic() - started < 20
    assert (child.returncode, stderr) == (130, "interrupted\n")
    assert list(tmp_path.iterdir()) == []


def test_closed_stdout(checkout: Checkout) -> None:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "scripts")}
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "wasmforge", "--help"]
    result = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, text=True, env=environment, check=False)
    os.close(write)
    assert result.returncode == 1 and "Traceback" not in result.stderr


def test_early_interrupt(tmp_path: Path) -> None:
    """Ctrl-C while the command's modules are being imported: one of them is of the test, and waits."""
    (tmp_path / "typer.py").write_text("import time\nprint('ready', flush=True)\ntime.sleep(60)\n")
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}:{REPOSITORY / 'scripts'}"}
    command = [sys.executable, "-m", "wasmforge", "--help"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as child:
        assert child.stdout is not None and child.stdout.readline() == "ready\n"
        child.send_signal(signal.SIGINT)
        _, stderr = child.communicate(timeout=30)
    assert (child.returncode, stderr) == (130, "interrupted\n")


def test_two_creates_of_one_prefix(checkout: Checkout, tmp_path: Path) -> None:
    channel = make_channel(tmp_path / "channel", Hostile("one", [(f"share/{i}", b"1") for i in range(300)]))
    children = [checkout.start("create", "-p", "env", "-c", str(channel), "one") for _ in range(4)]
    outputs = [child.communicate(timeout=100)[0] for child in children]
    assert 0 in [child.returncode for child in children], outputs
    for child, output in zip(children, outputs, strict=True):
        assert child.returncode == 0 or "made by another program meanwhile" in output, output
    assert len(list((checkout.root / "env" / "share").iterdir())) == 300
    assert [path.name for path in checkout.root.iterdir() if "part" in path.name] == []


def test_two_updates_of_one_prefix(checkout: Checkout, tmp_path: Path) -> None:
    """One after the other: what is there in the end is what one of them wanted, and all of it."""
    packages = [Hostile(name, [(f"share/{name}/{i}", b"1") for i in range(1000)]) for name in ("one", "two", "three")]
    channel = str(make_channel(tmp_path / "channel", *packages))
    assert checkout.run("create", "-p", "env", "-c", channel, "one").returncode == 0
    children = [checkout.start("create", "-p", "env", "-c", channel, name) for name in ("two", "three", "one", "two")]
    outputs = [child.communicate(timeout=100)[0] for child in children]
    assert [child.returncode for child in children] == [0] * 4, outputs
    assert any("waiting for another wasmforge that changes" in output for output in outputs)
    prefix = checkout.root / "env"
    (record,) = (prefix / "conda-meta").glob("*.json")
    # A file of the user's stays whole under a link with the lock's name.
    (checkout.root / "mine").write_text("mine")
    (prefix / ".wasmforge-lock").unlink()
    (prefix / ".wasmforge-lock").symlink_to(checkout.root / "mine")
    assert ".wasmforge-lock" in refuse(checkout, "create", "-p", "env", "-c", channel, "one")
    assert (checkout.root / "mine").read_text() == "mine"
    (folder,) = (prefix / "share").iterdir()
    assert record.name == f"{folder.name}-1.0-0.json" and len(list(folder.iterdir())) == 1000


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"x: \xff\n", "not UTF-8"),
        (b"x: " + b"[" * 5000, "nested too deep"),
        (b"[x]\n", "is no mapping"),
        (b"toy.txt: x\n", "is no mapping"),
    ],
    ids=["encoding", "depth", "list", "entry"],
)
def test_bad_archives(checkout: Checkout, data: bytes, message: str) -> None:
    checkout.toy("toy", sha256="0" * 64)
    (checkout.root / "recipes" / "archives.yaml").write_bytes(data)
    assert message in refuse(checkout, "sources", "toy")


# YAML that no reader of ours takes, and what is said of it.
BAD_YAML = pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"x: \xff\n", "not UTF-8"),
        (b"x: " + b"[" * 500_000, "nested too deep"),
        (b"- " * 100_000, "nested too deep"),
        (BOMB.encode(), ""),
    ],
    ids=["encoding", "depth", "indentation", "bomb"],
)


@BAD_YAML
def test_bad_recipe(checkout: Checkout, data: bytes, message: str) -> None:
    checkout.toy("toy")
    recipe = checkout.root / "recipes" / "toy" / "recipe.yaml"
    recipe.write_bytes(data)
    stderr = refuse(checkout, "build", "toy", "--dry-run")
    assert "recipes/toy/recipe.yaml" in stderr and message in stderr and len(stderr) < 2000


@BAD_YAML
def test_bad_lock(checkout: Checkout, data: bytes, message: str) -> None:
    make_channel(checkout.channel, Hostile("one", []))
    (checkout.root / "bad.lock").write_bytes(data)
    stderr = refuse(checkout, "create", "-p", "env", "--lock", "bad.lock")
    assert "bad.lock" in stderr and message in stderr and len(stderr) < 2000
