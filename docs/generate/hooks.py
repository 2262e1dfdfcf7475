"""Adds the pages that are written from the code to the site: mkdocs calls this while it builds."""

from __future__ import annotations

from pathlib import Path

from command_line import command_sections
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from sizes import sizes_table
from typescript import module_sections

from wasmforge.recipe.lint.space import measure

ROOT = Path(__file__).parents[2]
FORGE = ROOT / "emscripten-forge"

COMMAND_LINE = """# Command line

This page is generated from the parser of `wasmforge`. Exit codes: 0 done, 1 failed with a message on stderr, 2 wrong
usage.
"""
TYPES = """# JavaScript types

This page is generated from the declarations (`.d.mts`) that lie in every bundle. [The JavaScript API](javascript.md)
describes the options and the differences from Pyodide.
"""
SIZES = """# Sizes

What a page fetches is smaller than the packages: see [what visits cost](../concepts/loading.md#what-visits-cost) and
[bytes over the wire](benchmarks.md#bytes-over-the-wire-to-the-first-statement-mb). `wasmforge bundle` prints the sizes
for your environment.

## Packages in the channel

This table is generated from the channel in the checkout. Packages are compressed with zstd.
"""
ROOM = """## Room in the repository

The channel lies in the repository, whose history keeps every build. It stays below 450 MiB. `wasmforge lint` says how
much room is left, and warns when that is less than a tenth or less than a build of the whole channel.
"""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Append the generated pages. Raises ValueError for a declaration file that does not parse."""
    declarations = sorted((FORGE / "runtime/js/types").glob("*.d.mts"))
    pages = {
        "reference/command-line.md": [COMMAND_LINE, command_sections()],
        "reference/javascript-types.md": [TYPES, *map(module_sections, declarations)],
        "figures/sizes.md": [SIZES, sizes_table(FORGE / "channel")],
    }
    if space := measure(ROOT, FORGE / "channel"):
        pages["figures/sizes.md"] += ["", ROOM, f"When this page was made, {space.text()}."]
    for path, sections in pages.items():
        files.append(File.generated(config, path, content="\n".join(sections)))
    return files
