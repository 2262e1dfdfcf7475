"""Servers that fail: `create` tries again, ends what stalls, and says which channel and file failed and why."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from channels import FaultyChannel
from hostile_packages import Hostile, make_channel

from checkouts import Checkout

INDEX = "repodata.json"
PACKAGE = "one-1.0-0.conda"


@pytest.fixture
def channel(tmp_path: Path) -> Iterator[FaultyChannel]:
    folder = tmp_path / "channel"
    make_channel(folder, Hostile("one", [("share/one", b"1" * 100_000)]))
    with FaultyChannel(folder) as served:
        yield served


def create(checkout: Checkout, *channels: str, timeout: str = "", spec: str = "one") -> tuple[int, str]:
    names = [part for channel in channels for part in ("-c", channel)]
    result = checkout.run("create", "-p", "env", *names, spec, variables={"WASMFORGE_TIMEOUT": timeout})
    assert "Traceback" not in result.stderr and "a bug" not in result.stderr
    there = (checkout.root / "env" / "share" / "one").is_file()
    assert there == (result.returncode == 0)
    assert there or not (checkout.root / "env").exists()
    return result.returncode, result.stderr


@pytest.mark.parametrize("file", [INDEX, PACKAGE])
@pytest.mark.parametrize("faults", [["unavailable"] * 2, ["cut", "reset"], ["stall"]], ids="-".join)
def test_passing_faults_are_overcome(checkout: Checkout, channel: FaultyChannel, file: str, faults: list[str]) -> None:
    # Both the index of the platform and that of noarch have their faults.
    channel.spoil(file, faults * (2 if file == INDEX else 1))
    code, stderr = create(checkout, channel.url, timeout="2")
    assert code == 0, stderr


@pytest.mark.parametrize("file", [INDEX, PACKAGE])
@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("unavailable", "503"),
        ("forbidden", "403"),
        ("stall", "nothing came for 1 s"),
        ("cut", "end of file|decoding response body"),
        ("reset", "reset|ended the connection|connection closed"),
    ],
)
def test_lasting_faults_are_told(checkout: Checkout, channel: FaultyChannel, file: str, fault: str, cause: str) -> None:
    channel.spoil(file, [fault] * 100)
    started = time.monotonic()
    # rattler itself pauses between its tries of an index that broke off.
    code, stderr = create(checkout, channel.url, timeout="1" if fault == "stall" else "10")
    assert code == 1
    assert channel.url.rstrip("/") in stderr and file in stderr
    assert any(part in stderr for part in cause.split("|")), stderr
    assert "anew" not in stderr
    assert ("password" in stderr) == (fault == "forbidden")
    asked = [path for path in channel.requests if path.endswith(file)]
    if fault == "forbidden":
        assert len(asked) == len(set(asked)), "refusals are not tried again"
    assert time.monotonic() - started < 60


def test_a_package_that_is_gone(checkout: Checkout, channel: FaultyChannel) -> None:
    channel.spoil(PACKAGE, ["missing"])
    code, stderr = create(checkout, channel.url)
    assert code == 1 and PACKAGE in stderr and channel.url in stderr and "404" in stderr


def test_a_server_that_is_not_there(checkout: Checkout) -> None:
    with FaultyChannel(checkout.root) as gone:
        url = gone.url
    code, stderr = create(checkout, url)
    assert code == 1 and url in stderr and "refused" in stderr and "tried 4 times" in stderr


def test_an_index_that_is_no_index(checkout: Checkout, channel: FaultyChannel) -> None:
    channel.spoil(INDEX, ["short"] * 2)
    code, stderr = create(checkout, channel.url)
    assert code == 1 and channel.url in stderr and INDEX in stderr and "parse" in stderr


def without_noarch(folder: Path, name: str) -> Path:
    """A channel with a package for the platform alone."""
    make_channel(folder, Hostile(name, [(f"share/{name}", b"1")]))
    index = json.loads((folder / "noarch" / INDEX).read_text())
    index["info"] = {"subdir": "emscripten-wasm32"}
    for record in index["packages.conda"].values():
        record["subdir"] = "emscripten-wasm32"
    (folder / "noarch").rename(folder / "emscripten-wasm32")
    (folder / "emscripten-wasm32" / INDEX).write_text(json.dumps(index))
    return folder


@pytest.mark.parametrize("served", [False, True])
def test_channels_without_noarch(checkout: Checkout, channel: FaultyChannel, tmp_path: Path, served: bool) -> None:
    folder = without_noarch(tmp_path / "other", "other")
    with FaultyChannel(folder) as server:
        url = server.url if served else str(folder)
        for channels in ([url], [channel.url, url], [url, channel.url]):
            prefix = checkout.root / f"env-{len(channels)}-{channels[0] == url}"
            specs = ["other", "one"][: len(channels)]
            names = [part for channel in channels for part in ("-c", channel)]
            result = checkout.run("create", "-p", str(prefix), *names, *specs)
            assert result.returncode == 0, result.stderr
            assert sorted(path.name for path in (prefix / "share").iterdir()) == sorted(specs)


def test_a_channel_with_nothing(checkout: Checkout, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    with FaultyChannel(tmp_path / "nothing") as server:
        code, stderr = create(checkout, server.url)
        assert code == 1 and server.url in stderr and "no folder noarch" in stderr


@pytest.mark.parametrize("value", ["soon", "0", "-1", "nan"])
def test_a_limit_that_is_no_time(checkout: Checkout, channel: FaultyChannel, value: str) -> None:
    code, stderr = create(checkout, channel.url, timeout=value)
    assert code == 2 and "WASMFORGE_TIMEOUT" in stderr and value in stderr
