"""Decides which files a bundle leaves out, and when it sends the others: bundle.yaml and the maker's options."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from importlib import resources

import yaml


@dataclass(frozen=True)
class Options:
    """The options of the maker of a bundle.

    eager: packages that are loaded when Python starts, "all" for every one. lazy: globs of files that are sent only
    when they are read. include: globs of files that are sent with their package though the rules leave them out, or
    for later. channels: addresses that `install` in the page solves against. offline: whether the pages keep all
    for a visit without a network. snapshots: each a list of modules that an interpreter has imported.
    """

    eager: tuple[str, ...] = ()
    lazy: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    offline: bool = False
    snapshots: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Rules:
    """Patterns are globs on paths relative to the prefix, where * also matches /.

    entries: package -> modules that are imported without the rest of it. hints: module -> names that it imports
    without saying so in Python. warm_up: module -> a program that a snapshot has run besides importing it.
    """

    exclude: tuple[str, ...]
    early: tuple[str, ...]
    at_once: tuple[str, ...]
    lazy: tuple[str, ...]
    include: tuple[str, ...]
    entries: dict[str, list[str]]
    hints: dict[str, list[str]]
    warm_up: dict[str, str]
    compress: frozenset[str]

    @classmethod
    def load(cls, options: Options) -> Rules:
        data = yaml.safe_load(resources.files("wasmforge.bundle").joinpath("bundle.yaml").read_text())
        return cls(
            exclude=tuple(data["exclude"]),
            early=tuple(data["early"]),
            at_once=(*data["at_once"], *options.include),
            lazy=options.lazy,
            include=options.include,
            entries=data["entries"],
            hints=data["hints"],
            warm_up=data["warm_up"],
            compress=frozenset(data["compress"]),
        )

    def excludes(self, path: str) -> bool:
        return _matches(path, self.exclude) and not _matches(path, self.include)

    def is_early(self, path: str) -> bool:
        """Whether a file of the base packages is sent before Python starts."""
        return _matches(path, self.early)

    def is_lazy(self, path: str) -> bool:
        """Whether the maker wants a file to be sent only when it is read."""
        return _matches(path, self.lazy)

    def is_at_once(self, path: str) -> bool:
        """Whether a file of a package is sent with its modules, though it is a source or much data."""
        return _matches(path, self.at_once)


def _matches(path: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in patterns)
