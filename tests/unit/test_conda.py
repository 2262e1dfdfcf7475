"""Rewriting packages so that their bytes depend on their content alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from packages import make_package, read_package
from wasmforge.channel import conda_file as conda
from wasmforge.common.errors import BuildError

LABEL = conda.Label(build="0", number=0, time=1_000_000, record={"input_hash": "abc"})
LONG = "share/" + "a-long-folder-name/" * 12 + "file-ü.txt"


def test_rewrite_is_independent_of_order_time_and_owner(tmp_path: Path) -> None:
    files = {"bin/run": b"#!/bin/sh\n", LONG: b"text", "b": b""}
    for folder, order in (("one", list(files)), ("two", list(reversed(files)))):
        (tmp_path / folder).mkdir()
        package = make_package(
            tmp_path / folder / "alpha-1-0.conda", {name: files[name] for name in order}, {"bin/again": "run"}, 0o755
        )
        conda.rewrite(package, package, LABEL, 3)
    assert (tmp_path / "one/alpha-1-0.conda").read_bytes() == (tmp_path / "two/alpha-1-0.conda").read_bytes()


def test_rewrite_keeps_content_links_and_execute_bits(tmp_path: Path) -> None:
    package = make_package(tmp_path / "alpha-1-0.conda", {LONG: b"text"}, {"bin/again": "run"})
    conda.rewrite(package, package, LABEL, 3)
    entries = read_package(package)
    assert (entries[LONG].mode, entries[LONG].size, entries[LONG].uid, entries[LONG].uname) == (0o644, 4, 0, "")
    assert entries["bin/again"].linkname == "run"
    assert {entry.mtime for entry in entries.values()} == {conda.EPOCH}


def test_record_is_read_back_and_the_channel_s_address_is_gone(tmp_path: Path) -> None:
    package = make_package(tmp_path / "alpha-1-0.conda", {"a": b"1"})
    assert conda.input_hash(package) is None
    conda.rewrite(package, package, LABEL, 3)
    assert conda.input_hash(package) == "abc"
    info = conda.read_info(package, {"info/about.json", "info/index.json"})
    assert info["info/about.json"] == {"summary": "alpha"}
    assert info["info/index.json"]["timestamp"] == 1_000_000_000


@pytest.mark.parametrize("keep", [0, 10, 300])
def test_truncated_package_is_named(tmp_path: Path, keep: int) -> None:
    package = make_package(tmp_path / "alpha-1-0.conda", {"a": b"1"})
    package.write_bytes(package.read_bytes()[:keep])
    with pytest.raises(BuildError, match="alpha-1-0.conda"):
        conda.input_hash(package)
