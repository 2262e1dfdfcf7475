"""`wasmforge verify`: builds packages of the channel again from source, and compares the bytes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from rich.table import Table

from wasmforge.build.builder import Builder
from wasmforge.build.channels import Channels
from wasmforge.build.lock import locked
from wasmforge.build.plan import Planner
from wasmforge.channel.compare import Difference, compare
from wasmforge.common.errors import UsageError
from wasmforge.common.layout import Layout
from wasmforge.common.progress import Reporter
from wasmforge.common.temporary import temporary_folder
from wasmforge.recipe.graph import Graph
from wasmforge.recipe.recipes import Output, variant_files

# No variant has this name. The packages that are built again go to the channel of this flavour, in a cache of its own.
_FLAVOUR = "verify"


@dataclass(frozen=True)
class Verified:
    """A package that was built again. differences: empty if the bytes are the same."""

    file: str
    differences: tuple[Difference, ...]


def verify(layout: Layout, graph: Graph, outputs: Iterable[Output], tools: bool, reporter: Reporter) -> list[Verified]:
    """Build the packages of the outputs' recipes again, in an empty cache beside the channel's other packages.

    tools: whether the compilers are built again, too; else those of the user's cache serve.
    Raises UsageError for an output whose package is not in the channel, or not of the current inputs, and BuildError
    if a build fails.
    """
    channel = Channels(layout).library
    anew = {
        same for output in outputs for same in output.recipe.outputs if Channels(layout).home(same).path == channel.path
    }
    layout.cache.mkdir(parents=True, exist_ok=True)
    with temporary_folder(layout.cache, "verify-") as cache:
        clean = replace(layout, cache=cache, flavour=_FLAVOUR)
        for shared in (layout.sources, layout.logs):
            shared.mkdir(exist_ok=True)
            (cache / shared.name).symlink_to(shared)
        _link(channel.path, clean.library_channel)
        if not tools:
            _link(layout.tool_channel, clean.tool_channel)
        channels = Channels(clean)
        planner = Planner(graph, channels, test=False, anew=anew)
        files = {output: planner.file(output) for output in sorted(anew, key=lambda one: one.stem)}
        for output, file in files.items():
            if planner.is_outdated(output):
                raise UsageError(f"the channel has no {file.name}; run first: wasmforge build {output.name}")
        with locked(clean, reporter):
            channels.repair()
            Builder(clean, channels, variant_files(clean, None), reporter).run(planner.plan(list(files)))
        return [
            Verified(file.name, tuple(compare(channel.path / file.relative_to(channels.library.path), file)))
            for file in files.values()
        ]


def table(verified: list[Verified]) -> Table:
    """The result for a terminal: a line for each package, and one for each difference."""
    made = Table("package", "file", "result", box=None, pad_edge=False)
    for one in verified:
        made.add_row(one.file, "", "[red]differs[/]" if one.differences else "same bytes")
        for difference in one.differences:
            made.add_row("", difference.file, difference.reason)
    return made


def _link(folder: Path, to: Path) -> None:
    """Copy a channel without its bytes where the file system allows that."""
    if folder.is_dir():
        shutil.copytree(folder, to, copy_function=_link_file)


def _link_file(file: str, to: str) -> None:
    try:
        os.link(file, to)
    except OSError:
        shutil.copy2(file, to)
