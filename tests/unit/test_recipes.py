"""The real recipes: all can be read, fetched and ordered, in each flavour."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml

from checkouts import REPOSITORY
from wasmforge.common.layout import Layout
from wasmforge.common.platforms import BUILD_PLATFORM
from wasmforge.recipe.graph import Graph
from wasmforge.recipe.input_hash import InputHashes
from wasmforge.recipe.recipes import Output, load_recipes

FLAVOURS = [None, *sorted((REPOSITORY / "variants").glob("*.yaml"))]


def load(tmp_path: Path, variant: Path | None = None) -> Graph:
    found = load_recipes(Layout(root=REPOSITORY, cache=tmp_path), variant)
    assert found.broken == {}
    return Graph(found)


def compilers(graph: Graph) -> set[str]:
    return {tool.name for output in graph.outputs for tool in graph.build(output) if tool.strong_exports}


@pytest.mark.parametrize("variant", FLAVOURS, ids=lambda path: path.stem if path else "pins")
def test_requirements_have_recipes_and_no_cycles(tmp_path: Path, variant: Path | None) -> None:
    graph = load(tmp_path, variant)
    hashes = InputHashes(graph)
    for output in graph.outputs:
        graph.test_environment(output)
        assert len(hashes.of(output)) == 64


def test_hash_is_the_same_whoever_is_asked_first(tmp_path: Path) -> None:
    graph = load(tmp_path)
    # The recipe of blas takes files from the folder of openblas.
    first = InputHashes(graph)
    in_order = {output: first.of(output) for output in graph.outputs}
    for output in graph.outputs:
        assert InputHashes(graph).of(output) == in_order[output], output.name


def test_release_is_the_pins(tmp_path: Path) -> None:
    plain = load(tmp_path)
    release = load(tmp_path, REPOSITORY / "variants" / "release.yaml")
    hashes, release_hashes = InputHashes(plain), InputHashes(release)
    assert [hashes.of(output) for output in plain.outputs] == [release_hashes.of(output) for output in release.outputs]


def test_debug_uses_its_own_compiler_for_libraries_alone(tmp_path: Path) -> None:
    assert compilers(load(tmp_path)) == {"emscripten_emscripten-wasm32", "flang_emscripten-wasm32"}
    debug = load(tmp_path, REPOSITORY / "variants" / "debug.yaml")
    assert compilers(debug) == {"emscripten-debug_emscripten-wasm32", "flang_emscripten-wasm32"}
    hashes, plain = InputHashes(debug), load(tmp_path)
    plain_hashes = InputHashes(plain)
    before = {output: plain_hashes.of(output) for output in plain.all(BUILD_PLATFORM)}
    assert before == {output: hashes.of(output) for output in debug.all(BUILD_PLATFORM)}


def test_each_source_can_be_had_without_a_mirror(tmp_path: Path) -> None:
    listed = yaml.safe_load(Layout(root=REPOSITORY, cache=tmp_path).archives.read_text())
    missing = [
        f"{output.recipe.path}: {source.name}"
        for output in load(tmp_path).outputs
        for source in output.sources
        if source.name not in listed and unquote(source.name) not in listed and len(source.urls) == 1
    ]
    assert not missing, "list these in archives.yaml or give them an upstream URL"


def test_no_recipe_names_the_machine_s_address_in_its_build_string(tmp_path: Path) -> None:
    """The store's address is a part of build strings, so it must be the same everywhere."""

    def store(output: Output) -> set[str]:
        return {source.urls[0].rpartition("/")[0] for source in output.sources}

    stores = {address for output in load(tmp_path).outputs for address in store(output)}
    assert stores == {"file:///proc/self/cwd/build/sources"}


def test_libraries_are_built_with_openblas(tmp_path: Path) -> None:
    graph = load(tmp_path)
    (numpy,) = graph.select(["numpy"])
    built_with = {
        output.name: output.variant["blas_impl"] for output in graph.host(numpy) if "blas_impl" in output.variant
    }
    assert built_with == {"libblas": "openblas", "liblapack": "openblas"}
    assert "openblas" in {output.name for output in graph.run_closure([numpy])}


def test_libblas_and_liblapack_are_of_one_implementation(tmp_path: Path) -> None:
    graph = load(tmp_path)
    outputs = [output for output in graph.select(["blas"]) if output.name != "libblas"]
    assert sorted(output.name for output in outputs) == ["blas", "blas", "liblapack", "liblapack"]
    for output in outputs:
        needed = {dep.variant["blas_impl"] for dep in graph.run(output) if "blas_impl" in dep.variant}
        assert needed == {output.variant["blas_impl"]}
