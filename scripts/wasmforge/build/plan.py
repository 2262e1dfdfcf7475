"""What has to be built and tested, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wasmforge.build.channels import Channels
from wasmforge.build.names import Names
from wasmforge.channel.channel import Channel
from wasmforge.common.errors import RecipeError
from wasmforge.common.platforms import BUILD_PLATFORM
from wasmforge.recipe.graph import Graph
from wasmforge.recipe.input_hash import InputHashes
from wasmforge.recipe.recipes import Output, Recipe


@dataclass(frozen=True)
class PlannedPackage:
    """A package to build or to test, with all that the builder has to know of it.

    build, number: its build string and build number. input_hash: hex sha256 of its inputs.
    pins: what the exact pins of its recipe's packages become (conda_file.Label).
    home: the channel it goes to after its tests.
    tested: whether its tests are run. test_recipes: the recipes whose packages these tests install.
    runs_with: where the files of the libraries that it runs with may be, the newest last.
    builds: the stems of all builds of this package that its recipe makes today; others are obsolete.
    """

    output: Output
    build: str
    number: int
    input_hash: str
    pins: tuple[tuple[str, str, str, str], ...]
    home: Channel
    tested: bool
    test_recipes: frozenset[Recipe]
    runs_with: tuple[Path, ...]
    builds: frozenset[str]

    @property
    def stem(self) -> str:
        return f"{self.output.name}-{self.output.version}-{self.build}"

    @property
    def file(self) -> Path:
        """Its file in its channel, whether it is there or not."""
        return self.home.file(self.output.subdir, self.stem)

    @property
    def place(self) -> str:
        """Where its file belongs in a channel."""
        return f"{self.output.subdir}/{self.stem}.conda"


@dataclass(frozen=True)
class PlannedRecipe:
    """A recipe to build.

    packages: its outputs that are out of date. tools_hash: names the compilers' programs, for ccache.
    needs: the recipes of the plan that must be built first.
    """

    recipe: Recipe
    packages: tuple[PlannedPackage, ...]
    tools_hash: str
    needs: tuple[Recipe, ...]


@dataclass(frozen=True)
class Plan:
    """What a run does.

    stored: packages to take from the store of builds, before the rest can be planned.
    recipes: to build, each after those it needs. staged: packages that an earlier run built and did not test.
    stale: staged packages of inputs that have changed since, by subdir; they would hide the channels' packages.
    """

    stored: list[PlannedPackage] = field(default_factory=list)
    recipes: list[PlannedRecipe] = field(default_factory=list)
    staged: list[PlannedPackage] = field(default_factory=list)
    stale: dict[str, list[Path]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.stored or self.recipes or self.staged)

    def jobs(self, root: Path) -> list[dict[str, Any]]:
        """The recipes to build as data for other programs, in build order; paths are relative to the checkout.

        A name is one that `wasmforge build` takes. needs: the names of the jobs that must end first.
        """
        return [
            {
                "name": _job_name(planned.recipe),
                "recipe": planned.recipe.path.relative_to(root).as_posix(),
                "platform": planned.recipe.platform,
                "outputs": [
                    {
                        "name": package.output.name,
                        "version": package.output.version,
                        "build": package.build,
                        "subdir": package.output.subdir,
                    }
                    for package in planned.packages
                ],
                "needs": [_job_name(needed) for needed in planned.needs],
            }
            for planned in self.recipes
        ]


def _job_name(recipe: Recipe) -> str:
    """A tool is named with its platform, since a library may have the same name."""
    return f"{BUILD_PLATFORM}/{recipe.name}" if recipe.platform == BUILD_PLATFORM else recipe.name


class Planner:
    """Finds out what is out of date for a set of wanted packages."""

    def __init__(
        self,
        graph: Graph,
        channels: Channels,
        test: bool,
        anew: Collection[Output] = (),
        is_stored: Callable[[PlannedPackage], bool] | None = None,
    ) -> None:
        """anew: what is built even if the channel has it. is_stored: whether the store of builds has a package."""
        self._anew = anew
        self._is_stored = is_stored
        self._stored: list[PlannedPackage] = []
        self._graph = graph
        self._channels = channels
        self._hashes = InputHashes(graph)
        self._names = Names(self._hashes, channels)
        self._test = test
        self._done: dict[Output, bool] = {}
        self._staged: list[Output] = []
        self._building: dict[Recipe, None] = {}
        self._visited: set[Output] = set()

    def file(self, output: Output) -> Path:
        """The package of the current inputs, whether it is there or not."""
        return self._channels.home(output).file(output.subdir, self._names.stem(output))

    def is_outdated(self, output: Output) -> bool:
        """Whether the channel has no package of the current inputs."""
        recorded = self._channels.home(output).input_hash(output.subdir, self._names.stem(output))
        return recorded != self._hashes.of(output)

    def finished(self, outputs: Iterable[Output]) -> list[PlannedPackage]:
        """The packages that the channels have, of the current inputs."""
        return [self._package(output) for output in outputs if not self.is_outdated(output)]

    def plan(self, wanted: list[Output]) -> Plan:
        waiting = list(wanted)
        while waiting:
            output = waiting.pop()
            if output not in self._visited:
                self._visited.add(output)
                waiting += sorted(self._needs(output), key=lambda dep: dep.stem)
        return Plan(
            self._stored,
            [self._recipe(recipe) for recipe in self._sorted()],
            [self._package(output) for output in self._staged if output.recipe not in self._building],
            self._stale(),
        )

    def _is_done(self, output: Output) -> bool:
        """Whether the channel or the store has the package of the current inputs and nobody asked to build it again."""
        if output not in self._done:
            self._done[output] = output not in self._anew and (not self.is_outdated(output) or self._take(output))
        return self._done[output]

    def _take(self, output: Output) -> bool:
        """Plan to take a package from the store; returns whether it is there."""
        if self._is_stored is None:
            return False
        package = self._package(output)
        if not self._is_stored(package):
            return False
        self._stored.append(package)
        return True

    def _is_staged(self, output: Output) -> bool:
        """Whether an earlier run built the package but did not finish its tests."""
        recorded = self._channels.staging.input_hash(output.subdir, self._names.stem(output))
        return recorded == self._hashes.of(output)

    def _needs(self, output: Output) -> set[Output]:
        """The packages that must be there: to install the output, and to build and test it if it is out of date."""
        needs = self._graph.run_closure([output])
        if self._is_done(output):
            return needs
        if not self._is_staged(output):
            self._building[output.recipe] = None
            needs |= self._graph.environments(output.recipe)
            siblings = [sibling for sibling in output.recipe.outputs if not self._is_done(sibling)]
        else:
            self._staged.append(output)
            siblings = [output]
        if self._test:
            for sibling in siblings:
                if sibling.has_tests:
                    needs |= self._graph.test_environment(sibling)
        return {dep for dep in needs if dep.recipe not in self._building}

    def _recipe(self, recipe: Recipe) -> PlannedRecipe:
        return PlannedRecipe(
            recipe,
            packages=tuple(self._package(output) for output in recipe.outputs if not self._is_done(output)),
            tools_hash=self._hashes.of_programs(recipe),
            needs=tuple(self._built_before(recipe)),
        )

    def _package(self, output: Output) -> PlannedPackage:
        tested = self._test and output.has_tests
        test_environment = self._graph.test_environment(output) if tested else set()
        others = sorted(self._graph.run_closure([output]) - {output}, key=lambda other: other.stem)
        return PlannedPackage(
            output,
            build=self._names.build(output),
            number=self._names.number(output.recipe),
            pins=tuple(
                (other.name, other.version, other.build_string, self._names.build(other))
                for other in output.recipe.outputs
            ),
            input_hash=self._hashes.of(output),
            home=self._channels.home(output),
            tested=tested,
            test_recipes=frozenset(dep.recipe for dep in test_environment),
            runs_with=tuple(
                channel.file(other.subdir, self._names.stem(other))
                for other in others
                if other.platform != BUILD_PLATFORM
                for channel in (self._channels.home(other), self._channels.staging)
            ),
            builds=frozenset(self._names.stem(other) for other in self._graph.outputs if other.name == output.name),
        )

    def _stale(self) -> dict[str, list[Path]]:
        staging = self._channels.staging
        stale: dict[str, list[Path]] = {}
        for subdir in staging.subdirs:
            for file in staging.packages(subdir):
                name, version, _ = file.stem.rsplit("-", 2)
                known = [
                    output
                    for output in self._graph.outputs
                    if (output.subdir, output.name, output.version) == (subdir, name, version)
                ]
                if not any(file.stem == self._names.stem(output) and self._is_staged(output) for output in known):
                    stale.setdefault(subdir, []).append(file)
        return stale

    def _built_before(self, recipe: Recipe) -> list[Recipe]:
        """The recipes of the plan that a recipe is built with."""
        needed = {dep.recipe for dep in self._graph.environments(recipe)} & self._building.keys()
        return sorted(needed, key=lambda other: str(other.path))

    def _sorted(self) -> list[Recipe]:
        """The recipes to build, each after those it is built with."""
        order: list[Recipe] = []
        path: list[Recipe] = []

        def visit(recipe: Recipe) -> None:
            if recipe in order:
                return
            if recipe in path:
                raise RecipeError(
                    "recipes need each other to be built: " + " -> ".join(step.name for step in [*path, recipe])
                )
            path.append(recipe)
            for needed in self._built_before(recipe):
                visit(needed)
            path.pop()
            order.append(recipe)

        for recipe in sorted(self._building, key=lambda one: (one.platform != BUILD_PLATFORM, str(one.path))):
            visit(recipe)
        return order
