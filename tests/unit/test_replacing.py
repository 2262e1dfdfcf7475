"""Files and folders that appear whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from wasmforge.common.replacing import new_file, new_folder


def test_new_file_replaces_only_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    with new_file(path) as draft:
        draft.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new" and list(tmp_path.iterdir()) == [path]


def test_failure_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), new_file(path) as draft:
        draft.write_text("half")
        raise ZeroDivisionError
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("replace", [False, True])
def test_new_folder_takes_a_free_or_empty_place(tmp_path: Path, replace: bool) -> None:
    for path in (tmp_path / "free", tmp_path / "empty"):
        if path.name == "empty":
            path.mkdir()
        with new_folder(path, replace=replace) as draft:
            (draft / "file").write_text("new")
        assert (path / "file").read_text() == "new"
    assert {path.name for path in tmp_path.iterdir()} == {"free", "empty"}


def test_new_folder_replaces_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "folder"
    path.mkdir()
    (path / "old").touch()
    with new_folder(path, replace=True) as draft:
        (draft / "new").touch()
    assert [file.name for file in path.iterdir()] == ["new"] and list(tmp_path.iterdir()) == [path]


def test_new_folder_puts_the_old_one_back_when_the_new_one_cannot_come(tmp_path: Path) -> None:
    path = tmp_path / "folder"
    path.mkdir()
    (path / "old").touch()
    with pytest.raises(FileNotFoundError), new_folder(path, replace=True) as draft:
        draft.rmdir()
    assert [file.name for file in path.iterdir()] == ["old"] and list(tmp_path.iterdir()) == [path]


def test_new_folder_leaves_what_another_process_made(tmp_path: Path) -> None:
    path = tmp_path / "folder"
    with pytest.raises(OSError, match="not empty"), new_folder(path) as draft:
        (draft / "new").touch()
        path.mkdir()
        (path / "theirs").touch()
    assert [file.name for file in path.iterdir()] == ["theirs"] and list(tmp_path.iterdir()) == [path]


def test_a_kill_at_any_moment_leaves_a_whole_folder(tmp_path: Path) -> None:
    """A program replaces a folder again and again, which is there all the time."""
    path = tmp_path / "folder"
    code = (
        "import itertools, sys\nfrom pathlib import Path\nfrom wasmforge.common.replacing import new_folder\n"
        "for number in itertools.count():\n"
        "    with new_folder(Path(sys.argv[1]), replace=True) as draft:\n"
        "        (draft / 'one').write_text(str(number))\n"
        "    print(number, flush=True)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code, path], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None and child.stdout.readline() == "0\n"
        end = time.monotonic() + 2
        while time.monotonic() < end:
            os.stat(path / "one")
        child.kill()
        last = child.stdout.read().split()[-1]
    assert int(last) > 100
    assert int((path / "one").read_text()) in (int(last), int(last) + 1)
    with new_folder(path, replace=True) as draft:
        (draft / "two").touch()
    assert [file.name for file in tmp_path.iterdir()] == ["folder"] and [file.name for file in path.iterdir()] == [
        "two"
    ]


def test_where_folders_cannot_be_exchanged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wasmforge.common.exchange._renameat2", lambda: None)
    test_new_folder_replaces_when_asked(tmp_path)
    (tmp_path / "folder/new").unlink()
    (tmp_path / "folder").rmdir()
    test_new_folder_puts_the_old_one_back_when_the_new_one_cannot_come(tmp_path)
