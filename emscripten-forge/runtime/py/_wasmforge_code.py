"""Runs source code and returns its value. A frozen module; pyodide.code is its public name.

Imports nothing but _ast: each runPython passes through here, the first one while a page waits for it.
"""

import _ast

TYPE_CHECKING = False  # typing's, without the time to import it
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import CodeType
    from typing import Any

    Tree = _ast.Module | _ast.Interactive | _ast.Expression

_ONLY_AST = _ast.PyCF_ONLY_AST
_TOP_LEVEL_AWAIT = _ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_COROUTINE = 0x80  # inspect.CO_COROUTINE

# The variable for the value of a program's last expression. No program can have one of this name.
_RESULT = "<result>"


def should_quiet(source: str, /) -> bool:
    """Whether source ends with a semicolon, which asks for its value not to be shown."""
    source = source.rstrip()
    if not source.endswith(";"):
        return False
    last_line = source.rpartition("\n")[2]
    return "#" not in last_line or not _ends_in_comment(source)


def _ends_in_comment(source: str) -> bool:
    import tokenize
    from io import StringIO

    comment = False
    try:
        for token in tokenize.generate_tokens(StringIO(source).readline):
            if token.type not in (tokenize.NEWLINE, tokenize.NL, tokenize.DEDENT, tokenize.ENDMARKER):
                comment = token.type == tokenize.COMMENT
    except (SyntaxError, tokenize.TokenError):
        return False  # compiling it will say what is wrong
    return comment


def _dedented(source: str) -> str:
    """Source whose first line is indented, without the indentation that all its lines share."""
    first = source.lstrip("\n\r\f")
    if not first[:1].isspace():
        return source
    from textwrap import dedent

    return dedent(source)


class CodeRunner:
    """Source code in three steps: parsed on creation, compiled by compile(), run by run() or run_async().

    Its attribute ast may be changed before compile(), code after it.

    return_mode: "last_expr": the value of the last statement if that is an expression; "last_expr_or_assign": also
        the value it assigns to a name; "none": None.
    quiet_trailing_semicolon: return None if source ends with a semicolon.
    dedent: remove the indentation that all lines share.
    dont_inherit: ignored, since this module has no future statements that source could inherit.
    mode, flags, optimize: compile()'s.

    Raises SyntaxError.
    """

    def __init__(
        self,
        source: str,
        *,
        return_mode: str = "last_expr",
        mode: str = "exec",
        quiet_trailing_semicolon: bool = True,
        filename: str = "<exec>",
        flags: int = 0,
        dont_inherit: bool = False,
        optimize: int = -1,
        dedent: bool = True,
    ) -> None:
        if return_mode not in ("last_expr", "last_expr_or_assign", "none"):
            raise ValueError(f"return_mode is 'last_expr', 'last_expr_or_assign' or 'none', not {return_mode!r}")
        if dedent:
            source = _dedented(source)
        self.ast: Tree = compile(source, filename, mode, flags | _ONLY_AST, dont_inherit=True, optimize=optimize)
        self.code: CodeType | None = None
        self._source = source
        self._filename = filename
        self._mode = mode
        self._quiet = quiet_trailing_semicolon and should_quiet(source)
        self._return_mode = "none" if self._quiet else return_mode
        self._flags = flags
        self._optimize = optimize
        self._keeps_result = False

    def compile(self) -> "CodeRunner":
        """Compile ast into code and return self. Raises RuntimeError the second time."""
        if self.code is not None:
            raise RuntimeError("this CodeRunner is compiled already")
        tree, mode = self._returning(self.ast)
        try:
            self.code = self._compiled(tree, mode)
        except TypeError:  # a node that a program has inserted has no line number
            from ast import fix_missing_locations

            self.code = self._compiled(fix_missing_locations(tree), mode)
        if not (self._filename.startswith("<") and self._filename.endswith(">")):
            remember_source(self._filename, self._source)
        return self

    def _compiled(self, tree: "Tree", mode: str) -> "CodeType":
        code: CodeType = compile(tree, self._filename, mode, self._flags, dont_inherit=True, optimize=self._optimize)
        return code

    def _returning(self, tree: "Tree") -> "tuple[Tree, str]":
        """The tree to compile and its mode: running it leaves the value where _value finds it."""
        if not isinstance(tree, (_ast.Module, _ast.Interactive)):
            return tree, self._mode
        if self._quiet and self._mode == "single":
            return _ast.Module(tree.body, []), "exec"  # which, unlike "single", shows no values
        if self._return_mode == "none" or not tree.body:
            return tree, self._mode
        *body, last = tree.body
        if isinstance(last, _ast.Expr):
            if not body:
                return _ast.Expression(last.value), "eval"
            body.append(_assign(_RESULT, last.value, last))
        elif self._return_mode == "last_expr_or_assign" and (name := _assigned_name(last)):
            load = _ast.Name(name, _ast.Load())
            _place(load, last)
            body += [last, _assign(_RESULT, load, last)]
        else:
            return tree, self._mode
        self._keeps_result = True
        if isinstance(tree, _ast.Interactive):
            return _ast.Interactive(body), "single"
        return _ast.Module(body, tree.type_ignores), "exec"

    def run(self, globals: "dict[str, Any] | None" = None, locals: "dict[str, Any] | None" = None) -> "Any":
        """Run code, which must not use top-level await, and return its value. globals, locals: exec's."""
        code, globals, locals = self._arguments(globals, locals)
        if code.co_flags & _COROUTINE:
            raise RuntimeError("the code uses top-level await: run it with run_async")
        return self._value(eval(code, globals, locals), locals)

    async def run_async(self, globals: "dict[str, Any] | None" = None, locals: "dict[str, Any] | None" = None) -> "Any":
        """As run, for code that may use top-level await."""
        code, globals, locals = self._arguments(globals, locals)
        value = eval(code, globals, locals)
        if code.co_flags & _COROUTINE:
            value = await value
        return self._value(value, locals)

    def _arguments(
        self, globals: "dict[str, Any] | None", locals: "dict[str, Any] | None"
    ) -> "tuple[CodeType, dict[str, Any], dict[str, Any]]":
        """Those of eval()."""
        if self.code is None:
            raise RuntimeError("this CodeRunner is not compiled yet: call compile() first")
        if globals is None:
            globals = {}
        return self.code, globals, globals if locals is None else locals

    def _value(self, value: "Any", locals: "dict[str, Any]") -> "Any":
        if not self._keeps_result:
            return None if self._return_mode == "none" else value
        value = locals[_RESULT]
        del locals[_RESULT]
        return value


