"""What can go wrong in a way that the user can do something about."""

from __future__ import annotations


class WasmforgeError(Exception):
    """A failure with a message for the user.

    The message says what happened, to which file or package, and what to do
    next. The command line prints it without a traceback and exits 1.
    """


class UsageError(WasmforgeError):
    """The command line named something that does not exist; exits 2."""


class RecipeError(WasmforgeError):
    """A recipe that cannot be read, or that names what nothing provides."""


class SourceError(WasmforgeError):
    """A source file that cannot be had, or whose hash is not the recipe's."""


class BuildError(WasmforgeError):
    """A package whose build script or tests failed."""


class SolveError(WasmforgeError):
    """Package specifications that no environment satisfies."""
