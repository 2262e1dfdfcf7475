"""bundle replaces nothing but a bundle that is as it wrote it, and that only by a whole one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from checkouts import REPOSITORY
from test_bundle import contents_of
from test_bundle_safety import WWW, Place, tree
from wasmforge.bundle.bundle import bundle
from wasmforge.bundle.compression import Compression
from wasmforge.bundle.output import LIST
from wasmforge.common.errors import WasmforgeError
from wasmforge.common.progress import Reporter


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def other_bundle(place: Place) -> None:
    """Changes the prefix, so that its bundle is another."""
    place.prefix.install("new", {f"{WWW}/new.html": b"new"})


def test_a_bundle_lists_its_files_and_is_replaced(place: Place) -> None:
    bundle(place.prefix.path, place.out)
    listed = json.loads((place.out / LIST).read_text())
    assert set(listed["files"]) == set(contents_of(place.out)) - {LIST}
    assert {"manifest.json", "manifest.json.br", "index.html.gz", "service-worker.js"} <= set(listed["files"])
    assert LIST not in (place.out / "service-worker.js").read_text()
    other_bundle(place)
    place.bundle()
    assert "new.html" in contents_of(place.out) and "manifest.json.br" not in contents_of(place.out)
    assert list(place.out.parent.iterdir()) == [place.out]


def test_a_missing_file_is_no_reason_to_keep_a_bundle(place: Place) -> None:
    place.bundle()
    (place.out / "index.html").unlink()
    place.bundle()
    assert "index.html" in contents_of(place.out)


def web_app(folder: Path) -> str:
    (folder / ".git").mkdir(parents=True)
    (folder / ".git/HEAD").write_text("ref: refs/heads/main")
    (folder / "manifest.json").write_text('{"name": "My app", "icons": []}')
    return "is not a bundle"


def forged_list(folder: Path) -> str:
    web_app(folder)
    (folder / LIST).write_text('{"format": 1, "files": ["manifest.json"]}')
    return "is not a bundle"


def odd_list(folder: Path) -> str:
    folder.mkdir()
    (folder / LIST).write_text("[" * 100_000)
    return "is not a bundle"


def own_files(folder: Path) -> str:
    folder.mkdir()
    (folder / "precious.txt").write_text("x")
    return "is not a bundle"


def a_file(folder: Path) -> str:
    folder.write_text("x")
    return "is not a folder"


@pytest.mark.parametrize("make", [web_app, forged_list, odd_list, own_files, a_file])
def test_other_folders_are_not_replaced(place: Place, make: Callable[[Path], str]) -> None:
    place.refuse(place.out, make(place.out))


def note(out: Path) -> str:
    (out / "packages/note.txt").write_text("mine")
    return "packages/note.txt is not of the bundle"


def repository(out: Path) -> str:
    (out / ".git").mkdir()
    (out / ".git/HEAD").write_text("ref: refs/heads/main")
    return ".git is not of the bundle"


def empty_folder(out: Path) -> str:
    (out / "empty").mkdir()
    return "empty is not of the bundle"


def link(out: Path) -> str:
    (out / "link").symlink_to("index.html")
    return "link is not of the bundle"


def link_for_file(out: Path) -> str:
    (out / "index.html").rename(out.parent / "index.html")
    (out / "index.html").symlink_to("../index.html")
    return "index.html has changed"


def folder_for_file(out: Path) -> str:
    (out / "index.html").unlink()
    (out / "index.html").mkdir()
    return "index.html is not of the bundle"


def edited(out: Path) -> str:
    (out / "index.html").write_text("my own page")
    return "index.html has changed"


def same_size(out: Path) -> str:
    text = (out / "index.html").read_text()
    (out / "index.html").write_text(text.swapcase())
    return "index.html has changed"


@pytest.mark.parametrize(
    "change", [note, repository, empty_folder, link, link_for_file, folder_for_file, edited, same_size]
)
def test_what_the_user_has_in_a_bundle_is_not_lost(place: Place, change: Callable[[Path], str]) -> None:
    place.bundle()
    place.refuse(place.out, change(place.out))


@pytest.mark.parametrize("text", [None, '{"format": 2, "files": {"manifest.json": "x"}}'])
def test_a_bundle_of_another_version(place: Place, text: str | None) -> None:
    place.bundle()
    (place.out / LIST).unlink()
    if text:
        (place.out / LIST).write_text(text)
    place.refuse(place.out, "another version of wasmforge", "Remove the folder")


@pytest.mark.parametrize("before", [False, True])
def test_a_file_that_comes_while_the_bundle_is_made(place: Place, before: bool) -> None:
    """before: whether a bundle was there when the command began."""
    if before:
        place.bundle()

    class Meddler(Reporter):
        @contextmanager
        def step(self, name: str, *_: Any) -> Iterator[None]:
            yield
            place.out.mkdir(exist_ok=True)
            (place.out / "note.txt").write_text("mine")

    with pytest.raises(WasmforgeError, match=r"note\.txt is not of the bundle|is not a bundle"):
        bundle(place.prefix.path, place.out, Meddler(), compression=Compression.NONE)
    assert (place.out / "note.txt").read_text() == "mine"
    assert ("manifest.json" in contents_of(place.out)) == before
    assert list(place.out.parent.iterdir()) == [place.out]


def test_an_output_that_is_a_link(place: Place) -> None:
    target = place.root / "home/site"
    place.out.symlink_to(target)
    for _ in range(2):
        place.bundle()
        assert place.out.is_symlink() and (target / "manifest.json").is_file()
        other_bundle(place)
    assert sorted(path.name for path in target.parent.iterdir()) == ["secret", "site"]
    (target / "note.txt").write_text("mine")
    place.refuse(target / "note.txt")


def test_output_in_the_prefix_or_around_it(place: Place) -> None:
    for out in (place.prefix.path, place.root, place.prefix.path / "lib"):
        before = tree(place.root)
        with pytest.raises(WasmforgeError, match="is not a bundle"):
            bundle(place.prefix.path, out, compression=Compression.NONE)
        assert tree(place.root) == before


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_bundle_leaves_the_old_one(place: Place, end: signal.Signals) -> None:
    place.bundle()
    before = contents_of(place.out)
    # Compressing all takes longer than the test waits.
    place.prefix.install("new", {f"{WWW}/{number}.svg": os.urandom(300_000) for number in range(600)})
    command = [sys.executable, "-m", "wasmforge", "bundle", str(place.prefix.path), "-o", str(place.out)]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "scripts")}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        deadline = time.monotonic() + 60
        while not list(place.out.parent.glob(".out-*/new/*.svg.br")):
            assert child.poll() is None and time.monotonic() < deadline
            time.sleep(0.02)
        child.send_signal(end)
        _, stderr = child.communicate(timeout=20)
    assert child.returncode == (-end if end == signal.SIGKILL else 130) and "Traceback" not in stderr
    assert contents_of(place.out) == before
    if end != signal.SIGKILL:
        assert list(place.out.parent.iterdir()) == [place.out]
