"""The tests of packages run node in a sandbox, whatever the packages bring."""

from __future__ import annotations

from pathlib import Path

from checkouts import Checkout
from wasmforge.common.node import find_node

# A program that a package brings: each attempt but the last must fail.
ATTEMPTS = """
const fs = require("node:fs");
const attempts = {
  write: () => fs.writeFileSync("HOME/written", ""),
  read: () => fs.readFileSync("HOME/secret"),
  spawn: () => require("node:child_process").execFileSync("touch", ["HOME/spawned"]),
  thread: () => new (require("node:worker_threads").Worker)("1", { eval: true }),
  prefix: () => fs.writeFileSync(`${process.env.PREFIX}/share/evil/written`, ""),
  work: () => fs.writeFileSync(`${process.env.HOME}/written`, fs.readFileSync(`${process.env.PREFIX}/share/evil/data`)),
  own: () => fs.writeFileSync("written", ""),
};
for (const [name, attempt] of Object.entries(attempts)) {
  try {
    attempt();
    console.log(`${name}: done`);
  } catch (error) {
    console.log(`${name}: ${error.code}`);
    process.exitCode = 3;
  }
}
"""
DENIED = ["write", "read", "spawn", "thread", "prefix"]


def evil(checkout: Checkout, home: Path, more: str = "") -> None:
    """A package that is tested by its own program, and a node for that."""
    node = f'mkdir -p "$PREFIX/bin"\nprintf \'#!/bin/sh\\nexec {find_node()} "$@"\\n\' > "$PREFIX/bin/node"\nchmod +x "$PREFIX/bin/node"\n'
    checkout.toy("nodejs", folder="emscripten-forge/toolchain", noarch=False, script=node)
    share = '"$PREFIX/share/evil"'
    script = f"mkdir -p {share}\ntouch {share}/data\ncat > {share}/test.cjs <<'END'\n{ATTEMPTS.replace('HOME/', f'{home}/')}END\n{more}"
    test = 'node "$PREFIX/share/evil/test.cjs"'
    checkout.toy("evil", script=script, test=test, test_build=("nodejs",), noarch=False)
    home.mkdir()
    (home / "secret").write_text("secret")


def test_a_package_whose_test_leaves_its_folders(checkout: Checkout, tmp_path: Path) -> None:
    home = tmp_path / "home"
    evil(checkout, home)
    result = checkout.run("build", "evil")
    assert result.returncode == 1
    for name in DENIED:
        assert f"{name}: ERR_ACCESS_DENIED" in result.stderr
    assert "work: done" in result.stderr and "own: done" in result.stderr
    assert "evil: its tests failed, in a sandbox" in result.stderr
    assert [path.name for path in home.iterdir()] == ["secret"]
    assert not checkout.packages()


def test_a_package_with_a_link_out(checkout: Checkout, tmp_path: Path) -> None:
    home = tmp_path / "home"
    evil(checkout, home, f'ln -s {"../" * 12}{home} "$PREFIX/share/evil/home"\n')
    result = checkout.run("build", "evil")
    assert result.returncode == 1
    assert "share/evil/home leads out of" in result.stderr
    assert [path.name for path in home.iterdir()] == ["secret"]


def test_a_test_without_node(checkout: Checkout) -> None:
    checkout.toy("alpha", test="node -e 1")
    result = checkout.run("build", "alpha")
    assert result.returncode == 1 and "add nodejs to the `build:` requirements" in result.stderr


def test_tests_of_tools_have_all_rights(checkout: Checkout, tmp_path: Path) -> None:
    """They run compilers, and what those made, for the machine that builds."""
    home = tmp_path / "home"
    home.mkdir()
    evil(checkout, home / "other")
    checkout.toy("tool", folder="emscripten-forge/toolchain", noarch=False,
                 test=f"node -e 'fs.writeFileSync(\"{home}/written\", \"\")'", test_build=("nodejs",))  # fmt: skip
    checkout.build("--toolchain")
    assert (home / "written").exists()
