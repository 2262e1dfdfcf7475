"""Each file that a recipe names as a licence is a member of its sources, or comes with what it links."""

from __future__ import annotations

import io
import os
import re
import subprocess
import tarfile
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from checkouts import REPOSITORY, Checkout
from packages import read_members
from wasmforge.common.hashing import hash_file
from wasmforge.common.layout import Layout, find_layout
from wasmforge.recipe.graph import Graph
from wasmforge.recipe.recipes import Output, load_recipes

GRAPH = Graph(load_recipes(Layout(root=REPOSITORY, cache=REPOSITORY / "build")))


def pattern(glob: str) -> re.Pattern[str]:
    """A glob of rattler-build: * stays within a folder, ** does not."""
    parts = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*"}
    return re.compile("".join(parts.get(part, re.escape(part)) for part in re.split(r"(\*\*/|\*\*|\*)", glob)))


@cache
def archive(sha256: str, name: str) -> Path | None:
    """A source in the cache or in the mirror."""
    cached = find_layout("release").sources / sha256
    if cached.is_file():
        return cached
    mirror = os.environ.get("WASMFORGE_MIRROR")
    files = Path(mirror).rglob(name) if mirror else ()
    return next((file for file in files if hash_file(file) == sha256), None)


@cache
def members(file: Path) -> tuple[str, ...]:
    """The files of an archive."""
    if zipfile.is_zipfile(file):
        return tuple(name for name in zipfile.ZipFile(file).namelist() if not name.endswith("/"))
    data = file.read_bytes()
    if data.startswith(b"!<arch>\n"):
        data = subprocess.run(["dpkg-deb", "--fsys-tarfile", file], capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return tuple(member.name.removeprefix("./") for member in tar if member.isfile())


def in_work(output: Output, entry: dict[str, Any]) -> Iterator[str]:
    """The files of a source as they lie below the folder of the build."""
    target = PurePosixPath(entry.get("target_directory") or ".")
    if "path" in entry:
        path = (output.recipe.folder / entry["path"]).resolve()
        for file in [path] if path.is_file() else path.rglob("*"):
            yield str(target / (file.name if path.is_file() else file.relative_to(path).as_posix()))
        return
    url = entry["url"] if isinstance(entry["url"], str) else entry["url"][0]
    name = url.rpartition("/")[2]
    file = archive(entry["sha256"], name)
    if file is None:
        pytest.skip(f"{name} is neither in the cache nor in the mirror")
    found = members(file)
    if name.endswith(".whl"):
        target = PurePosixPath("wheel")  # the scripts that install wheels unpack them there
    elif name.endswith(".deb"):
        target = PurePosixPath("root")  # so do those that lay out Debian's packages
    else:
        if "file_name" in entry:
            target = PurePosixPath(".")  # the build unpacks it by itself
        if len({member.partition("/")[0] for member in found}) == 1:
            found = tuple(member.partition("/")[2] for member in found)
    yield from (str(target / member) for member in found)


def linked(output: Output) -> list[str]:
    """The static libraries in the host environment that bring their texts."""
    scripts = {dep.name: dep.recipe.folder / "build.sh" for dep in GRAPH.run_closure(GRAPH.host(output))}
    # flang's package has the sources of its runtime.
    scripts[output.name] = output.recipe.folder / "build.sh"
    return [name for name, path in scripts.items() if path.is_file() and "/share/licenses/" in path.read_text()]


@pytest.mark.parametrize("output", GRAPH.outputs, ids=lambda output: f"{output.platform}/{output.stem}")
def test_licences_are_in_the_sources(output: Output) -> None:
    parts = [output.data, *output.data.get("staging_caches", [])]
    files = [file for part in parts for entry in part.get("source", []) for file in in_work(output, entry)]
    for glob in output.data["about"]["license_file"]:
        if glob == "licenses/**":
            assert linked(output), f"{output.recipe.path}: no requirement brings licences"
        else:
            assert any(pattern(glob).fullmatch(file) for file in files), f"{output.recipe.path}: {glob} fits no file"


@pytest.mark.parametrize(
    ("glob", "file", "fits"),
    [
        ("LICENSE", "LICENSE", True),
        ("LICENSE", "docs/LICENSE", False),
        ("*/LICENSE", "a/b/LICENSE", False),
        ("a/**/LICENSE*", "a/b/c/LICENSE.txt", True),
        ("a/**/LICENSE*", "a/LICENSE", True),
        ("a/**", "b/LICENSE", False),
    ],
)
def test_pattern(glob: str, file: str, fits: bool) -> None:
    assert bool(pattern(glob).fullmatch(file)) == fits


def test_package_has_the_texts_that_its_build_gathers(checkout: Checkout) -> None:
    """A staging build keeps its folder, so each package takes files that the script put there."""
    (checkout.root / "LICENSE").write_text("the project's\n")
    recipe = """recipe:
  name: pair
  version: "1"
build:
  number: 0
outputs:
  - staging:
      name: pair-build
    source:
      - path: ../../LICENSE
    build:
      script: build.sh
  - package:
      name: one
    inherit: pair-build
    build:
      noarch: generic
      files:
        - share/one/**
    about:
      license: MIT
      license_file:
        - LICENSE
        - licenses/**
      summary: One of two
"""
    # Debian's packages have links to folders of others.
    script = 'mkdir -p "$PREFIX/share/one" licenses/zlib\nln -s nowhere licenses/link\ntouch "$PREFIX/share/one/file"\necho zlib > licenses/zlib/LICENSE\n'
    checkout.recipe("pair", recipe, script)
    checkout.build("one")
    (package,) = checkout.channel.glob("*/one-*.conda")
    texts = {name: data for name, data in read_members(package).items() if name.startswith("info/licenses/")}
    assert texts == {"info/licenses/LICENSE": b"the project's\n", "info/licenses/licenses/zlib/LICENSE": b"zlib\n"}
