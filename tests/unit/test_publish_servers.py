"""Packages reach servers that make their index themselves, over HTTP as rattler speaks it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from package_server import PackageServer
from packages import make_package

APPLE, PEAR = "apple-1.0-0.conda", "pear-1.0-0.conda"
LISTING = {"quetz": "chan", "artifactory": "a/b/chan", "prefix": "chan"}


@pytest.fixture
def server() -> Iterator[PackageServer]:
    with PackageServer() as server:
        yield server


@pytest.fixture
def channel(tmp_path: Path) -> Path:
    (tmp_path / "local" / "noarch").mkdir(parents=True)
    for name in (APPLE, PEAR):
        make_package(tmp_path / "local" / "noarch" / name, {"share/file": name.encode()})
    return tmp_path / "local"


def publish(target: str, channel: Path, code: int = 0) -> str:
    command = [sys.executable, "-m", "wasmforge", "publish", target, "-c", str(channel)]
    environment = {**os.environ, "WASMFORGE_PUBLISH_TOKEN": "secret"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == code, done.stderr
    assert "secret" not in done.stderr
    return done.stderr


@pytest.mark.parametrize(
    ("kind", "path", "place", "token"),
    [
        ("quetz", "chan", "/api/channels/chan/upload/", "secret"),
        ("artifactory", "a/b/chan", "/a/b/chan/noarch/", "Bearer secret"),
        ("prefix", "chan", "/api/v1/upload/chan/", "Bearer secret"),
        ("anaconda", "me", "/bucket/stage/me/", "token secret"),
    ],
)
def test_a_server_gets_the_packages(
    server: PackageServer, channel: Path, kind: str, path: str, place: str, token: str
) -> None:
    assert "2 of them new" in publish(f"{kind}+{server.origin}/{path}", channel)
    sent = {name.rpartition("/")[2]: data for name, data in server.files.items() if name.startswith(place)}
    assert sent == {name: (channel / "noarch" / name).read_bytes() for name in (APPLE, PEAR)}
    assert server.tokens == {token}
    if kind == "anaconda":
        assert len([one for one in server.requests if one.startswith("POST /commit/me/")]) == 2


@pytest.mark.parametrize("kind", LISTING)
def test_a_second_run_uploads_the_rest(server: PackageServer, channel: Path, kind: str) -> None:
    target = f"{kind}+{server.origin}/{LISTING[kind]}"
    server.refuse = {PEAR}
    text = publish(target, channel, code=1)
    assert f"did not take noarch/{PEAR}" in text and "uploaded: 1 of 2" in text
    server.refuse = set()
    server.requests.clear()
    assert "1 of them new" in publish(target, channel)
    assert not [one for one in server.requests if APPLE in one]
    assert len(server.files) == 2


@pytest.mark.parametrize("kind", LISTING)
def test_a_name_means_one_content(server: PackageServer, channel: Path, kind: str) -> None:
    target = f"{kind}+{server.origin}/{LISTING[kind]}"
    publish(target, channel)
    before = dict(server.files)
    make_package(channel / "noarch" / PEAR, {"share/file": b"other"})
    assert f"noarch/{PEAR} is in the channel with another content" in publish(target, channel, code=1)
    assert server.files == before


def test_a_server_that_is_not_there(channel: Path) -> None:
    assert "cannot be read" in publish("quetz+http://127.0.0.1:9/chan", channel, code=1)
