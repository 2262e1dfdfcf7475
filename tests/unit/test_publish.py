"""A published channel is right at every moment: for readers, with several publishers, after kill -9."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
import zstandard
from channels import FaultyChannel
from rattler import Gateway, MatchSpec, SourceConfig, solve

from packages import make_package
from s3_server import BUCKET, S3Server

INDEX = ("repodata.json", "repodata.json.zst", "repodata_shards.msgpack.zst", "run_exports.json")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    with S3Server() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture
def local(tmp_path: Path) -> Path:
    """A channel with four packages."""
    return make_channel(tmp_path / "local", "apple-1.0-0", "apple-2.0-0", "pear-1.0-0", "plum-1.0-0")


def make_channel(folder: Path, *stems: str) -> Path:
    (folder / "noarch").mkdir(parents=True)
    for stem in stems:
        make_package(folder / "noarch" / f"{stem}.conda", {"share/file": stem.encode()}, about={"license": "MIT"})
    return folder


def start(target: str | Path, channel: Path, *names: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "wasmforge", "publish", str(target), "-c", str(channel), *names]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def publish(target: str | Path, channel: Path, *names: str, code: int = 0) -> str:
    process = start(target, channel, *names)
    text = process.communicate(timeout=120)[1]
    assert process.returncode == code, text
    return text


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def unpack(data: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompressobj().decompress(data)


def listed(files: dict[str, bytes]) -> set[str]:
    """The packages of noarch's repodata.json."""
    return set(json.loads(files.get("noarch/repodata.json", b'{"packages.conda": {}}'))["packages.conda"])


def check_readable(files: dict[str, bytes]) -> None:
    """Every index file that is there can be read, and lists nothing that is not there as it says."""
    for text in (files.get("noarch/repodata.json"), unpack(files.get("noarch/repodata.json.zst", b"")) or None):
        for name, record in json.loads(text or b'{"packages.conda": {}}')["packages.conda"].items():
            assert sha256(files[f"noarch/{name}"]).hexdigest() == record["sha256"]
    shard_index = unpack(files.get("noarch/repodata_shards.msgpack.zst", b""))
    shards = {name: unpack(data) for name, data in files.items() if "/shards/" in name}
    for name, data in shards.items():
        assert sha256(files[name]).hexdigest() == Path(name).name.partition(".")[0]
        if bytes.fromhex(Path(name).name.partition(".")[0]) in shard_index:
            assert data
    for package in ("apple", "pear", "plum"):
        assert package.encode() not in shard_index or any(package.encode() in data for data in shards.values())


def check_complete(files: dict[str, bytes], stems: set[str]) -> None:
    """Every index file lists these packages and no others."""
    names = {f"{stem}.conda" for stem in stems}
    check_readable(files)
    assert listed(files) == names
    assert unpack(files["noarch/repodata.json.zst"]) == files["noarch/repodata.json"]
    assert set(json.loads(files["noarch/run_exports.json"])["packages.conda"]) == names
    data = json.loads(files["channeldata.json"])
    assert set(data["packages"]) == {stem.split("-")[0] for stem in stems}
    # The shards that the index names have them all, too.
    shard_index = unpack(files["noarch/repodata_shards.msgpack.zst"])
    named = b"".join(
        unpack(data)
        for name, data in files.items()
        if "/shards/" in name and bytes.fromhex(Path(name).name.partition(".")[0]) in shard_index
    )
    assert all(name.encode() in named for name in names)


def solved(url: str, cache: Path, spec: str, **how: bool) -> set[str]:
    off = {"bz2_enabled": False, "zstd_enabled": False, "sharded_enabled": False}
    gateway = Gateway(cache_dir=cache, default_config=SourceConfig(**{**off, **how}))
    records = asyncio.run(solve([url], [MatchSpec(spec)], gateway=gateway, platforms=["noarch"]))
    return {record.file_name for record in records}


@pytest.mark.parametrize(
    ("how", "file"),
    [
        ({"sharded_enabled": True}, "repodata_shards.msgpack.zst"),
        ({"zstd_enabled": True}, "repodata.json.zst"),
        ({}, "repodata.json"),
    ],
)
def test_clients_read_every_form_of_the_index(local: Path, tmp_path: Path, how: dict[str, bool], file: str) -> None:
    publish(tmp_path / "out", local)
    with FaultyChannel(tmp_path / "out") as channel:
        assert solved(channel.url, tmp_path / "cache", "apple", **how) == {"apple-2.0-0.conda"}
    assert f"/noarch/{file}" in channel.requests
    assert [path for path in channel.requests if path.endswith("repodata.json")] == (
        [] if how else ["/noarch/repodata.json"]
    )


