"""The packages that ship with the repository were built from the recipes beside them."""

import json
from functools import cache
from pathlib import Path

import pytest

from packages import read_members
from wasmforge.build.channels import Channels
from wasmforge.build.names import Names
from wasmforge.channel import conda_file as conda
from wasmforge.common.layout import find_layout
from wasmforge.common.platforms import TARGET_PLATFORM
from wasmforge.recipe.graph import Graph
from wasmforge.recipe.input_hash import InputHashes
from wasmforge.recipe.recipes import Output, load_recipes

_LAYOUT = find_layout()
_GRAPH = Graph(load_recipes(_LAYOUT))
_HASHES = InputHashes(_GRAPH)
_NAMES = Names(_HASHES, Channels(_LAYOUT))
_CHANNEL = Channels(_LAYOUT).library
_OUTPUTS = _GRAPH.all(TARGET_PLATFORM)


@pytest.mark.parametrize("output", _OUTPUTS, ids=[output.name for output in _OUTPUTS])
def test_package_was_built_from_its_recipe(output: Output) -> None:
    file = _CHANNEL.file(output.subdir, _NAMES.stem(output))
    assert file.is_file(), f"{file.name} is not in the channel: wasmforge build {output.name}"
    assert conda.input_hash(file) == _HASHES.of(output), (
        f"{file.name} was built from other inputs than {output.recipe.path} has now: wasmforge build {output.name}"
    )


def test_channel_holds_nothing_else() -> None:
    expected = {(output.subdir, f"{_NAMES.stem(output)}.conda") for output in _OUTPUTS}
    there = {(path.parent.name, path.name) for path in _LAYOUT.library_channel.glob("*/*.conda")}
    assert there == expected


@pytest.mark.parametrize("subdir", ["noarch", TARGET_PLATFORM])
def test_index_matches_the_files(subdir: str) -> None:
    index = json.loads((_CHANNEL.path / subdir / "repodata.json").read_text())
    assert index["packages.conda"] == {file.name: conda.repodata_record(file) for file in _CHANNEL.packages(subdir)}


@cache
def licences(file: Path) -> dict[str, bytes]:
    """The licence texts of a package, by their paths below info/licenses."""
    folder = "info/licenses/"
    return {name.removeprefix(folder): text for name, text in read_members(file).items() if name.startswith(folder)}


@pytest.mark.parametrize("output", _OUTPUTS, ids=[output.name for output in _OUTPUTS])
def test_package_has_licence_texts(output: Output) -> None:
    file = _CHANNEL.file(output.subdir, _NAMES.stem(output))
    texts = licences(file)
    assert texts and all(text.strip() for text in texts.values()), f"{file.name} has {list(texts)} in info/licenses"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("openblas", b"University of Tennessee"),  # LAPACK
        ("openblas", b"Apache License"),  # flang's runtime
        ("scipy", b"Boost Software License"),
        ("scipy", b"HiGHS"),
        ("numpy", b"University of Tennessee"),
        ("python", b"Expat maintainers"),
        ("wasmforge-core", b"system/lib/libc/musl/COPYRIGHT"),
        ("wasmforge-core", b"LLVM Exceptions"),  # compiler-rt and the C++ library
        ("wasmforge-core", b"Expat maintainers"),
    ],
)
def test_package_has_the_licences_of_what_is_in_it(name: str, text: bytes) -> None:
    [output] = [output for output in _OUTPUTS if output.name == name]
    assert any(text in content for content in licences(_CHANNEL.file(output.subdir, _NAMES.stem(output))).values())


def test_no_two_packages_have_the_same_file() -> None:
    owners: dict[str, set[str]] = {}
    for output in _OUTPUTS:
        file = _CHANNEL.file(output.subdir, _NAMES.stem(output))
        for entry in conda.read_info(file, {"info/paths.json"})["info/paths.json"]["paths"]:
            owners.setdefault(entry["_path"], set()).add(output.name)
    assert not {path: names for path, names in owners.items() if len(names) > 1}
