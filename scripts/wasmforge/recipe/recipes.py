"""Recipes as data: which recipes a checkout has, and the packages that each renders to."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from rattler import MatchSpec
from rattler.exceptions import InvalidMatchSpecError
from rattler_build import JinjaConfig, PlatformConfig, RenderConfig, RenderedVariant, Stage0Recipe, VariantConfig

from wasmforge.common.errors import RecipeError, WasmforgeError
from wasmforge.common.layout import Layout
from wasmforge.common.platforms import BUILD_PLATFORM, TARGET_PLATFORM
from wasmforge.common.yaml_file import read_yaml_text
from wasmforge.recipe.changelog import release_dates
from wasmforge.sources.source import Source

PINS = "conda_build_config.yaml"

# How many digits of the input hash a build string has.
NAME_DIGITS = 8

# Keys that say where something lies on this machine: no part of any hash.
LOCAL_KEYS = frozenset({"source_store", "target_platform"})


@dataclass(frozen=True)
class Output:
    """One package of a recipe, rendered.

    platform is where its files run or are used (linux-64 or emscripten-wasm32);
    subdir is where the channel keeps it (the same, or noarch).
    build_string is the one that rattler-build gives it, with mark in it: the hash
    of its variant and its build number. `named` says what the package is called.
    """

    recipe: Recipe
    name: str
    version: str
    build_string: str
    mark: str
    platform: str
    subdir: str
    variant: dict[str, str]
    data: dict[str, Any]
    build: tuple[str, ...]
    host: tuple[str, ...]
    run: tuple[str, ...]
    test_build: tuple[str, ...]
    test_run: tuple[str, ...]
    strong_exports: tuple[str, ...]
    weak_exports: tuple[str, ...]
    sources: tuple[Source, ...]

    @property
    def stem(self) -> str:
        return f"{self.name}-{self.version}-{self.build_string}"

    def named(self, input_hash: str, number: int) -> str:
        """The build string that the package has in a channel: with the hash of all inputs, and their number."""
        return self.build_string.replace(self.mark, f"h{input_hash[:NAME_DIGITS]}_{number}")

    @property
    def number(self) -> int:
        """The build number in the recipe."""
        return int(self.data.get("build", {}).get("number", 0))

    @property
    def pinned(self) -> list[tuple[Output, bool]]:
        """The outputs of its recipe that it pins, and whether to this very build."""
        found: list[tuple[Output, bool]] = []
        for name, exact in sorted(_pins(self.data, "pin_subpackage")):
            # The variant of an output has the version and build of each output that it pins exactly.
            build = self.variant.get(name) if exact else None
            same = [one for one in self.recipe.outputs if one.name == name != self.name]
            found += [(one, exact) for one in same if build in (None, f"{one.version} {one.build_string}")]
        return found

    @property
    def has_tests(self) -> bool:
        return bool(self.data.get("tests"))

    @property
    def down_priority(self) -> int:
        """How far behind the other builds of its package the solver puts this one."""
        return int(self.data.get("build", {}).get("variant", {}).get("down_prioritize_variant", 0))

    @property
    def is_test_package(self) -> bool:
        """Whether this holds a library's test suite, which no channel ships."""
        return self.name.endswith("-tests")

    def __hash__(self) -> int:
        return hash((self.platform, self.stem))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Output) and (self.platform, self.stem) == (other.platform, other.stem)


@dataclass
class Recipe:
    """A recipe.yaml and the platform its outputs are for.

    date: when the version was released (seconds since 1970), if this project itself released it.
    """

    path: Path
    platform: str
    date: int | None = None
    outputs: list[Output] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return self.path.parent

    @property
    def name(self) -> str:
        return self.folder.name

    @cached_property
    def sources(self) -> list[Source]:
        """The files that all outputs together fetch, each once."""
        found = {source.sha256: source for output in self.outputs for source in output.sources}
        return list(found.values())

    def __hash__(self) -> int:
        return hash(self.path)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Recipe) and self.path == other.path


def variant_files(layout: Layout, variant: Path | None) -> list[Path]:
    """The pins and the flavour laid over them, in the order they apply: absolute, builds work elsewhere."""
    files = [layout.root / PINS]
    if variant is not None:
        files.append(variant.resolve())
    return files


@dataclass(frozen=True)
class Recipes:
    """The recipes of a checkout, and those that cannot be read, with the reason."""

    recipes: list[Recipe]
    broken: dict[Path, RecipeError]


def load_recipes(layout: Layout, variant: Path | None = None) -> Recipes:
    """All recipes of the checkout, rendered."""
    files = variant_files(layout, variant)
    forge = layout.root / "emscripten-forge"
    found = [(path, BUILD_PLATFORM) for path in sorted(forge.glob("toolchain/*/recipe.yaml"))]
    found += [(path, TARGET_PLATFORM) for path in sorted(layout.root.glob("recipes/*/recipe.yaml"))]
    found += [(path, TARGET_PLATFORM) for path in sorted(forge.glob("packages/*/recipe.yaml"))]
    runtime = [forge / "runtime" / "core" / "recipe.yaml", forge / "runtime" / "recipe.yaml"]
    found += [(path, TARGET_PLATFORM) for path in runtime if path.is_file()]
    pins = {platform: _load_pins(files, platform) for platform in (BUILD_PLATFORM, TARGET_PLATFORM)}
    released = release_dates(layout.root / "CHANGELOG.md")
    recipes, broken = [], {}
    for path, platform in found:
        try:
            recipe = _render(path, platform, pins[platform])
        except RecipeError as error:
            broken[path] = error
            continue
        if path.is_relative_to(forge) and platform == TARGET_PLATFORM:
            recipe.date = released.get(recipe.outputs[0].version)
        recipes.append(recipe)
    return Recipes(recipes, broken)


