"""`wasmforge bundle` of a small environment from the channel: compressed, kept, interrupted, uncompressed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import brotli
import pytest

from wasmforge.host.serve import start

COMMAND = [sys.executable, "-m", "wasmforge", "bundle"]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def bundle(prefix: Path, out: Path, cache: Path, *options: str) -> float:
    """Bundle by the command; returns the seconds of CPU time that it took."""
    before = os.times()
    done = subprocess.run(
        [*COMMAND, prefix, "-o", out, *options],
        env={**os.environ, "WASMFORGE_CACHE": str(cache)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def contents_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_second_bundle_takes_the_first_ones_files(prefix: Path, tmp_path: Path, cache: Path) -> None:
    first = bundle(prefix, tmp_path / "first", cache)
    again = bundle(prefix, tmp_path / "again", cache)
    alone = tmp_path / "alone"
    subprocess.run(
        ["taskset", "-c", str(min(os.sched_getaffinity(0))), *COMMAND, prefix, "-o", alone],
        env={**os.environ, "WASMFORGE_CACHE": str(tmp_path / "no cache"), "WASMFORGE_COMPRESSED_MB": "0"},
        capture_output=True,
        check=True,
    )
    assert again < first / 2
    assert contents_of(tmp_path / "again") == contents_of(tmp_path / "first")
    assert contents_of(alone) == contents_of(tmp_path / "first")
    assert not list((tmp_path / "no cache" / "compressed").rglob("?" * 64))
    [wasm] = (tmp_path / "first").glob("python-*.wasm")
    assert brotli.decompress(wasm.with_name(wasm.name + ".br").read_bytes()) == wasm.read_bytes()


def test_an_interrupt_ends_best_at_once_and_leaves_nothing(prefix: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, prefix, "-o", tmp_path / "out", "--compression", "best"],
        env={**os.environ, "WASMFORGE_CACHE": str(tmp_path / "cache")},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    assert process.stderr
    while process.stderr.readline().strip() != "compress …":
        assert process.poll() is None
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    interrupted = time.monotonic()
    process.communicate(timeout=30)
    assert process.returncode != 0
    # The main module alone takes longer.
    assert time.monotonic() - interrupted < 5
    assert {path.name for path in tmp_path.iterdir()} == {"cache"}


def test_a_bundle_without_compressed_files_is_served(prefix: Path, tmp_path: Path, cache: Path) -> None:
    bundle(prefix, tmp_path / "out", cache, "--compression", "none")
    manifest = json.loads((tmp_path / "out/manifest.json").read_text())
    assert manifest["compressed"] is False
    assert not [*(tmp_path / "out").rglob("*.br"), *(tmp_path / "out").rglob("*.gz")]
    name = manifest["runtime"]["wasm"]["file"]
    with start(tmp_path / "out") as server:
        request = urllib.request.Request(server.url + name, headers={"Accept-Encoding": "gzip, br"})
        with urllib.request.urlopen(request) as response:
            assert response.headers["Content-Encoding"] is None
            assert response.read() == (tmp_path / "out" / name).read_bytes()


def test_an_unknown_compression_is_refused(prefix: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, prefix, "-o", tmp_path / "out", "--compression", "zip"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2 and "best" in done.stderr and not (tmp_path / "out").exists()
