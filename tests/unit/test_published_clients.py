"""Clients install from a published copy of the channel that ships with the repository, over HTTP."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from channels import FaultyChannel

from checkouts import REPOSITORY
from wasmforge.common.node import find_node

SOLVE = """
const { simpleSolve } = require("@conda-org/rattler");
simpleSolve(["numpy"], [process.argv[1]], ["noarch", "emscripten-wasm32"], [])
    .then((found) => console.log(JSON.stringify(found.map((one) => one.packageName))));
"""


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published") / "channel"
    channel = REPOSITORY / "emscripten-forge/channel"
    subprocess.run([sys.executable, "-m", "wasmforge", "publish", str(folder), "-c", str(channel)], check=True)
    return folder


@pytest.fixture
def web(published: Path) -> Iterator[FaultyChannel]:
    with FaultyChannel(published) as web:
        yield web


def test_every_package_is_there(published: Path) -> None:
    channel = REPOSITORY / "emscripten-forge/channel"
    files = {str(file.relative_to(channel)): file.read_bytes() for file in channel.glob("*/*.conda")}
    assert files == {str(file.relative_to(published)): file.read_bytes() for file in published.glob("*/*.conda")}
    names = {name.rpartition("/")[2].rsplit("-", 2)[0] for name in files}
    data = json.loads((published / "channeldata.json").read_text())
    assert set(data["packages"]) == names
    assert data["packages"]["numpy"]["run_exports"]
    for subdir in ("noarch", "emscripten-wasm32"):
        table = json.loads((published / subdir / "run_exports.json").read_text())["packages.conda"]
        assert {f"{subdir}/{name}" for name in table} == {name for name in files if name.startswith(f"{subdir}/")}


def test_create_installs_from_it(web: FaultyChannel, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "wasmforge", "create", "-p", str(tmp_path / "env"), "-c", web.url, "zlib"]
    subprocess.run(command, check=True)
    assert list((tmp_path / "env" / "conda-meta").glob("zlib-*.json"))
    assert "/emscripten-wasm32/repodata_shards.msgpack.zst" in web.requests
    assert not [path for path in web.requests if path.endswith("repodata.json")]


def test_the_solver_on_npm_reads_its_shards(web: FaultyChannel, node_modules: Path) -> None:
    command = [find_node(), "-e", SOLVE, web.url]
    done = subprocess.run(command, cwd=node_modules.parent, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert {"numpy", "python", "wasmforge-runtime"} <= set(json.loads(done.stdout))
    assert "/emscripten-wasm32/repodata_shards.msgpack.zst" in web.requests
    assert not [path for path in web.requests if path.endswith("repodata.json")]