def test_a_bucket_and_a_folder_get_the_same_channel(local: Path, tmp_path: Path, server: S3Server) -> None:
    publish(tmp_path / "out", local)
    publish(f"s3://{BUCKET}/deep/channel", local)
    in_bucket = {name.removeprefix("deep/channel/"): data for name, data in server.files().items()}
    in_folder = files_of(tmp_path / "out")
    assert {name for name in in_bucket if "shards/" not in name} - {".publish-probe"} == {
        name for name in in_folder if "shards/" not in name
    } - {".publish.lock"}
    check_complete(in_bucket, {"apple-1.0-0", "apple-2.0-0", "pear-1.0-0", "plum-1.0-0"})
    check_complete(in_folder, {"apple-1.0-0", "apple-2.0-0", "pear-1.0-0", "plum-1.0-0"})


def test_channeldata_describes_the_newest_package(local: Path, tmp_path: Path) -> None:
    publish(tmp_path / "out", local, "apple")
    entry = json.loads((tmp_path / "out" / "channeldata.json").read_text())["packages"]["apple"]
    assert (entry["version"], entry["license"], entry["summary"]) == ("2.0", "MIT", "apple")
    assert (entry["reference_package"], entry["subdirs"]) == ("noarch/apple-2.0-0.conda", ["noarch"])


def test_the_second_time_nothing_is_written(local: Path, server: S3Server) -> None:
    publish(f"s3://{BUCKET}/c", local)
    before, server.written[:] = server.files(), []
    assert "0 of them new" in publish(f"s3://{BUCKET}/c", local)
    assert server.written == [] and server.files() == before


def test_packages_are_added_to_those_that_are_there(local: Path, tmp_path: Path, server: S3Server) -> None:
    publish(f"s3://{BUCKET}/c", local, "apple")
    before = server.files("c")
    first = json.loads(before["c/noarch/repodata.json"])["packages.conda"]
    make_channel(tmp_path / "more", "apple-3.0-0", "pear-1.0-0")
    publish(f"s3://{BUCKET}/c", tmp_path / "more")
    after = server.files("c")
    second = json.loads(after["c/noarch/repodata.json"])["packages.conda"]
    assert set(second) == {*first, "apple-3.0-0.conda", "pear-1.0-0.conda"}
    assert {name: second[name] for name in first} == first
    # A client may have the older index.
    assert {name for name in before if "/shards/" in name} < set(after)


@pytest.mark.parametrize("kind", ["folder", "bucket"])
@pytest.mark.parametrize("in_index", [True, False], ids=["listed", "left by an interrupted run"])
def test_a_name_means_one_content(local: Path, tmp_path: Path, server: S3Server, kind: str, in_index: bool) -> None:
    target = tmp_path / "out" if kind == "folder" else f"s3://{BUCKET}"
    publish(target, local, "apple", *(["pear"] if in_index else []))
    if not in_index:
        data = (local / "noarch" / "pear-1.0-0.conda").read_bytes()
        if kind == "folder":
            (tmp_path / "out" / "noarch" / "pear-1.0-0.conda").write_bytes(data)
        else:
            server.put("noarch/pear-1.0-0.conda", data)
    before = files_of(tmp_path / "out") if kind == "folder" else server.files()
    other = make_channel(tmp_path / "other", "plum-1.0-0")
    make_package(other / "noarch" / "pear-1.0-0.conda", {"share/file": b"other"})
    text = publish(target, other, code=1)
    assert "noarch/pear-1.0-0.conda is in the channel with another content" in text
    after = files_of(tmp_path / "out") if kind == "folder" else server.files()
    assert {name: data for name, data in after.items() if "plum" not in name} == before


@pytest.mark.parametrize("kind", ["folder", "bucket"])
def test_two_publishers_at_once(local: Path, tmp_path: Path, server: S3Server, kind: str) -> None:
    server.delay = 0.3  # so that each has read the index before the other one writes
    other = make_channel(tmp_path / "other", "cherry-1.0-0", "apple-3.0-0")
    target = tmp_path / "out" if kind == "folder" else f"s3://{BUCKET}"
    processes = [start(target, channel) for channel in (local, other)]
    for process in processes:
        text = process.communicate(timeout=120)[1]
        assert process.returncode == 0, text
    files = files_of(tmp_path / "out") if kind == "folder" else server.files()
    check_complete(files, {"apple-1.0-0", "apple-2.0-0", "apple-3.0-0", "pear-1.0-0", "plum-1.0-0", "cherry-1.0-0"})
    if kind == "bucket":
        assert "noarch/repodata.json" in server.refused  # one has met the other


def test_killed_at_every_write_to_a_bucket(local: Path, tmp_path: Path, server: S3Server) -> None:
    base = make_channel(tmp_path / "base", "fig-1.0-0")
    all_ = {"fig-1.0-0", "apple-1.0-0", "apple-2.0-0", "pear-1.0-0", "plum-1.0-0"}
    publish(f"s3://{BUCKET}/base", base)
    begin = {name.removeprefix("base/"): data for name, data in server.files("base").items()}
    seen, kills = set(), 0
    for moment in range(100):
        target = f"s3://{BUCKET}/{moment}"
        for name, data in begin.items():
            server.put(f"{moment}/{name}", data)
        left = [moment]
        process = start(target, local)

        def kill(name: str, process: subprocess.Popen[str] = process, left: list[int] = left) -> None:
            if not name.endswith(".publish-probe"):
                left[0] -= 1
                if left[0] < 0:
                    os.kill(process.pid, signal.SIGKILL)

        server.before_put = kill
        process.communicate(timeout=120)
        server.before_put = lambda _: None
        files = {name.removeprefix(f"{moment}/"): data for name, data in server.files(str(moment)).items()}
        check_readable(files)
        assert "fig-1.0-0.conda" in listed(files)
        if process.returncode == 0:
            break
        assert process.returncode == -signal.SIGKILL
        kills += 1
        seen.add(len(listed(files)))
        server.written.clear()
        publish(target, local)
        files = {name.removeprefix(f"{moment}/"): data for name, data in server.files(str(moment)).items()}
        check_complete(files, all_)
    # Four packages, three shards, four files of the index, channeldata.json.
    assert kills == 12
    assert seen == {1, 5}


