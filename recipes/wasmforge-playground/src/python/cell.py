"""Runs the editor's text as ``__main__``, and what is entered in the console in the same namespace.

Each run gets a fresh ``__main__``; modules stay imported.
"""

import ast
import builtins
import codeop
import inspect
import linecache
import sys
import traceback
import types
from collections.abc import Awaitable, Callable
from itertools import count

from wasmforge_playground.display import represent

# As on a terminal: a line is shown when it is complete, not when a buffer is full.
sys.stdout.reconfigure(line_buffering=True)

Report = dict[str, object]
"""How code ended, with one of these keys:

``value``: (MIME type, text) of the last expression, or None when there is none or it is None;
``exit``: the code given to SystemExit;
``error``: the traceback as text, with ``type`` and ``line`` (1-based, in the editor's text, or None).
"""

_entries = count(1)


def use_display(show: Callable[[str, str], None]) -> None:
    """Give programs `display`, as notebooks have it. `show` takes a MIME type and a text."""

    def display(*objects: object) -> None:
        """Show objects in the output as they would be as the last expression."""
        for value in objects:
            sys.stdout.flush()
            show(*represent(value))

    builtins.display = display


def run(source: str, filename: str) -> Report | Awaitable[Report]:
    """Execute a program. One that awaits at its top level is returned as an awaitable."""
    module = types.ModuleType("__main__")
    module.__file__ = filename
    sys.modules["__main__"] = module
    return _execute(source, filename)


def enter(source: str) -> Report | Awaitable[Report]:
    """Execute what was entered in the console, with the names of the last program."""
    return _execute(source, f"<console {next(_entries)}>")


def complete(source: str) -> tuple[list[str], int]:
    """The names that could stand at the end of `source`, and where in it they begin."""
    from pyodide.console import Console

    return Console(sys.modules["__main__"].__dict__).complete(source)


def is_complete(source: str) -> bool:
    """Whether Enter ends this entry. A block ends with an empty line, as on a terminal."""
    try:
        if codeop.compile_command(source, symbol="exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT) is None:
            return False
    except (SyntaxError, ValueError, OverflowError):
        return True  # running it says what is wrong
    last = source.rpartition("\n")[2]
    return not last.startswith((" ", "\t")) or not last.strip()


def _execute(source: str, filename: str) -> Report | Awaitable[Report]:
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    try:
        steps = _compile(source, filename)
    except Exception as error:
        return _describe(error, filename)
    running = _run(steps, filename)
    if any(step.co_flags & inspect.CO_COROUTINE for step in steps):
        return running
    # Nothing in it waits: its first step is its last, and no event loop is needed.
    try:
        running.send(None)
    except StopIteration as end:
        return end.value


async def _run(steps: list[types.CodeType], filename: str) -> Report:
    namespace = sys.modules["__main__"].__dict__
    try:
        value = None
        for step in steps:
            value = eval(step, namespace)
            if step.co_flags & inspect.CO_COROUTINE:
                value = await value
        if value is not None:
            namespace["_"] = value
        return {"value": None if value is None else represent(value)}
    except BaseException as error:
        return _describe(error, filename)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def _compile(source: str, filename: str) -> list[types.CodeType]:
    """The statements, and the last one by itself if it is an expression, whose value is then that of the code."""
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    tree = compile(source, filename, "exec", ast.PyCF_ONLY_AST | flags, dont_inherit=True)
    last = ast.Expression(tree.body.pop().value) if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    steps = [compile(tree, filename, "exec", flags, dont_inherit=True)]
    return [*steps, compile(last, filename, "eval", flags, dont_inherit=True)] if last else steps


def _describe(error: BaseException, filename: str) -> Report:
    """The traceback without this module's own frames, and the deepest line of `filename` in it."""
    if isinstance(error, SystemExit):
        return {"exit": error.code if isinstance(error.code, int | None) else str(error.code)}
    frames = error.__traceback__
    while frames and frames.tb_frame.f_code.co_filename == __file__:
        frames = frames.tb_next
    line = error.lineno if isinstance(error, SyntaxError) and error.filename == filename else None
    for frame, number in traceback.walk_tb(frames):
        if frame.f_code.co_filename == filename:
            line = number
    text = "".join(traceback.format_exception(type(error), error, frames))
    return {"error": text, "type": type(error).__name__, "line": line}