def _place(node: _ast.expr | _ast.stmt, where: _ast.expr | _ast.stmt) -> None:
    """Give a node the line and column of another."""
    node.lineno, node.col_offset = where.lineno, where.col_offset
    node.end_lineno, node.end_col_offset = where.end_lineno, where.end_col_offset


def _assign(name: str, value: _ast.expr, where: _ast.stmt) -> _ast.stmt:
    target = _ast.Name(name, _ast.Store())
    statement = _ast.Assign([target], value)
    _place(target, where)
    _place(statement, where)
    return statement


def _assigned_name(statement: _ast.stmt) -> str | None:
    """The last variable that a statement assigns."""
    target: _ast.expr
    if isinstance(statement, _ast.Assign):
        target = statement.targets[-1]
    elif isinstance(statement, _ast.AugAssign) or (isinstance(statement, _ast.AnnAssign) and statement.value):
        target = statement.target
    else:
        return None
    return target.id if isinstance(target, _ast.Name) else None


def remember_source(filename: str, source: str) -> None:
    """Let tracebacks and inspect.getsource find source that is in no file."""
    import linecache

    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)


def eval_code(
    source: str,
    globals: "dict[str, Any] | None" = None,
    locals: "dict[str, Any] | None" = None,
    *,
    return_mode: str = "last_expr",
    quiet_trailing_semicolon: bool = True,
    filename: str = "<exec>",
    flags: int = 0,
    dont_inherit: bool = False,
    optimize: int = -1,
    dedent: bool = True,
) -> "Any":
    """Run source and return its value; the parameters are CodeRunner's, globals and locals exec's."""
    runner = CodeRunner(
        source,
        return_mode=return_mode,
        quiet_trailing_semicolon=quiet_trailing_semicolon,
        filename=filename,
        flags=flags,
        dont_inherit=dont_inherit,
        optimize=optimize,
        dedent=dedent,
    )
    return runner.compile().run(globals, locals)


async def eval_code_async(
    source: str,
    globals: "dict[str, Any] | None" = None,
    locals: "dict[str, Any] | None" = None,
    *,
    return_mode: str = "last_expr",
    quiet_trailing_semicolon: bool = True,
    filename: str = "<exec>",
    flags: int = 0,
    dont_inherit: bool = False,
    optimize: int = -1,
    dedent: bool = True,
) -> "Any":
    """As eval_code, for source that may use top-level await."""
    runner = CodeRunner(
        source,
        return_mode=return_mode,
        quiet_trailing_semicolon=quiet_trailing_semicolon,
        filename=filename,
        flags=flags | _TOP_LEVEL_AWAIT,
        dont_inherit=dont_inherit,
        optimize=optimize,
        dedent=dedent,
    )
    return await runner.compile().run_async(globals, locals)


def find_imports(source: str) -> list[str]:
    """The modules that source imports anywhere and the packages they are in, sorted.

    Relative imports are left out. Source that does not compile has none: running it will say why.
    """
    found: set[str] = set()
    for module, _ in _import_statements(source, everywhere=True):
        while module:
            found.add(module)
            module = module.rpartition(".")[0]
    return sorted(found)


def imported_names(source: str, everywhere: bool) -> list[str]:
    """The names that source imports, in its order: modules, and for `from a import b` also a.b, module or not.

    everywhere: also in functions and classes, which may never be called.
    """
    found: dict[str, None] = {}
    for module, names in _import_statements(source, everywhere):
        found[module] = None
        found.update((f"{module}.{name}", None) for name in names)
    return list(found)


def _import_statements(source: str, everywhere: bool) -> "Iterator[tuple[str, Sequence[str]]]":
    """(module, names imported from it) of the absolute imports."""
    try:
        pending: list[Any] = [compile(_dedented(source), "<imports>", "exec", _ONLY_AST, dont_inherit=True)]
    except (SyntaxError, ValueError):
        return
    while pending:
        node = pending.pop()
        if isinstance(node, _ast.Import):
            for alias in node.names:
                yield alias.name, ()
        elif isinstance(node, _ast.ImportFrom):
            if node.module and node.level == 0:
                yield node.module, [alias.name for alias in node.names]
        elif isinstance(node, list):
            pending.extend(reversed(node))
        elif isinstance(node, _ast.AST) and (everywhere or not isinstance(node, _NOT_RUN)):
            pending.extend(getattr(node, field, None) for field in reversed(node._fields))


_NOT_RUN = (_ast.FunctionDef, _ast.AsyncFunctionDef, _ast.Lambda, _ast.ExceptHandler)
