"""Temporary folders of runs that were killed are removed by the next, and those of living runs are not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from channels import FaultyChannel
from hostile_packages import Hostile, make_channel

from checkouts import REPOSITORY, Checkout
from wasmforge.common.temporary import remove_dead, temporary_folder


@contextmanager
def other_run(code: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """A process that runs code of the driver's, once it has said that it is ready."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "scripts")}
    command = [sys.executable, "-c", code, *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as child:
        assert child.stdout is not None and child.stdout.readline() == "ready\n"
        try:
            yield child
        finally:
            with suppress(ProcessLookupError):
                child.kill()


HOLD = """
import sys, time
from pathlib import Path
from wasmforge.common.temporary import temporary_folder
with temporary_folder(Path(sys.argv[1])) as folder:
    (folder / "file").touch()
    print("ready", flush=True)
    time.sleep(60)
"""


def test_dead_and_alive(tmp_path: Path) -> None:
    (tmp_path / "mine.part").mkdir()
    with other_run(HOLD, tmp_path) as child:
        assert len(list(tmp_path.iterdir())) == 2
        remove_dead(tmp_path)
        assert len(list(tmp_path.iterdir())) == 2, "it was alive"
        child.kill()
        child.wait()
        assert len(list(tmp_path.iterdir())) == 2
        with temporary_folder(tmp_path) as folder:
            assert sorted(tmp_path.iterdir()) == sorted([folder, tmp_path / "mine.part"])
    assert list(tmp_path.iterdir()) == [tmp_path / "mine.part"]


def test_links_and_other_users(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "file").touch()
    (tmp_path / "x.wasmforge-part").symlink_to("home")
    if os.geteuid() == 0:
        (tmp_path / "y.wasmforge-part").mkdir()
        os.chown(tmp_path / "y.wasmforge-part", 12345, 12345)
    before = sorted(tmp_path.rglob("*"))
    remove_dead(tmp_path)
    assert sorted(tmp_path.rglob("*")) == before


RACE = """
import sys, time
from pathlib import Path
from wasmforge.common.temporary import remove_dead, temporary_folder
print("ready", flush=True)
parent, end = Path(sys.argv[1]), time.monotonic() + 3
while time.monotonic() < end:
    with temporary_folder(parent) as folder:
        remove_dead(parent)
        (folder / "file").touch()
"""


def test_many_at_once(tmp_path: Path) -> None:
    """Folders that are made and looked through at the same time never vanish from under their owner."""
    with other_run(RACE, tmp_path) as one, other_run(RACE, tmp_path) as other:
        assert one.wait(60) == 0 and other.wait(60) == 0
    assert list(tmp_path.iterdir()) == []


def leftovers(*places: Path) -> list[Path]:
    return [path for place in places for path in place.rglob("*.wasmforge-part")]


def test_killed_create(checkout: Checkout, tmp_path: Path) -> None:
    """Killed in the middle of a package, whatever the next run installs."""
    channel = tmp_path / "channel"
    make_channel(channel, Hostile("one", [("one", os.urandom(100_000))]), Hostile("other", [("other", b"")]))
    with FaultyChannel(channel) as served:
        served.spoil("one", ["stall"])
        child = checkout.start("create", "-p", "env", "-c", served.url, "one")
        deadline = time.monotonic() + 60
        while not leftovers(checkout.cache):
            assert time.monotonic() < deadline and child.poll() is None
            time.sleep(0.05)
        os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
        assert leftovers(checkout.cache)
        result = checkout.run("create", "-p", "env", "-c", served.url, "other")
    assert result.returncode == 0, result.stderr
    assert leftovers(tmp_path) == []


def test_killed_index(checkout: Checkout, tmp_path: Path) -> None:
    """Killed in the middle of an index, for which rattler has a file of its own."""
    channel = make_channel(tmp_path / "channel", Hostile("one", [("one", b"")]))
    with FaultyChannel(channel) as served:
        served.spoil("repodata.json", ["stall"] * 2)
        child = checkout.start("create", "-p", "env", "-c", served.url, "one")
        deadline = time.monotonic() + 60
        while not (left := list((checkout.cache / "index").glob(".tmp*"))):
            assert time.monotonic() < deadline and child.poll() is None
            time.sleep(0.05)
        os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
        assert left[0].exists()
        result = checkout.run("create", "-p", "env", "-c", served.url, "one")
    assert result.returncode == 0, result.stderr
    assert list((checkout.cache / "index").glob(".tmp*")) == []


@contextmanager
def small_disk(folder: Path, options: str) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", options, "wasmforge-test", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("mounting is not permitted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


DISKS = {"bytes": "size=1m", "inodes": "size=64m,nr_inodes=40"}


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A channel with a package of 3 MB in 300 files."""
    return make_channel(
        tmp_path / "channel", Hostile("one", [(f"share/one/{i}", os.urandom(10_000)) for i in range(300)])
    )


@pytest.mark.parametrize("options", DISKS.values(), ids=DISKS)
@pytest.mark.parametrize("full", ["prefix", "cache"])
@pytest.mark.parametrize("served", [False, True], ids=["folder", "http"])
def test_full_disk(checkout: Checkout, large: Path, tmp_path: Path, options: str, full: str, served: bool) -> None:
    place = tmp_path / "home" if full == "prefix" else checkout.cache
    (tmp_path / "home").mkdir()
    prefix = tmp_path / "home" / "env"
    with small_disk(place, options), FaultyChannel(large) as server:
        result = checkout.run("create", "-p", str(prefix), "-c", server.url if served else str(large), "one")
        assert result.returncode == 1, result.stderr
        assert "the disk is full" in result.stderr, result.stderr
        assert "Traceback" not in result.stderr and "anew" not in result.stderr and "a bug" not in result.stderr
        assert list((tmp_path / "home").iterdir()) == []
        assert leftovers(tmp_path) == []
        assert [path for path in checkout.cache.rglob("*") if "one-1.0-0" in path.name and full == "cache"] == []
