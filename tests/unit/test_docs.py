"""The documentation names commands, files and headings that exist, and its site can be built."""

from __future__ import annotations

import itertools
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from docs_examples import PAGES, ROOT, Example, examples

from wasmforge.cli import app

COMMANDS: Any = typer.main.get_command(app)

# Programs of others that examples may call.
OTHERS = {"python3", "pip", ".", "git", "npm", "node", "micromamba", "pre-commit", "rsync", "aws", "cp", "export"}

# A file in backticks, relative to the checkout, the runtime or its Python modules.
FILE = re.compile(r"`([\w-]+(?:/[\w.-]+)+\.(?:c|h|S|py|mjs|js|sh|yaml|yml|md))`")
BASES = [ROOT, ROOT / "emscripten-forge/runtime", ROOT / "emscripten-forge/runtime/py"]

LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)?(?:#([\w-]+))?\)")


@pytest.mark.parametrize("example", examples("sh"), ids=str)
def test_command_lines(example: Example) -> None:
    lines = example.code.replace("\\\n", " ").splitlines()
    commands = [shlex.split(command, comments=True) for line in lines for command in line.split(" && ")]
    for words in filter(None, commands):
        check_command(words)


def check_command(words: list[str]) -> None:
    """Fails unless the program exists; arguments of `wasmforge` go through its own parser."""
    program, *arguments = itertools.dropwhile(re.compile(r"[A-Z_]+=").match, words)
    if program == "wasmforge":
        context = COMMANDS.context_class(COMMANDS, info_name=program)
        name, *rest = arguments
        COMMANDS.commands[name].make_context(name, rest, parent=context)
    elif program not in OTHERS:
        assert os.access(ROOT / program, os.X_OK), f"no program {program}"


def test_wrong_command_lines_are_noticed() -> None:
    for words in (
        ["wasmforge", "bundle", "--no-such-option", "build/env", "-o", "x"],
        ["wasmforge", "bake"],
        ["scripts/no"],
    ):
        with pytest.raises(Exception, match=r"(?i)no.such|bake|no program"):
            check_command(words)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_exist(page: Path) -> None:
    named = FILE.findall(page.read_text())
    missing = [
        path for path in named if not any((base / path).exists() for base in BASES) and not path.startswith("build/")
    ]
    assert not missing


# mkdocs checks the links within docs/.
@pytest.mark.parametrize("page", sorted(ROOT.glob("*.md")), ids=lambda page: page.name)
def test_links_of_the_root(page: Path) -> None:
    for path, heading in LINK.findall(page.read_text()):
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"no {path}"
        assert not heading or heading in anchors(target), f"no heading #{heading} in {target}"


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as mkdocs and code hosts make them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"\s+", "-", re.sub(r"[^\w\s-]", "", heading.lower()).strip()) for heading in headings}


def build_site(root: Path, out: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(out)]
    variables = {**os.environ, "PYTHONPATH": str(ROOT / "scripts"), "NO_MKDOCS_2_WARNING": "1"}
    return subprocess.run(command, cwd=root, env=variables, capture_output=True, text=True, check=False)


def test_site(tmp_path: Path) -> None:
    done = build_site(ROOT, tmp_path / "site")
    assert done.returncode == 0, done.stderr
    assert "wasmforge create" in (tmp_path / "site/reference/command-line.html").read_text()
    assert "loadPackagesFromImports" in (tmp_path / "site/reference/javascript-types.html").read_text()
    assert 'id="pyodide.ffi.create_proxy"' in (tmp_path / "site/reference/python.html").read_text()
    pages = (page.read_text() for page in (tmp_path / "site").rglob("*.html"))
    fetched = [
        url for page in pages for url in re.findall(r'<(?:script|img|link)[^>]*(?:src|href)="(https?:[^"]*)"', page)
    ]
    assert not fetched, "the site needs a network"


@pytest.mark.parametrize("link", ["concepts/bridge.md#no-such-heading", "no-such-page.md"])
def test_broken_links_end_the_build(tmp_path: Path, link: str) -> None:
    shutil.copytree(ROOT / "docs", tmp_path / "docs", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    for folder in "emscripten-forge", "scripts":
        (tmp_path / folder).symlink_to(ROOT / folder)
    with (tmp_path / "docs/index.md").open("a") as page:
        page.write(f"\n[broken]({link})\n")
    done = build_site(tmp_path, tmp_path / "site")
    assert done.returncode == 1
    assert link in done.stderr
