"""Files and folders that appear whole or not at all."""

from __future__ import annotations

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
