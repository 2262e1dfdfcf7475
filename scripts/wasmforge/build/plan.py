"""What has to be built and tested, and in which order."""

from __future__ import annotations

from dataclasses import dataclass, field

from wasmforge.channel.channel import Channel
from wasmforge.common.errors import RecipeError
from wasmforge.common.layout import Layout
from wasmforge.common.platforms import BUILD_PLATFORM
from wasmforge.recipe.graph import Graph
from wasmforge.recipe.input_hash import InputHashes
from wasmforge.recipe.recipes import Output, Recipe


class Channels:
    """The three channels of a run, and which package belongs in which."""

    def __init__(self, layout: Layout) -> None:
        self.library = Channel(layout.library_channel, ("noarch", "emscripten-wasm32"))
        self.tools = Channel(layout.tool_channel)
        self.staging = Channel(layout.staging_channel)

    @property
    def all(self) -> tuple[Channel, ...]:
        """In the order a solver asks them: what is new hides what it replaces."""
        return (self.staging, self.library, self.tools)

    @property
    def urls(self) -> list[str]:
        return [channel.url for channel in self.all]

    def home(self, output: Output) -> Channel:
        """Where a package goes when it is done."""
        if output.platform == BUILD_PLATFORM or output.is_test_package:
            return self.tools
        return self.library

    def repair(self) -> bool:
        """Makes every index match its files; whether one did not."""
        return any([channel.repair() for channel in self.all])


@dataclass
class Plan:
    """Recipes to build, in order, and staged packages that only lack their tests."""

    recipes: list[Recipe] = field(default_factory=list)
    staged: list[Output] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.recipes or self.staged)


class Planner:
    """Finds out what is out of date for a set of wanted packages."""

    def __init__(self, graph: Graph, channels: Channels, test: bool) -> None:
        self.graph = graph
        self.channels = channels
        self.hashes = InputHashes(graph)
        self._test = test
        self._done: dict[Output, bool] = {}
        self._staged: list[Output] = []
        self._building: dict[Recipe, None] = {}
        self._visited: set[Output] = set()

    def plan(self, wanted: list[Output]) -> Plan:
        waiting = list(wanted)
        while waiting:
            output = waiting.pop()
            if output not in self._visited:
                self._visited.add(output)
                waiting += sorted(self._needs(output), key=lambda dep: dep.stem)
        return Plan(self._sorted(), [output for output in self._staged if output.recipe not in self._building])

    def is_done(self, output: Output) -> bool:
        """Whether the channel has the package of the current inputs."""
        if output not in self._done:
            recorded = self.channels.home(output).input_hash(output.subdir, output.stem)
            self._done[output] = recorded == self.hashes.of(output)
        return self._done[output]

    def is_staged(self, output: Output) -> bool:
        """Whether an earlier run built the package but did not finish its tests."""
        return self.channels.staging.input_hash(output.subdir, output.stem) == self.hashes.of(output)

    def _needs(self, output: Output) -> set[Output]:
        """What else must be there: to install the output, and to build and test it if it is out of date."""
        needs = self.graph.run_closure([output])
        if self.is_done(output):
            return needs
        if not self.is_staged(output):
            self._building[output.recipe] = None
            needs |= self.graph.environments(output.recipe)
            siblings = [sibling for sibling in output.recipe.outputs if not self.is_done(sibling)]
        else:
            self._staged.append(output)
            siblings = [output]
        if self._test:
            for sibling in siblings:
                if sibling.has_tests:
                    needs |= self.graph.test_environment(sibling)
        return {dep for dep in needs if dep.recipe not in self._building}

    def _sorted(self) -> list[Recipe]:
        """The recipes to build, each after those it is built with."""
        order: list[Recipe] = []
        path: list[Recipe] = []

        def visit(recipe: Recipe) -> None:
            if recipe in order:
                return
            if recipe in path:
                raise RecipeError(
                    "recipes need each other to be built: " + " -> ".join(r.name for r in [*path, recipe])
                )
            path.append(recipe)
            for needed in sorted({dep.recipe for dep in self.graph.environments(recipe)}, key=lambda r: str(r.path)):
                if needed in self._building:
                    visit(needed)
            path.pop()
            order.append(recipe)

        for recipe in sorted(self._building, key=lambda r: (r.platform != BUILD_PLATFORM, str(r.path))):
            visit(recipe)
        return order