def test_killed_at_every_write_to_a_folder(local: Path, tmp_path: Path) -> None:
    # Ends itself as kill -9 would, when the file is written and not yet in its place.
    program = """
import os, signal, sys
left, replace = [int(sys.argv.pop(1))], os.replace
def kill(*names):
    left[0] -= 1
    if left[0] < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    replace(*names)
os.replace = kill
from wasmforge.cli import main
main()
"""
    target, kills = tmp_path / "out", 0
    for moment in range(100):
        shutil.rmtree(target, ignore_errors=True)
        command = [sys.executable, "-c", program, str(moment), "publish", str(target), "-c", str(local)]
        code = subprocess.run(command, stderr=subprocess.DEVNULL, timeout=120).returncode
        check_readable({name: data for name, data in files_of(target).items() if "-part/" not in name})
        if code == 0:
            break
        assert code == -signal.SIGKILL
        kills += 1
        publish(target, local)
        files = files_of(target)
        assert not [name for name in files if "-part/" in name]
        check_complete(files, {"apple-1.0-0", "apple-2.0-0", "pear-1.0-0", "plum-1.0-0"})
    assert kills >= 12


def test_what_was_uploaded_is_not_uploaded_again(local: Path, server: S3Server) -> None:
    process = start(f"s3://{BUCKET}", local)

    def kill(name: str) -> None:
        if name == "noarch/repodata.json":
            os.kill(process.pid, signal.SIGKILL)

    server.before_put = kill
    process.communicate(timeout=120)
    packages = [name for name in server.written if name.endswith(".conda")]
    assert len(packages) == 4
    server.before_put, server.written = lambda _: None, []
    publish(f"s3://{BUCKET}", local)
    assert not [name for name in server.written if name.endswith(".conda")]


def test_a_server_that_ignores_conditions_is_refused(local: Path, server: S3Server) -> None:
    server.conditional = False
    assert "ignores If-None-Match and If-Match" in publish(f"s3://{BUCKET}", local, code=1)
    assert set(server.files()) == {".publish-probe"}


def test_a_bucket_that_does_not_exist(local: Path, server: S3Server) -> None:
    assert "cannot write s3://nobody/c/.publish-probe" in publish("s3://nobody/c", local, code=1)


def test_a_copied_folder_is_a_mirror(local: Path, tmp_path: Path) -> None:
    publish(tmp_path / "out", local)
    shutil.copytree(tmp_path / "out", tmp_path / "elsewhere" / "mirror")
    shutil.rmtree(tmp_path / "out")
    with FaultyChannel(tmp_path / "elsewhere") as web:
        for how in ("sharded_enabled", "zstd_enabled"):
            found = solved(f"{web.url}mirror/", tmp_path / how, "plum", **{how: True})
            assert found == {"plum-1.0-0.conda"}
    assert str(tmp_path) not in "".join(map(str, files_of(tmp_path / "elsewhere").values()))


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ("", "the target is empty"),
        ("oci://host/channel", "no upload to them"),
        ("ftp://host/channel", "cannot publish to ftp://host/channel"),
        ("quetz+https://host", "not of the form quetz+https://HOST/CHANNEL"),
        ("quetz+https://me:secret@host/channel", "WASMFORGE_PUBLISH_TOKEN"),
    ],
)
def test_other_addresses_get_one_clear_line(local: Path, target: str, text: str) -> None:
    answer = publish(target, local, code=2)
    assert text in answer and "secret" not in answer and answer.count("\n") == 1


def test_packages_that_cannot_be_published(local: Path, tmp_path: Path) -> None:
    assert "has no package melon" in publish(tmp_path / "out", local, "melon", code=2)
    (local / "noarch" / "pear-1.0-0.conda").rename(local / "noarch" / "pear-1.0-1.conda")
    assert "says that it is noarch/pear-1.0-0.conda" in publish(tmp_path / "out", local, code=1)
    shutil.copy(local / "noarch" / "apple-1.0-0.conda", local / "noarch" / "pear-1.0-1.conda")
    (local / "noarch" / "pear-1.0-1.conda").write_bytes((local / "noarch" / "apple-1.0-0.conda").read_bytes()[:400])
    assert "is not a readable conda package" in publish(tmp_path / "out", local, code=1)
    assert not (tmp_path / "out" / "noarch").exists()
