"""Runs the editor's text as ``__main__`` and reports how it ended.

The page calls `run` once per click. Each run gets a fresh ``__main__``; modules stay imported.
"""
import ast
import json
import linecache
import sys
import traceback
import types

# As on a terminal: a line is shown when it is complete, not when a buffer is full.
sys.stdout.reconfigure(line_buffering=True)


def run(source: str, filename: str) -> str:
    """Execute `source`; return JSON with one of these keys.

    ``value``: repr of the last expression, or null when there is none or it is None;
    ``exit``: the code given to SystemExit;
    ``error``: the traceback as text, with ``type`` and ``line`` (1-based, in `source`, or null).
    """
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    module = types.ModuleType("__main__")
    module.__file__ = filename
    sys.modules["__main__"] = module
    try:
        value = _execute(source, filename, module.__dict__)
        report = {"value": None if value is None else repr(value)}
    except SystemExit as stop:
        report = {"exit": stop.code if isinstance(stop.code, int | None) else str(stop.code)}
    except BaseException as error:
        report = _describe(error, filename)
    sys.stdout.flush()
    sys.stderr.flush()
    return json.dumps(report)


def _execute(source: str, filename: str, namespace: dict[str, object]) -> object:
    """Run the statements; return the value of the last one if it is an expression."""
    tree = compile(source, filename, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
    last = ast.Expression(tree.body.pop().value) if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, filename, "exec", dont_inherit=True), namespace)
    return eval(compile(last, filename, "eval", dont_inherit=True), namespace) if last else None


def _describe(error: BaseException, filename: str) -> dict[str, object]:
    """The traceback without this module's own frames, and the deepest line of `filename` in it."""
    frames = error.__traceback__
    while frames and frames.tb_frame.f_code.co_filename == __file__:
        frames = frames.tb_next
    line = error.lineno if isinstance(error, SyntaxError) and error.filename == filename else None
    for frame, number in traceback.walk_tb(frames):
        if frame.f_code.co_filename == filename:
            line = number
    text = "".join(traceback.format_exception(type(error), error, frames))
    return {"error": text, "type": type(error).__name__, "line": line}
