"""The Python side of runPython. Frozen into the main module (py/freeze.py).

Imports what it needs when it needs it: every module named here at the top
would be paid for at each start.
"""

import sys

import __main__

# A page shows what a program prints line by line, though it is no terminal.
for _stream in sys.stdout, sys.stderr:
    _stream.reconfigure(line_buffering=True)

_ONLY_AST = 0x400  # ast.PyCF_ONLY_AST, without importing ast
_sources = {}  # file name -> the newest source run under that name


def run(source, filename):
    """Run source in __main__; return the value of its last statement if that is an expression."""
    _sources[filename] = source
    try:
        tree = compile(source, filename, "exec", _ONLY_AST, dont_inherit=True)
        last = _pop_last_expression(tree)
        exec(compile(tree, filename, "exec", dont_inherit=True), __main__.__dict__)
        if last is not None:
            return eval(compile(last, filename, "eval", dont_inherit=True), __main__.__dict__)
    finally:
        _flush()


def _pop_last_expression(tree):
    import _ast

    if tree.body and isinstance(tree.body[-1], _ast.Expr):
        return _ast.Expression(tree.body.pop().value)
    return None


def _flush():
    for stream in sys.stdout, sys.stderr:
        try:
            stream.flush()
        except (AttributeError, ValueError, OSError):
            pass  # replaced or closed by the program


def format_error(error):
    """The traceback as text, without this module's own frames."""
    import linecache
    import traceback

    for filename, source in _sources.items():
        lines = source.splitlines(keepends=True)
        linecache.cache[filename] = (len(source), None, lines, filename)
    frames = error.__traceback__
    while frames and frames.tb_frame.f_code.co_filename == run.__code__.co_filename:
        frames = frames.tb_next
    return "".join(traceback.format_exception(type(error), error, frames))


def find_imports(source):
    """The top-level names that source imports anywhere, sorted, separated by spaces.

    Source that does not compile has none: running it will say why.
    """
    import _ast

    try:
        pending = [compile(source, "<imports>", "exec", _ONLY_AST, dont_inherit=True)]
    except (SyntaxError, ValueError):
        return ""
    names = set()
    while pending:
        node = pending.pop()
        if isinstance(node, _ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, _ast.ImportFrom):
            if node.level == 0:
                names.add(node.module.partition(".")[0])
        elif isinstance(node, _ast.AST):
            pending.extend(getattr(node, field, None) for field in node._fields)
        elif isinstance(node, list):
            pending.extend(node)
    return " ".join(sorted(names))


def packages_changed():
    """Let the import system see files that were added under sys.path."""
    for finder in sys.path_importer_cache.values():
        if hasattr(finder, "invalidate_caches"):
            finder.invalidate_caches()
