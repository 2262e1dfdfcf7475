"""An interactive console without a terminal: lines go in, futures with values or formatted errors come out."""

from __future__ import annotations
import __future__

import asyncio
import codeop
import rlcompleter
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from io import TextIOBase
from platform import python_build, python_version
from typing import Any, Literal, cast

import _wasmforge_code

from .code import CodeRunner

__all__ = ["BANNER", "Console", "ConsoleFuture", "PyodideConsole", "repr_shorten", "shorten"]

BANNER = f"""
Python {python_version()} ({", ".join(python_build())}) on WebAssembly/Emscripten
Type "help", "copyright", "credits" or "license" for more information.
""".strip()

_TOP_LEVEL_AWAIT = 0x2000  # ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_ALLOW_INCOMPLETE = codeop.Compile().flags
_FUTURE_FLAGS = sum(getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
_OWN_FILES = frozenset({__file__, _wasmforge_code.eval_code.__code__.co_filename})

SyntaxCheck = Literal["incomplete", "syntax-error", "complete"]


class ConsoleFuture(asyncio.Future[Any]):
    """The value of a command.

    syntax_check: "incomplete" (more lines are needed; the value is None), "syntax-error" or "complete".
    formatted_error: the traceback or syntax error as text, once there is one.
    """

    def __init__(self, syntax_check: SyntaxCheck) -> None:
        super().__init__()
        self.syntax_check: SyntaxCheck = syntax_check
        self.formatted_error: str | None = None


class _Stream(TextIOBase):
    """Looks like a terminal; what is read or written goes through a function."""

    encoding = "utf-8"
    errors = "strict"

    def __init__(self, handler: Callable[..., Any], name: str) -> None:
        self._handler = handler
        self.name = name

    def isatty(self) -> bool:
        return True


class _WriteStream(_Stream):
    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        written = self._handler(text)
        return len(text) if written is None else written


class _ReadStream(_Stream):
    """handler(n): some text, of n characters where it can be; "" at the end of the input."""

    _rest = ""

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> str:
        text = self._rest or self._handler(-1 if size is None else size)
        cut = len(text) if size is None or size < 0 else size
        text, self._rest = text[:cut], text[cut:]
        return text

    def readline(self, size: int | None = -1) -> str:  # type: ignore[override]
        text = self.read(size)
        while text and "\n" not in text and not self._rest and (size is None or size < 0):
            more = self._handler(-1)
            if not more:
                break
            text += more
        line, newline, rest = text.partition("\n")
        self._rest = rest + self._rest
        return line + newline


class _redirect_stdin(redirect_stdout[Any]):
    _stream = "stdin"


class _Compile(codeop.Compile):
    """As codeop's, but makes a compiled CodeRunner. A future statement stays in force for later commands."""

    def __init__(self, optimize: int = -1) -> None:
        super().__init__()
        self.flags |= _TOP_LEVEL_AWAIT
        self._optimize = optimize

    def __call__(  # type: ignore[override] # codeop passes on what this returns; it calls this by these names
        self, source: str, filename: str, symbol: str, *, incomplete_input: bool = True, flags: int = 0
    ) -> CodeRunner:
        flags |= self.flags
        if not incomplete_input:
            flags &= ~_ALLOW_INCOMPLETE
        runner = CodeRunner(
            source, mode=symbol, filename=filename, flags=flags, optimize=self._optimize, dedent=False
        ).compile()
        assert runner.code is not None
        self.flags |= runner.code.co_flags & _FUTURE_FLAGS
        return runner


class _CommandCompiler(codeop.CommandCompiler):
    """Makes a CodeRunner, or None for source that is only the beginning of a command."""

    def __init__(self, optimize: int = -1) -> None:
        self.compiler = _Compile(optimize)


class Console:
    """A console: push() takes lines and runs a command once its lines are complete.

    Commands run one after the other as tasks of the event loop, with top-level await.

    globals: the commands' namespace; default: a new one.
    stdin_callback(n): returns text that a command reads, of about n characters.
    stdout_callback(text), stderr_callback(text): take what a command writes.
    persistent_stream_redirection: use these callbacks all the time, not only while a command runs.
    dont_inherit: ignored, since this module has no future statements that commands could inherit.
    optimize: compile()'s.
    """

    completer_word_break_characters = " \t\n`~!@#$%^&*()-=+[{]}\\|;:'\",<>/?"

    def __init__(
        self,
        globals: dict[str, Any] | None = None,
        *,
        stdin_callback: Callable[[int], str] | None = None,
        stdout_callback: Callable[[str], int | None] | None = None,
        stderr_callback: Callable[[str], int | None] | None = None,
        persistent_stream_redirection: bool = False,
        filename: str = "<console>",
        dont_inherit: bool = False,
        optimize: int = -1,
    ) -> None:
        self.globals: dict[str, Any] = {} if globals is None else globals
        self.stdin_callback = stdin_callback
        self.stdout_callback = stdout_callback
        self.stderr_callback = stderr_callback
        self.filename = filename
        self.buffer: list[str] = []
        self._compile = _CommandCompiler(optimize)
        self._completer = rlcompleter.Completer(self.globals)
        self._turn = asyncio.Lock()
        self._redirected = 0
        self._persistent: ExitStack | None = None
        if persistent_stream_redirection:
            self.persistent_redirect_streams()

    def persistent_redirect_streams(self) -> None:
        """Redirect the standard streams until persistent_restore_streams()."""
        if self._persistent is None:
            self._persistent = ExitStack()
            self._persistent.enter_context(self.redirect_streams())

    def persistent_restore_streams(self) -> None:
        """Undo persistent_redirect_streams()."""
        if self._persistent is not None:
            self._persistent.close()
            self._persistent = None

    @contextmanager
    def redirect_streams(self) -> Iterator[None]:
        """Redirect the standard streams that have a callback. Nested, this does nothing."""
        with ExitStack() as streams:
            if not self._redirected:
                if self.stdin_callback:
                    stdin = _ReadStream(self.stdin_callback, getattr(sys.stdin, "name", "<stdin>"))
                    streams.enter_context(_redirect_stdin(stdin))
                if self.stdout_callback:
                    stdout = _WriteStream(self.stdout_callback, getattr(sys.stdout, "name", "<stdout>"))
                    streams.enter_context(redirect_stdout(stdout))
                if self.stderr_callback:
                    stderr = _WriteStream(self.stderr_callback, getattr(sys.stderr, "name", "<stderr>"))
                    streams.enter_context(redirect_stderr(stderr))
            self._redirected += 1
            try:
                yield
            finally:
                self._redirected -= 1

    def push(self, line: str) -> ConsoleFuture:
        """Add a line, without its newline, to the command. Run the command if it is complete or wrong."""
        self.buffer.append(line)
        future = self.runsource("\n".join(self.buffer))
        if future.syntax_check != "incomplete":
            self.buffer = []
        return future

    def runsource(self, source: str, filename: str | None = None) -> ConsoleFuture:
        """Compile source and start to run it. filename: default: the console's."""
        try:
            runner = cast("CodeRunner | None", self._compile(source, filename or self.filename, "single"))
        except (OverflowError, SyntaxError, ValueError) as error:
            future = ConsoleFuture("syntax-error")
            future.formatted_error = self.formatsyntaxerror(error)
            future.set_exception(error)
            future.exception()  # marks it as seen: the caller has the text
            return future
        if runner is None:
            future = ConsoleFuture("incomplete")
            future.set_result(None)
            return future
        future = ConsoleFuture("complete")
        task = asyncio.ensure_future(self._run_in_turn(future, source, runner))
        future.add_done_callback(lambda done: done.cancelled() and task.cancel())
        return future

    async def _run_in_turn(self, future: ConsoleFuture, source: str, code: CodeRunner) -> None:
        try:
            async with self._turn:
                result = await self.runcode(source, code)
        except asyncio.CancelledError:
            future.cancel()
        except BaseException as error:  # also SystemExit, which is for the code that awaits the command, not the loop
            if not future.done():
                future.formatted_error = self.formattraceback(error)
                future.set_exception(error)
        else:
            if not future.done():
                future.set_result(result)

    async def runcode(self, source: str, code: CodeRunner) -> Any:
        """Run a compiled command. Returns its value or raises its exception."""
        with self.redirect_streams():
            try:
                return await code.run_async(self.globals)
            finally:
                sys.stdout.flush()
                sys.stderr.flush()

    def formatsyntaxerror(self, error: Exception) -> str:
        """The error as text; it becomes sys.last_exc."""
        _keep_last(error)
        return "".join(traceback.format_exception_only(error))

    def formattraceback(self, error: BaseException) -> str:
        """The traceback as text, without the frames of the console itself; the error becomes sys.last_exc."""
        frames = error.__traceback__
        while frames and frames.tb_frame.f_code.co_filename in _OWN_FILES:
            frames = frames.tb_next
        _keep_last(error.with_traceback(frames))
        return "".join(traceback.format_exception(error))

    def complete(self, source: str) -> tuple[list[str], int]:
        """Completions of the last word of source, and the index in source where that word starts."""
        start = 1 + max(source.rfind(character) for character in self.completer_word_break_characters)
        word = source[start:]
        find = self._completer.attr_matches if "." in word else self._completer.global_matches
        return find(word), start


class PyodideConsole(Console):
    """A Console that loads the packages that a command imports."""

    async def runcode(self, source: str, code: CodeRunner) -> Any:
        from pyodide_js import loadPackagesFromImports

        await loadPackagesFromImports(source)
        return await super().runcode(source, code)


def _keep_last(error: BaseException) -> None:
    """Keep the error where the interactive interpreter does, for pdb.pm() and the like."""
    sys.last_exc = sys.last_value = error
    sys.last_type, sys.last_traceback = type(error), error.__traceback__


def shorten(text: str, limit: int = 1000, split: int | None = None, separator: str = "...") -> str:
    """Cut text of more than limit characters down to its first and last `split` ones (default: limit // 2).

    Raises ValueError if limit is less than 2.
    """
    if limit < 2:
        raise ValueError(f"limit must be 2 or more, not {limit}")
    if len(text) <= limit:
        return text
    split = min(limit if split is None else 2 * split, len(text)) // 2
    return text[:split] + separator + text[len(text) - split :]


def repr_shorten(value: Any, limit: int = 1000, split: int | None = None, separator: str = "...") -> str:
    """shorten(repr(value)). Raises ValueError if limit is less than 4."""
    if limit < 4:
        raise ValueError(f"limit must be 4 or more, not {limit}")
    text = repr(value)
    return shorten(text, limit, split, separator)
