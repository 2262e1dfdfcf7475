"""The channels of a run, and which package belongs in which."""

from __future__ import annotations

from wasmforge.channel.channel import Channel
from wasmforge.common.layout import Layout
from wasmforge.common.platforms import BUILD_PLATFORM
from wasmforge.recipe.recipes import Output


class Channels:
    """The three channels of a run."""

    def __init__(self, layout: Layout) -> None:
        self.library = Channel(layout.library_channel, ("noarch", "emscripten-wasm32"))
        self.tools = Channel(layout.tool_channel)
        self.staging = Channel(layout.staging_channel)

    @property
    def all(self) -> tuple[Channel, ...]:
        """All channels, in a solver's order of preference: a new package hides the one it replaces."""
        return (self.staging, self.library, self.tools)

    @property
    def urls(self) -> list[str]:
        return [channel.url for channel in self.all]

    def home(self, output: Output) -> Channel:
        """The channel that a tested package goes to."""
        if output.platform == BUILD_PLATFORM or output.is_test_package:
            return self.tools
        return self.library

    def subdirs(self, output: Output) -> list[str]:
        """Where in its channel builds of a package may lie: it can have become noarch, or ceased to be."""
        tool = output.platform == BUILD_PLATFORM
        return [one for one in self.home(output).subdirs if one == "noarch" or (one == BUILD_PLATFORM) == tool]

    def repair(self) -> bool:
        """Make every index match its files; returns whether one did not."""
        return any([channel.repair() for channel in self.all])
