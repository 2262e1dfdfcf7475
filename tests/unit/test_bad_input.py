"""Bad input and signals: one clear line each, and nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

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


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_run_the_clean_up(tmp_path: Path, end: signal.Signals) -> None:
    """A command that is in the middle of a new folder when the signal comes."""
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom wasmforge import cli\n"
        "from wasmforge.common.replacing import new_folder\n"
        "@cli.app.command()\ndef wait(path: Path) -> None:\n"
        "    with new_folder(path):\n        print('ready', flush=True)\n        time.sleep(60)\n"
        "cli.main()\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "scripts")}
    command = [sys.executable, "-c", code, "wait", str(tmp_path / "new")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as child:
        assert child.stdout is not None and child.stdout.readline() == "ready\n"
        started = time.monotonic()
        child.send_signal(end)
        _, stderr = child.communicate(timeout=30)
    assert time.monotonic() - started < 20
    assert child.returncode not in (0, -end) and "Traceback" not in stderr
    assert list(tmp_path.iterdir()) == []


def test_closed_stdout(checkout: Checkout) -> None:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "scripts")}
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "wasmforge", "--help"]
    result = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, text=True, env=environment, check=False)
    os.close(write)
    assert result.returncode == 1 and "Traceback" not in result.stderr
