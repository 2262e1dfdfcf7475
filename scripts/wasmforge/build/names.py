"""Names of packages: one name, one content.

A build string has the hash of the package's inputs and its build number. The hash
makes the name unique, wherever the package is built. The number tells a solver which
of two builds is newer. All packages of a recipe have the same number, since some pin
each other's builds exactly.
"""

from __future__ import annotations

from wasmforge.build.channels import Channels
from wasmforge.recipe.input_hash import InputHashes
from wasmforge.recipe.recipes import Output, Recipe


class Names:
    """What the packages of today's inputs are called, beside those that the channels have."""

    def __init__(self, hashes: InputHashes, channels: Channels) -> None:
        self._hashes = hashes
        self._channels = channels
        self._numbers: dict[Recipe, int] = {}

    def stem(self, output: Output) -> str:
        """The name of the package's file, without suffix."""
        return f"{output.name}-{output.version}-{self.build(output)}"

    def build(self, output: Output) -> str:
        """The build string."""
        return output.named(self._hashes.of(output), self.number(output.recipe))

    def number(self, recipe: Recipe) -> int:
        """The build number of a recipe's packages.

        That of the newest builds of these versions in the channel, if they are of the same inputs; else the next one.
        At least the recipe's own. Numbers rise only in the library channel: in the cache's, they would depend on what
        this machine built before.
        """
        if recipe not in self._numbers:
            self._numbers[recipe] = self._number(recipe)
        return self._numbers[recipe]

    def _number(self, recipe: Recipe) -> int:
        first = max(output.number for output in recipe.outputs)
        outputs = [output for output in recipe.outputs if self._channels.home(output) is self._channels.library]
        packages = {(one.name, one.version): one for one in outputs}.values()
        builds = [build for one in packages for build in self._builds(one)]
        if not builds:
            return first
        newest = max(number for number, _ in builds)
        current = {self._hashes.of(output) for output in outputs}
        same = all(input_hash in current for number, input_hash in builds if number == newest)
        return newest if same else max(first, newest + 1)

    def _builds(self, output: Output) -> list[tuple[int, str | None]]:
        """Number and input hash of the builds of a package's version that its channel has."""
        home, subdirs = self._channels.home(output), self._channels.subdirs(output)
        return [build for subdir in subdirs for build in home.builds(subdir, output.name, output.version)]
