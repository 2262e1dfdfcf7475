"""Which package needs which."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from wasmforge.common.errors import RecipeError, UsageError
from wasmforge.common.platforms import BUILD_PLATFORM, TARGET_PLATFORM
from wasmforge.recipe.recipes import Output, Recipe, Recipes


class Graph:
    """The outputs of all recipes, and the edges between them."""

    def __init__(self, recipes: Recipes) -> None:
        self.recipes = recipes.recipes
        self._broken = recipes.broken
        self._by_name: dict[tuple[str, str], list[Output]] = {}
        for recipe in self.recipes:
            for output in recipe.outputs:
                self._by_name.setdefault((output.platform, output.name), []).append(output)

    @property
    def outputs(self) -> list[Output]:
        return [output for recipe in self.recipes for output in recipe.outputs]

    def all(self, platform: str) -> list[Output]:
        """All outputs for a platform without test suites. Raises RecipeError if a recipe cannot be read."""
        for error in self._broken.values():
            raise error
        return [output for output in self.outputs if output.platform == platform and not output.is_test_package]

    def select(self, names: Iterable[str]) -> list[Output]:
        """The outputs that names on the command line mean.

        A name is a package or a recipe's folder. If both platforms have it, it means the library; `linux-64/NAME`
        means the tool. Raises UsageError for an unknown name.
        """
        chosen: list[Output] = []
        for name in names:
            chosen += [output for output in self._select_one(name) if output not in chosen]
        return chosen

    def _select_one(self, name: str) -> list[Output]:
        platform, slash, bare = name.rpartition("/")
        for candidate in [platform] if slash else [TARGET_PLATFORM, BUILD_PLATFORM]:
            found = self._by_name.get((candidate, bare), [])
            folder = [
                output
                for recipe in self.recipes
                if recipe.name == bare and recipe.platform == candidate
                for output in recipe.outputs
                if not output.is_test_package
            ]
            if found or folder:
                return [*found, *(output for output in folder if output not in found)]
        for path, error in self._broken.items():
            if path.parent.name == bare:
                raise error
        known = sorted({output.name for output in self.outputs} | {recipe.name for recipe in self.recipes})
        near = difflib.get_close_matches(bare, known, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else "there are: " + ", ".join(known)
        raise UsageError(f"no recipe provides {name!r}; {hint}")

    def build(self, output: Output) -> list[Output]:
        """The tools that run while the output is built."""
        return self._resolve(output, output.build, (BUILD_PLATFORM, TARGET_PLATFORM), "build")

    def host(self, output: Output) -> list[Output]:
        """The packages that the output is built against."""
        exported = [name for tool in self.build(output) for name in tool.strong_exports]
        return self._resolve(output, [*output.host, *exported], (output.platform, *_noarch(output)), "host")

    def run(self, output: Output) -> list[Output]:
        """The packages that the output needs where it is installed."""
        exported = [name for tool in self.build(output) for name in tool.strong_exports]
        exported += [name for dep in self.host(output) for name in (*dep.strong_exports, *dep.weak_exports)]
        return self._resolve(output, [*output.run, *exported], (output.platform, *_noarch(output)), "run")

    def tests(self, output: Output) -> list[Output]:
        """The packages that its tests need besides the output itself."""
        tools = self._resolve(output, output.test_build, (BUILD_PLATFORM, TARGET_PLATFORM), "tests")
        return tools + self._resolve(output, output.test_run, (output.platform, *_noarch(output)), "tests")

    def run_closure(self, outputs: Iterable[Output]) -> set[Output]:
        """The outputs and their run requirements, transitively."""
        seen: set[Output] = set()
        waiting = list(outputs)
        while waiting:
            output = waiting.pop()
            if output not in seen:
                seen.add(output)
                waiting += self.run(output)
        return seen

    def environments(self, recipe: Recipe) -> set[Output]:
        """All packages of other recipes that must be installable to build a recipe."""
        direct = {dep for output in recipe.outputs for dep in (*self.build(output), *self.host(output))}
        return {dep for dep in self.run_closure(direct) if dep.recipe != recipe}

    def test_environment(self, output: Output) -> set[Output]:
        """All packages that must be installable to test an output, itself included."""
        return self.run_closure([output, *self.tests(output)])

    def _resolve(self, output: Output, names: Iterable[str], platforms: tuple[str, ...], section: str) -> list[Output]:
        found: list[Output] = []
        for name in dict.fromkeys(names):
            candidates = self._candidates(name, platforms)
            if not candidates:
                near = difflib.get_close_matches(name, sorted({key[1] for key in self._by_name}), n=3)
                hint = f" (near: {', '.join(near)})" if near else ""
                hint += "".join(f"\nthis recipe cannot be read: {error}" for error in self._broken.values())
                raise RecipeError(
                    f"{output.recipe.path}: {output.name} requires {name!r} ({section}), which no recipe provides{hint}"
                )
            found += _preferred(output, candidates)
        return found

    def _candidates(self, name: str, platforms: tuple[str, ...]) -> list[Output]:
        """The outputs of a name: those of the first platform, or else noarch packages of the others."""
        for platform in platforms:
            found = self._by_name.get((platform, name), [])
            found = [output for output in found if platform == platforms[0] or output.subdir == "noarch"]
            if found:
                return found
        return []


def _preferred(output: Output, builds: list[Output]) -> list[Output]:
    """The builds of a package that the solver gives to an output: of its variant, with the best priority."""
    own = [build for build in builds if _agree(build.variant, output.variant)]
    builds = own or builds
    first = min(build.down_priority for build in builds)
    return [build for build in builds if build.down_priority == first]


def _agree(one: dict[str, str], other: dict[str, str]) -> bool:
    """Whether two variants have the same value for each key that both have."""
    return all(other.get(key, value) == value for key, value in one.items())


def _noarch(output: Output) -> tuple[str, ...]:
    """The other platform, whose noarch packages serve this one too."""
    return (TARGET_PLATFORM if output.platform == BUILD_PLATFORM else BUILD_PLATFORM,)
