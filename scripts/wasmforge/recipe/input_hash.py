"""Input hashes: one number for everything a package is made from.

A hash is taken over inputs alone, so it is known before anything is fetched
or built: the rendered output, the files beside the recipe, the hashes of the
sources, and the hashes of the packages used to build it.

An output has two. The input hash covers all that reaches the package, and names
it. The hash of its files covers what can reach a package built with it: a new
summary of a compiler makes a new package of the compiler, and of nothing else.
"""

from __future__ import annotations

import hashlib
import json
import os
from importlib.metadata import version
from pathlib import Path
from typing import Any

from wasmforge.common.errors import RecipeError
from wasmforge.common.hashing import hash_file
from wasmforge.common.platforms import BUILD_PLATFORM
from wasmforge.recipe.graph import Graph
from wasmforge.recipe.recipes import Output, Recipe

# Raised when the driver itself changes what goes into a package.
DRIVER_FORMAT = 2

# The programs that write packages; pyproject.toml pins them.
_WRITERS = ("py-rattler-build", "zstandard")

_SKIPPED_FOLDERS = frozenset({"__pycache__", "node_modules", ".git"})
_SKIPPED_SUFFIXES = (".pyc", "~")

# What a package says of itself.
_DESCRIPTION = ("about", "extra")


class InputHashes:
    """Computes and remembers the input hashes of a graph's outputs."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._writers = {name: version(name) for name in _WRITERS}
        self._known: dict[Output, str] = {}
        self._files: dict[Output, str] = {}
        self._open: list[Output] = []
        self._folders: dict[Path, Any] = {}

    def of(self, output: Output) -> str:
        """The input hash (hex sha256): of all that goes into one package."""
        if output not in self._known:
            self._known[output] = _digest(
                {
                    "format": DRIVER_FORMAT,
                    "writers": self._writers,
                    "files": self._of_files(output),
                    "description": {key: output.data.get(key) for key in _DESCRIPTION},
                    "date": output.recipe.date,
                    "pins": [[one.name, one.version, exact and self.of(one)] for one, exact in output.pinned],
                }
            )
        return self._known[output]

    def _of_files(self, output: Output) -> str:
        """The hash (hex sha256) of what can reach a package that is built with this one."""
        if output in self._files:
            return self._files[output]
        if output in self._open:
            names = [step.name for step in self._open[self._open.index(output) :]]
            raise RecipeError("recipes need each other to be built: " + " -> ".join([*names, output.name]))
        self._open.append(output)
        try:
            self._files[output] = self._compute(output)
        finally:
            self._open.pop()
        return self._files[output]

    def of_programs(self, recipe: Recipe) -> str:
        """One hash for the programs proper among a recipe's tools.

        That is the tools which run no other tool: the compilers' binaries, but
        not the scripts around them, whose effect shows in their arguments.
        """
        tools = {dep for output in recipe.outputs for dep in self._inputs(output) if dep.platform == BUILD_PLATFORM}
        return _digest({self._key(dep): self._of_files(dep) for dep in tools if not self._graph.run(dep)})

    def _compute(self, output: Output) -> str:
        return _digest(
            {
                "variant": output.variant,
                "recipe": _recipe_data(output),
                "folder": self._folder(output.recipe.folder),
                "local": {
                    entry["path"]: self._folder((output.recipe.folder / entry["path"]).resolve())
                    for part in (output.data, *output.data.get("staging_caches", []))
                    for entry in part.get("source", [])
                    if "path" in entry
                },
                "inputs": {self._key(dep): self._of_files(dep) for dep in self._inputs(output)},
            }
        )

    def _inputs(self, output: Output) -> set[Output]:
        """The packages whose content reaches the output.

        Tools (linux-64) run, so what they need at run time counts too. Of a
        library only its own files are used: were its run dependencies
        counted, each change of the runtime would rebuild every library.
        """
        direct = {*self._graph.build(output), *self._graph.host(output)}
        tools = {dep for dep in direct if dep.platform == BUILD_PLATFORM}
        return (direct | self._graph.run_closure(tools)) - {output}

    @staticmethod
    def _key(output: Output) -> str:
        return f"{output.platform}/{output.stem}"

    def _folder(self, path: Path) -> Any:
        if path not in self._folders:
            self._folders[path] = _hash_files(path)
        return self._folders[path]


def _recipe_data(output: Output) -> dict[str, Any]:
    """The rendered output without what does not change its files."""
    data = {key: value for key, value in output.data.items() if key not in ("context", *_DESCRIPTION)}
    data["source"] = [_source_data(entry) for entry in output.data.get("source", [])]
    if "staging_caches" in data:
        data["staging_caches"] = [
            {**part, "source": [_source_data(entry) for entry in part.get("source", [])]}
            for part in data["staging_caches"]
        ]
    return data


def _source_data(entry: dict[str, Any]) -> dict[str, Any]:
    """A source without its addresses: only the name that the file gets counts."""
    if "url" not in entry:
        return entry
    url = entry["url"] if isinstance(entry["url"], str) else entry["url"][0]
    return {**entry, "url": url.rpartition("/")[2]}


def _hash_files(path: Path) -> Any:
    """Name, mode and hash of each file below a path, or of the file itself."""
    if path.is_file():
        return hash_file(path)
    found = []
    for folder, subfolders, files in os.walk(path):
        subfolders[:] = sorted(name for name in subfolders if not _skipped(Path(folder, name)))
        for name in sorted(files):
            file = Path(folder, name)
            # A recipe counts as rendered data, and not at all for those that use the files beside it.
            if file == path / "recipe.yaml" or name.endswith(_SKIPPED_SUFFIXES):
                continue
            relative = file.relative_to(path).as_posix()
            if file.is_symlink():
                found.append([relative, "link", os.readlink(file)])
            else:
                mode = "x" if os.access(file, os.X_OK) else "-"
                found.append([relative, mode, hash_file(file)])
    return found


def _skipped(folder: Path) -> bool:
    """Tells whether a folder is no part of a recipe: a program's cache, by name or by its tag.

    Source: the Cache Directory Tagging Specification; mypy, ruff and pytest leave such folders.
    """
    return folder.name in _SKIPPED_FOLDERS or (folder / "CACHEDIR.TAG").is_file()


def _digest(data: Any) -> str:
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
