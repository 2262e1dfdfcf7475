"""A file name in the channel means one content, for ever."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import channel_history
from checkouts import REPOSITORY

CHANNEL = "emscripten-forge/channel"
A0, A1, B0 = "a-1.0-h0123abcd_0", "a-1.0-py313h0123abcd_1", "b-1.0-h0123abcd_0_netlib"


def test_no_name_has_had_two_contents() -> None:
    try:
        reused = channel_history.reused(REPOSITORY, CHANNEL)
    except channel_history.NoHistory as reason:
        pytest.skip(str(reason))
    assert not reused, "give these a new name: rebuild them with `wasmforge build` from the channel of the main branch"


class Repository:
    """A git repository with a channel."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / CHANNEL / "noarch").mkdir(parents=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str) -> None:
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *arguments]
        subprocess.run(command, cwd=self.root, check=True, capture_output=True)

    def put(self, name: str, content: str | None) -> None:
        file = self.root / CHANNEL / "noarch" / name
        if content is None:
            file.unlink()
        else:
            file.write_text(content)

    def commit(self, packages: dict[str, str | None] | None = None) -> None:
        """Write or remove packages, and commit."""
        for name, content in (packages or {}).items():
            self.put(f"{name}.conda", content)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "change")

    def reused(self) -> set[str]:
        return channel_history.reused(self.root, CHANNEL)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "clone")


def test_other_names_and_the_same_bytes_are_fine(repository: Repository) -> None:
    repository.commit({A0: "one"})
    repository.commit({A0: None, A1: "two"})
    repository.commit({A1: None, A0: "one"})
    repository.put("repodata.json", "1")
    repository.commit()
    repository.put("repodata.json", "2")
    repository.commit()
    assert repository.reused() == set()


def test_a_changed_file_is_found(repository: Repository) -> None:
    repository.commit({A0: "one"})
    repository.commit({A0: "two"})
    repository.commit({B0: "three"})
    assert repository.reused() == {f"{A0}.conda"}


def test_names_without_the_hash_of_all_inputs_are_from_before(repository: Repository) -> None:
    repository.commit({"a-1.0-py313h0123abc_0": "one", "blas-1.0-netlib": "one"})
    repository.commit({"a-1.0-py313h0123abc_0": "two", "blas-1.0-netlib": "two"})
    assert repository.reused() == set()


def test_a_name_that_comes_back_is_found(repository: Repository) -> None:
    repository.commit()
    repository.commit({A0: "one"})
    repository.commit({A0: None})
    repository.commit({A0: "two"})
    assert repository.reused() == {f"{A0}.conda"}


def test_a_name_that_two_branches_use_is_found(repository: Repository) -> None:
    repository.commit()
    repository.git("switch", "-q", "-c", "other")
    repository.commit({A0: "one"})
    repository.commit({A0: None})
    repository.git("switch", "-q", "main")
    repository.commit({A0: "two"})
    repository.git("merge", "-q", "-m", "both", "other")
    assert repository.reused() == {f"{A0}.conda"}


def test_a_change_that_is_not_committed_is_found(repository: Repository) -> None:
    repository.commit()
    repository.commit({A0: "one"})
    repository.put(f"{A0}.conda", "two")
    assert repository.reused() == {f"{A0}.conda"}
    repository.commit({A0: "one", B0: "one"})
    repository.put(f"{B0}.conda", "two")
    assert repository.reused() == {f"{B0}.conda"}


def test_only_missing_history_is_an_excuse(repository: Repository, tmp_path: Path) -> None:
    repository.commit({A0: "one"})
    repository.commit({A0: "two"})
    shallow = tmp_path / "shallow"
    subprocess.run(["git", "clone", "-q", "--depth", "1", repository.root.as_uri(), shallow], check=True)
    with pytest.raises(channel_history.NoHistory, match="shallow"):
        channel_history.reused(shallow, CHANNEL)
    archive = tmp_path / "archive"
    archive.mkdir()
    with pytest.raises(channel_history.NoHistory, match="no clone"):
        channel_history.reused(archive, CHANNEL)
