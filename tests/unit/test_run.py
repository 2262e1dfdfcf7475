"""The parts of `wasmforge run` that need no environment: command lines, refusals, finding node."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path

import pytest

from wasmforge.common.errors import UsageError, WasmforgeError
from wasmforge.common.node import find_node
from wasmforge.host.python_command import PythonCommand
from wasmforge.host.run import run
from wasmforge.host.run_in_page import MAX_SCRIPT_FOLDER, Task, _add_files


def test_prefix_without_python_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WasmforgeError, match="has no Python for WebAssembly.*wasmforge create"):
        run(tmp_path, "node", ["-c", "1"])


def test_command_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "main.py").write_text("")
    cwd = str(tmp_path)
    assert Task.parse(["-c", "x", "a"]) == Task("-c", "x", ["-c", "a"], cwd, None)
    assert Task.parse(["-m", "json.tool", "-h"]) == Task("-m", "json.tool", ["-m", "-h"], cwd, None)
    script = Task.parse(["app/main.py", "--flag"])
    assert script == Task("script", f"{cwd}/app/main.py", ["app/main.py", "--flag"], cwd, f"{cwd}/app")


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("a.py -c x", PythonCommand((), "script", "a.py", ("-c", "x"))),
        ("-Wignore::DeprecationWarning a.py", PythonCommand(("-Wignore::DeprecationWarning",), "script", "a.py")),
        ("-W ignore -X dev -B a.py", PythonCommand(("-W", "ignore", "-X", "dev", "-B"), "script", "a.py")),
        ("-BX dev a.py", PythonCommand(("-BX", "dev"), "script", "a.py")),
        ("--check-hash-based-pycs always a.py", PythonCommand(("--check-hash-based-pycs", "always"), "script", "a.py")),
        ("-c x a.py", PythonCommand((), "-c", "x", ("a.py",))),
        ("-cx a.py", PythonCommand((), "-c", "x", ("a.py",))),
        ("-Im json.tool a.py", PythonCommand(("-I",), "-m", "json.tool", ("a.py",))),
        ("-", PythonCommand()),
        ("-V", PythonCommand(("-V",))),
    ],
)
def test_command_lines_are_read_as_python_does(line: str, command: PythonCommand) -> None:
    assert PythonCommand.parse(line.split()) == command


@pytest.mark.parametrize(("args", "message"), [(["-c"], "-c needs"), (["-W", "error"], "not -W"), (["no.py"], "no.py")])
def test_command_lines_that_a_page_cannot_take(args: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Task.parse(args)


def test_script_folder_goes_along_without_hidden_files(tmp_path: Path) -> None:
    folder = tmp_path / "app"
    for name in ("main.py", "data/table.csv", ".git/config", "__pycache__/main.pyc", ".env"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    with tarfile.open(tmp_path / "files.tar", "w") as tar:
        _add_files(tar, folder)
    with tarfile.open(tmp_path / "files.tar") as tar:
        assert tar.getnames() == ["main.py", "data/table.csv"]


def test_links_bring_no_other_file_along(tmp_path: Path) -> None:
    folder = tmp_path / "app"
    secrets = tmp_path / "secrets"
    folder.mkdir()
    secrets.mkdir()
    (folder / "main.py").write_text("")
    (secrets / "key").write_text("secret")
    (folder / "folder").symlink_to(secrets)
    (folder / "file").symlink_to("../secrets/key")
    os.link(folder / "main.py", folder / "same.py")
    with tarfile.open(tmp_path / "files.tar", "w") as tar:
        _add_files(tar, folder)
    assert b"secret" not in (tmp_path / "files.tar").read_bytes().replace(b"../secrets/key", b"")
    with tarfile.open(tmp_path / "files.tar") as tar:
        assert tar.getnames() == ["file", "main.py", "same.py"]


def test_too_large_script_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "app"
    folder.mkdir()
    with (folder / "huge").open("wb") as file:
        os.truncate(file.fileno(), MAX_SCRIPT_FOLDER + 1)
    with tarfile.open(tmp_path / "files.tar", "w") as tar, pytest.raises(WasmforgeError, match="too much to copy"):
        _add_files(tar, folder)


@pytest.mark.parametrize("version", ["v18.20.0", "v9.1.0", "nonsense"])
def test_old_node_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    old = tmp_path / "node"
    old.write_text(f"#!/bin/sh\necho {version}\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("wasmforge.common.node.find_spec", lambda name: None)
    with pytest.raises(WasmforgeError, match="node 20 or newer is needed"):
        find_node()


def test_new_node_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    node = tmp_path / "node"
    node.write_text("#!/bin/sh\necho v24.1.0\n")
    node.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert find_node() == node
