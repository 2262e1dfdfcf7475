"""Errors that the user can do something about."""

from __future__ import annotations


class WasmforgeError(Exception):
    """A failure with a message for the user.

    The message says what happened, to which file or package, and what to do
    next. The command line prints it without a traceback and exits 1.
    """


class UsageError(WasmforgeError):
    """The command line named something that does not exist. Exits 2."""


class RecipeError(WasmforgeError):
    """A recipe is not valid, or needs a package that no recipe provides."""


class SourceError(WasmforgeError):
    """A source file cannot be fetched, or does not have the recipe's hash."""


class BuildError(WasmforgeError):
    """A package's build script or tests failed."""


class SolveError(WasmforgeError):
    """No environment satisfies the package specifications."""
