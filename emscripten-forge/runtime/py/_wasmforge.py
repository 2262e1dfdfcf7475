"""The Python side of runPython. A frozen module (py/freeze.py).

Functions import what only they need: every import at the top delays each start.
"""

import sys

import __main__
import _wasmforge_code

TYPE_CHECKING = False  # typing's, without the time to import it
if TYPE_CHECKING:
    from typing import Any

# A page shows output line by line, though it is no terminal.
for _stream in sys.stdout, sys.stderr:
    _stream.reconfigure(line_buffering=True)  # type: ignore[union-attr] # a TextIOWrapper as long as no program runs

show_partial_lines = True  # when run() ends, as when run_async() does

_sources: "dict[str, str]" = {}  # file name -> the newest source run under that name


def run(
    source: str,
    filename: str,
    globals: "dict[str, Any] | None" = None,
    locals: "dict[str, Any] | None" = None,
) -> "Any":
    """Run source and return the value of its last statement if that is an expression. globals: default: __main__'s."""
    try:
        return _run(source, filename, globals, locals)
    finally:
        if show_partial_lines:
            _flush()


def run_async(
    source: str,
    filename: str,
    globals: "dict[str, Any] | None" = None,
    locals: "dict[str, Any] | None" = None,
) -> "Any":
    """As run, for source that may use top-level await. In that case, return a coroutine of the value."""
    # Running a coroutine takes asyncio, whose import takes longer than most programs.
    if "await" in source or "async" in source:
        return _run_async(source, filename, globals, locals)
    try:
        return _run(source, filename, globals, locals)
    finally:
        _flush()


def _run(source: str, filename: str, globals: "dict[str, Any] | None", locals: "dict[str, Any] | None") -> "Any":
    _sources[filename] = source
    return _code().eval_code(source, _namespace(globals), locals, **_named(filename))


async def _run_async(
    source: str, filename: str, globals: "dict[str, Any] | None", locals: "dict[str, Any] | None"
) -> "Any":
    _sources[filename] = source
    try:
        return await _code().eval_code_async(source, _namespace(globals), locals, **_named(filename))
    finally:
        _flush()


def _code() -> "Any":
    """The module of eval_code: the public one once it is imported, since programs replace functions there."""
    return sys.modules.get("pyodide.code", _wasmforge_code)


def _named(filename: str) -> dict[str, str]:
    """The argument for an unusual file name. A program's own eval_code need not take one for the usual name."""
    return {} if filename == "<exec>" else {"filename": filename}


def _namespace(globals: "dict[str, Any] | None") -> "dict[str, Any]":
    return __main__.__dict__ if globals is None else globals


def _flush() -> None:
    for stream in sys.stdout, sys.stderr:
        try:  # noqa: SIM105 (importing contextlib would delay the start)
            stream.flush()
        except (AttributeError, ValueError, OSError):
            pass  # the program has replaced or closed it


_OWN_FILES = {_code.__code__.co_filename, _wasmforge_code.eval_code.__code__.co_filename}


def format_error(error: BaseException) -> str:
    """The traceback as text, without this module's frames. Sets sys.last_exc and the like."""
    import traceback

    for filename, source in _sources.items():
        _wasmforge_code.remember_source(filename, source)
    frames = error.__traceback__
    while frames and frames.tb_frame.f_code.co_filename in _OWN_FILES:
        frames = frames.tb_next
    sys.last_exc = sys.last_value = error.with_traceback(frames)
    sys.last_type, sys.last_traceback = type(error), frames
    return "".join(traceback.format_exception(error))


def find_imports(source: str, everywhere: bool) -> str:
    """The modules that source imports, separated by spaces: everywhere, or only in statements that run with it.

    `from a import b` gives a.b, too, whether or not b is a module.
    """
    return " ".join(_wasmforge_code.imported_names(source, everywhere))


def import_from_working_directory() -> None:
    """Have imports look in the current directory, as Python's prompt does, also after chdir."""
    sys.path.insert(0, "")


def packages_changed() -> None:
    """Let the import system see files that were added under sys.path."""
    for finder in sys.path_importer_cache.values():
        if finder is not None and hasattr(finder, "invalidate_caches"):
            finder.invalidate_caches()
