"""Bad input, failing servers and signals: one clear line each, and nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from checkouts import REPOSITORY, Checkout

Serve = Callable[[Callable[[str], int]], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts a channel that answers a path with the given status, 200 with an empty index; returns its address."""
    servers = []

    def start(status: Callable[[str], int]) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found = status(self.path) if self.path.endswith("/repodata.json") else 404
                body = b'{"packages": {}, "packages.conda": {}}' if found == 200 else b""
                self.send_response(found)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_HEAD(self) -> None:
                self.send_error(404)

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/channel"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def refuse(checkout: Checkout, *arguments: str, code: int = 1) -> str:
    result = checkout.run(*arguments)
    assert result.returncode == code, result.stderr
    assert "Traceback" not in result.stderr and "a bug" not in result.stderr
    return result.stderr


def test_refused_index(checkout: Checkout, serve: Serve) -> None:
    url = serve(lambda path: 403)
    message = refuse(checkout, "create", "-p", "env", "-c", url, "x")
    assert url in message and "repodata.json" in message and "403" in message
    assert not (checkout.root / "env").exists()


def test_channel_without_noarch(checkout: Checkout, serve: Serve) -> None:
    url = serve(lambda path: 404 if "/noarch/" in path else 200)
    assert "No candidates were found for x" in refuse(checkout, "create", "-p", "env", "-c", url, "x")


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
    assert "empty" in refuse(checkout, "create", "-p", "", "x", code=2)
    assert "65535" in refuse(checkout, "serve", ".", "--port", "80000", code=2)


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
