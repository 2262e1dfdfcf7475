"""Runs the editor's text as ``__main__``, and the console's lines in the same namespace.

Each run gets a fresh ``__main__``; modules stay imported.
"""

import builtins
import linecache
import sys
import traceback
import types
from _ast import PyCF_ALLOW_TOP_LEVEL_AWAIT
from collections.abc import Awaitable, Callable
from itertools import count

from wasmforge_playground.display import represent

# Show each complete line at once, as a terminal does, instead of when a buffer is full.
sys.stdout.reconfigure(line_buffering=True)

TYPE_CHECKING = False  # typing's, without the time to import it
if TYPE_CHECKING:
    from pyodide.code import CodeRunner

Report = dict[str, object]
"""How code ended, with one of these keys:

``value``: (MIME type, text) of the last expression, or None when there is none or it is None;
``exit``: the code given to SystemExit;
``error``: the traceback as text, with ``type`` and ``line`` (1-based, in the editor's text, or None).
"""

_COROUTINE = 0x80  # inspect.CO_COROUTINE; importing inspect would delay the page
_STOPPED = "KeyboardInterrupt"  # with this message, an interrupt cancels a program that awaits (pyodide.webloop)
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
    """Execute a program. If it uses top-level await, return an awaitable of its report."""
    # Close the figures of the last program, as the end of a process would.
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")
    module = types.ModuleType("__main__")
    module.__file__ = filename
    sys.modules["__main__"] = module
    return _execute(source, filename)


def enter(source: str) -> Report | Awaitable[Report]:
    """Execute the console's input in the namespace of the last program."""
    return _execute(source, f"<console {next(_entries)}>")


def complete(source: str) -> tuple[list[str], int]:
    """Return completions of the last word of `source`, and the index where that word starts."""
    from pyodide.console import Console

    return Console(sys.modules["__main__"].__dict__).complete(source)


def _execute(source: str, filename: str) -> Report | Awaitable[Report]:
    # Import here: at the top, it would delay the page's start.
    from pyodide.code import CodeRunner

    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    try:
        runner = CodeRunner(source, filename=filename, flags=PyCF_ALLOW_TOP_LEVEL_AWAIT).compile()
    except Exception as error:
        return _describe(error, filename)
    running = _run(runner, filename)
    if runner.code.co_flags & _COROUTINE:
        return running
    # The code awaits nothing: the first step finishes it without an event loop.
    try:
        running.send(None)
    except StopIteration as end:
        return end.value


async def _run(runner: "CodeRunner", filename: str) -> Report:
    namespace = sys.modules["__main__"].__dict__
    try:
        value = await runner.run_async(namespace)
        if value is not None:
            namespace["_"] = value
        return {"value": None if value is None else represent(value)}
    except SystemExit as end:
        return {"exit": end.code if isinstance(end.code, int | None) else str(end.code)}
    except BaseException as error:
        return _describe(error, filename)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def _describe(error: BaseException, filename: str) -> Report:
    """Report an error: the traceback from the first frame of `filename` on, and the deepest line of `filename`."""
    if error.args == (_STOPPED,):
        error = KeyboardInterrupt().with_traceback(error.__traceback__)
    frames = list(traceback.walk_tb(error.__traceback__))
    own = [at for at, (frame, _) in enumerate(frames) if frame.f_code.co_filename == filename]
    line = frames[own[-1]][1] if own else None
    if isinstance(error, SyntaxError) and error.filename == filename:
        line = error.lineno
    shown = error.__traceback__
    for _ in range(own[0] if own else len(frames)):
        shown = shown.tb_next
    text = "".join(traceback.format_exception(type(error), error, shown))
    return {"error": text, "type": type(error).__name__, "line": line}
