"""Clients install from a published copy of the channel that ships with the repository, over HTTP, and it runs."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import rattler
from channels import FaultyChannel

from checkouts import REPOSITORY
from wasmforge.common.node import find_node

PROGRAM = "import numpy; print(numpy.linalg.norm([3, 4]))"
PLATFORM = "emscripten-wasm32"


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


def files_of(channel: Path) -> dict[str, bytes]:
    return {file.relative_to(channel).as_posix(): file.read_bytes() for file in channel.glob("*/*.conda")}


def output(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def check_numpy(prefix: Path) -> None:
    """NumPy works in the prefix."""
    assert output([sys.executable, "-m", "wasmforge", "run", "-p", str(prefix), "-c", PROGRAM]) == "5.0\n"


def check_shards(web: FaultyChannel) -> None:
    """The client read of the index what it needed, and no more."""
    assert f"/{PLATFORM}/repodata_shards.msgpack.zst" in web.requests
    assert not [path for path in web.requests if path.endswith("repodata.json")]


def test_every_package_is_there(published: Path) -> None:
    files = files_of(REPOSITORY / "emscripten-forge/channel")
    assert files == files_of(published)
    names = {name.rpartition("/")[2].rsplit("-", 2)[0] for name in files}
    data = json.loads((published / "channeldata.json").read_text())
    assert set(data["packages"]) == names
    assert data["packages"]["numpy"]["run_exports"]
    for subdir in ("noarch", PLATFORM):
        table = json.loads((published / subdir / "run_exports.json").read_text())["packages.conda"]
        assert {f"{subdir}/{name}" for name in table} == {name for name in files if name.startswith(f"{subdir}/")}


def test_create(web: FaultyChannel, tmp_path: Path) -> None:
    prefix = tmp_path / "env"
    output([sys.executable, "-m", "wasmforge", "create", "-p", str(prefix), "-c", web.url, "numpy"])
    check_numpy(prefix)
    check_shards(web)


def test_rattler(web: FaultyChannel, tmp_path: Path) -> None:
    """py-rattler, whose solver and installer are those of pixi and rattler-build."""

    async def install() -> list[rattler.RepoDataRecord]:
        gateway = rattler.Gateway(cache_dir=tmp_path / "index")
        records = await rattler.solve([web.url], ["numpy"], platforms=[PLATFORM, "noarch"], gateway=gateway)
        await rattler.install(
            records, tmp_path / "env", cache_dir=tmp_path / "packages", platform=rattler.Subdir(PLATFORM)
        )
        return records

    records = asyncio.run(install())
    assert {"numpy", "python", "wasmforge-runtime"} <= {record.name.normalized for record in records}
    assert all(str(record.url).startswith(web.url) for record in records)
    assert {path.stem for path in (tmp_path / "env/conda-meta").glob("*.json")} == {
        record.file_name.removesuffix(".conda") for record in records
    }
    check_numpy(tmp_path / "env")
    check_shards(web)


@pytest.mark.parametrize("client", ["mambajs", "rattler"])
def test_clients_of_npm(web: FaultyChannel, node_modules: Path, tmp_path: Path, client: str) -> None:
    program = str(Path(__file__).with_name("npm_clients.mjs"))
    prefix = tmp_path / "env"
    done = output([find_node(), program, client, str(node_modules), web.url, str(prefix), "numpy"])
    installed = set(json.loads(done))
    assert {"numpy", "python", "wasmforge-runtime"} <= {name.rsplit("-", 2)[0] for name in installed}
    assert {path for path in web.requests if path.endswith(".conda")} == {f"/{PLATFORM}/{name}" for name in installed}
    check_numpy(prefix)
    check_shards(web)
