"""A channel's index matches its packages, whatever happened before."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from packages import make_package
from wasmforge.channel import channel as module
from wasmforge.channel.channel import Channel


@pytest.fixture
def channel(tmp_path: Path) -> Channel:
    channel = Channel(tmp_path / "channel", ("noarch",))
    channel.repair()
    return channel


def listed(channel: Channel) -> dict[str, str]:
    data = json.loads((channel.path / "noarch" / "repodata.json").read_text())
    return {name: record["sha256"] for name, record in data["packages.conda"].items()}


def there(channel: Channel) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in channel.packages("noarch")}


def test_a_new_channel_is_valid_and_needs_no_repair(channel: Channel) -> None:
    assert listed(channel) == {}
    assert not channel.repair()


def test_add_and_remove(channel: Channel, tmp_path: Path) -> None:
    package = make_package(tmp_path / "alpha-1-0.conda", {"share/alpha": b"1"})
    channel.add("noarch", package)
    assert not package.exists()
    assert listed(channel) == there(channel) != {}
    channel.add("noarch", make_package(tmp_path / "omega-1-0.conda", {"share/omega": b"1"}))
    channel.remove("noarch", [channel.file("noarch", "alpha-1-0")])
    assert listed(channel) == there(channel) and list(listed(channel)) == ["omega-1-0.conda"]
    assert not channel.repair()


@pytest.mark.parametrize("at", ["move_file", "_write", "unlink"])
def test_killed_while_replacing_a_package(
    channel: Channel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    """The new package has the old one's name and size: only the mark tells that the index may be wrong."""
    channel.add("noarch", make_package(tmp_path / "alpha-1-0.conda", {"share/alpha": b"1"}))

    class Killed(BaseException):
        pass

    def die(*_arguments: object, **_keywords: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        if at == "move_file":
            patch.setattr(module, "move_file", die)
        elif at == "_write":
            patch.setattr(Channel, "_write", die)
        else:
            patch.setattr(Path, "unlink", die)
        with pytest.raises(Killed):
            channel.add("noarch", make_package(tmp_path / "alpha-1-0.conda", {"share/alpha": b"2"}))
    assert channel.repair()
    assert listed(channel) == there(channel)
    assert not channel.repair()


DIE_WHILE_WRITING = """
import json, os, sys
from pathlib import Path
from wasmforge.channel.channel import Channel

json.dump = lambda *arguments, **keywords: os._exit(9)
Channel(Path(sys.argv[1]), ("noarch",))._write("noarch", {})
"""


def test_leftovers_of_a_kill_are_removed(channel: Channel) -> None:
    done = subprocess.run([sys.executable, "-c", DIE_WHILE_WRITING, str(channel.path)], check=False)
    assert done.returncode == 9
    assert len(list((channel.path / "noarch").iterdir())) == 2
    channel.repair()
    assert [path.name for path in (channel.path / "noarch").iterdir()] == ["repodata.json"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a file system of its own with 256 kB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode:
        pytest.skip("needs the right to mount a file system: " + mounted.stderr.decode().strip())
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_full_disk(small_disk: Path, tmp_path: Path) -> None:
    channel = Channel(small_disk, ("noarch",))
    channel.repair()
    channel.add("noarch", make_package(tmp_path / "alpha-1-0.conda", {"share/alpha": b"1"}))
    before = there(channel)
    noise = bytes(hashlib.sha256(str(i).encode()).digest()[0] for i in range(400_000))
    with pytest.raises(OSError, match="No space left"):
        channel.add("noarch", make_package(tmp_path / "omega-1-0.conda", {"share/omega": noise}))
    assert listed(channel) == there(channel) == before
    channel.repair()
    assert listed(channel) == there(channel) == before
