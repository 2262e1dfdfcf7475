"""Environments: solved from the checkout's channel and installed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from checkouts import Checkout, make_checkout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A checkout whose channel has `base` 1.0 and `user`, which needs it, for wasm."""
    checkout = make_checkout(tmp_path_factory.mktemp("built"))
    checkout.toy("base", noarch=False)
    checkout.toy("user", run=("base >=1",))
    checkout.build("--all")
    return checkout


@pytest.fixture
def channel(built: Checkout, tmp_path: Path) -> Checkout:
    """A copy of that checkout, for one test to change."""
    return Checkout(*(Path(shutil.copytree(folder, tmp_path / folder.name)) for folder in built.folders))


def installed(checkout: Checkout, prefix: str) -> set[str]:
    files = (checkout.root / prefix / "conda-meta").glob("*.json")
    return {json.loads(file.read_text())["name"] for file in files}


def create(checkout: Checkout, *arguments: str) -> str:
    result = checkout.run("create", *arguments)
    assert result.returncode == 0, result.stderr
    return result.stderr


def refuse(checkout: Checkout, *arguments: str, code: int = 1) -> str:
    result = checkout.run("create", *arguments)
    assert result.returncode == code, result.stderr
    assert "Traceback" not in result.stderr
    return result.stderr


def test_create(channel: Checkout) -> None:
    create(channel, "-p", "env", "user")
    prefix = channel.root / "env"
    assert installed(channel, "env") == {"base", "user"}
    for name in ("base", "user"):
        assert (prefix / "share" / name / "where").read_text().strip() == str(prefix)
    for file in (prefix / "conda-meta").iterdir():
        assert ".env-" not in file.read_text(), file
    assert [path.name for path in channel.root.iterdir() if path.name.startswith(".")] == []


def test_update_in_place(channel: Checkout) -> None:
    create(channel, "-p", "env", "base")
    create(channel, "-p", "env", "user")
    assert installed(channel, "env") == {"base", "user"}
    create(channel, "-p", "env", "base")
    assert installed(channel, "env") == {"base"}
    assert not (channel.root / "env" / "share" / "user").exists()


@pytest.mark.parametrize("target", ["missing", "empty", "filled"])
def test_a_prefix_that_is_a_link(channel: Checkout, target: str) -> None:
    """The environment is made where the link leads, and updated by either name."""
    folder, link = channel.root / target, channel.root / "link"
    if target == "empty":
        folder.mkdir()
    elif target == "filled":
        create(channel, "-p", target, "user")
    link.symlink_to(target)
    create(channel, "-p", "link", "base")
    assert link.is_symlink() and installed(channel, target) == {"base"}
    assert (folder / "share/base/where").read_text() == f"{folder}\n"
    create(channel, "-p", target, "user")
    assert installed(channel, "link") == {"base", "user"}


def test_a_rebuilt_package_of_the_same_name_is_installed(channel: Checkout) -> None:
    """Its file name says nothing of its content; neither the caches nor an update may keep the old one."""
    create(channel, "-p", "env", "base")
    channel.toy("base", noarch=False, script='mkdir -p "$PREFIX/share/base"\necho new > "$PREFIX/share/base/where"\n')
    channel.build("base")
    for prefix in ("other", "env"):
        create(channel, "-p", prefix, "base")
        assert (channel.root / prefix / "share" / "base" / "where").read_text() == "new\n"


def test_environment_file(channel: Checkout) -> None:
    file = channel.root / "environment.yml"
    file.write_text("name: any\ndependencies:\n  - user\n  - base =1.0\n")
    create(channel, "-p", "env", "-f", str(file))
    assert installed(channel, "env") == {"base", "user"}


def test_environment_file_with_channels(channel: Checkout) -> None:
    """A folder is meant as seen from the file."""
    file = channel.channel.parent / "environment.yml"
    file.write_text("channels: [channel]\ndependencies: [user]\n")
    create(channel, "-p", "env", "-f", str(file))
    assert installed(channel, "env") == {"base", "user"}
    file.write_text("channels: [conda-forge]\ndependencies: [user]\n")
    assert "'conda-forge'" in refuse(channel, "-p", "env2", "-f", str(file))


def test_other_channel(channel: Checkout) -> None:
    create(channel, "-p", "env", "-c", str(channel.channel), "base")
    assert "no channel" in refuse(channel, "-p", "env2", "-c", str(channel.root), "base")


@pytest.mark.parametrize("spec", ["base >=2", "nothing-like-it"])
def test_unsolvable(channel: Checkout, spec: str) -> None:
    assert spec.split()[0] in refuse(channel, "-p", "env", "user", spec)
    assert not (channel.root / "env").exists()


def test_refuses_a_folder_that_is_no_environment(channel: Checkout) -> None:
    (channel.root / "env").mkdir()
    create(channel, "-p", "env", "base")
    (channel.root / "mine").mkdir()
    (channel.root / "mine" / "thesis.txt").write_text("years of work")
    assert "no conda environment" in refuse(channel, "-p", "mine", "base")
    assert [path.name for path in (channel.root / "mine").iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dependencies:\n  - base\n  - pip: requests\n", "list of requirements"),
        ("dependencies:\n  - base\n  - npm:\n      - left-pad\n", "specification"),
        ("dependencies: [base\n", "line"),
        ("dependencies: base\n", "list"),
        ("dependencies:\n  - 3\n", "specification"),
    ],
)
def test_bad_environment_file(channel: Checkout, text: str, message: str) -> None:
    file = channel.root / "environment.yml"
    file.write_text(text)
    said = refuse(channel, "-p", "env", "-f", str(file))
    assert str(file) in said and message in said


def test_usage(channel: Checkout) -> None:
    refuse(channel, "-p", "env", code=2)
    refuse(channel, "base", code=2)
    refuse(channel, "-p", "env", "base >>>", code=2)