def _platform_config(platform: str) -> PlatformConfig:
    return PlatformConfig(target_platform=platform, build_platform=BUILD_PLATFORM, host_platform=platform)


def _load_pins(files: list[Path], platform: str) -> VariantConfig:
    context = JinjaConfig(platform=_platform_config(platform))
    for file in files:
        if not file.is_file():
            raise RecipeError(f"no variant file {file}")
        try:
            VariantConfig.from_files_with_context([file], context)
        except Exception as error:
            raise RecipeError(f"{file}: {error}") from error
    return VariantConfig.from_files_with_context(list(files), context)


def _render(path: Path, platform: str, pins: VariantConfig) -> Recipe:
    recipe = Recipe(path, platform)
    try:
        read_yaml_text(path)
    except WasmforgeError as error:
        raise RecipeError(str(error)) from error
    try:
        variants = Stage0Recipe.from_file(path).render(pins, RenderConfig(platform=_platform_config(platform)))
    except Exception as error:
        raise RecipeError(f"{path}: {error}") from error
    try:
        recipe.outputs += [_output(recipe, one) for one in variants]
    except InvalidMatchSpecError as error:
        raise RecipeError(f"{path}: {error}") from error
    return recipe


def _output(recipe: Recipe, rendered: RenderedVariant) -> Output:
    data = rendered.recipe.to_dict()
    _check_pins(recipe, data)
    build = data.get("build", {})
    requirements = data.get("requirements", {})
    exports = requirements.get("run_exports", {})
    if isinstance(exports, list):
        exports = {"weak": exports}
    tests = [test for test in data.get("tests", []) if isinstance(test, dict)]
    # What is built once for several outputs goes into each of them.
    parts = [data, *data.get("staging_caches", [])]

    def required(section: str) -> tuple[str, ...]:
        return _names(spec for part in parts for spec in part.get("requirements", {}).get(section) or ())

    return Output(
        recipe=recipe,
        name=data["package"]["name"],
        version=str(data["package"]["version"]),
        build_string=build["string"],
        mark=_mark(recipe, data, rendered),
        platform=recipe.platform,
        subdir="noarch" if build.get("noarch") else recipe.platform,
        variant={key: value for key, value in rendered.variant.items() if key not in LOCAL_KEYS},
        data=data,
        build=required("build"),
        host=required("host"),
        run=_names(requirements.get("run")),
        test_build=_names(spec for test in tests for spec in test.get("requirements", {}).get("build", [])),
        test_run=_names(spec for test in tests for spec in test.get("requirements", {}).get("run", [])),
        strong_exports=_names([*exports.get("strong", []), *exports.get("noarch", [])]),
        weak_exports=_names(exports.get("weak")),
        sources=tuple(source for part in parts for source in _sources(recipe, part)),
    )


def _mark(recipe: Recipe, data: dict[str, Any], rendered: RenderedVariant) -> str:
    """The part of a build string that the driver replaces (Output.named). Raises RecipeError if there is none."""
    build = data["build"]
    mark = f"h{rendered.hash_info.hash}_{build.get('number', 0)}" if rendered.hash_info else ""
    if not mark or build["string"].count(mark) != 1:
        raise RecipeError(
            f"{recipe.path}: the build string {build['string']!r} of {data['package']['name']} does not change with "
            "its inputs; write h${{ hash }}_${{ build_number }} into it once, or leave `string` out"
        )
    return mark


def _pins(data: Any, function: str) -> set[tuple[str, bool]]:
    """Each call of `pin_subpackage` or `pin_compatible` in a rendered recipe: the name, and whether it is exact."""
    if isinstance(data, list):
        return {pin for entry in data for pin in _pins(entry, function)}
    if not isinstance(data, dict):
        return set()
    pin = data.get(function)
    own = {(pin["name"], bool(pin.get("exact")))} if isinstance(pin, dict) else set()
    return own | {found for value in data.values() for found in _pins(value, function)}


def _check_pins(recipe: Recipe, data: dict[str, Any]) -> None:
    """Raises RecipeError for pins that put the build string of one recipe's package into another recipe's.

    That string changes with the build number, which no input hash covers.
    """
    exports = data.get("requirements", {}).get("run_exports")
    for name, exact in _pins(exports, "pin_subpackage") | _pins(data, "pin_compatible"):
        if exact:
            raise RecipeError(
                f"{recipe.path}: {data['package']['name']} pins {name} exactly for packages of other recipes; give "
                "pin_compatible and run_exports bounds (upper_bound='x') instead of exact=True"
            )


def _names(specs: Any) -> tuple[str, ...]:
    """The package names in a list of specifications, without virtual packages.

    Raises InvalidMatchSpecError for text that is no specification.
    """
    names: dict[str, None] = {}
    for spec in specs or ():
        if isinstance(spec, dict):
            spec = next(iter(spec.values()))
        name = spec["name"] if isinstance(spec, dict) else _name(str(spec))
        if name and not name.startswith("__"):
            names[name] = None
    return tuple(names)


def _name(spec: str) -> str:
    """The package name in a specification. Raises InvalidMatchSpecError."""
    name = MatchSpec(spec).name
    return name.normalized if name else ""


def _sources(recipe: Recipe, data: dict[str, Any]) -> list[Source]:
    found = []
    for entry in data.get("source", []):
        if "url" not in entry:
            continue
        urls = [entry["url"]] if isinstance(entry["url"], str) else entry["url"]
        if not entry.get("sha256"):
            raise RecipeError(f"{recipe.path}: the source {urls[0]} has no sha256; add one, so that it can be checked")
        found.append(Source(entry["sha256"], tuple(urls)))
    return found
