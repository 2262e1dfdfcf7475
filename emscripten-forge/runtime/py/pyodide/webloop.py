"""An asyncio event loop that takes its turns among the page's own events.

There is one loop. It always runs and cannot be stopped or closed, since timers and callbacks are JavaScript's.
Importing this module makes asyncio use it, and importing asyncio imports this module.
"""

from __future__ import annotations

import asyncio
import heapq
import inspect
import sys
import traceback
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextvars import Context
from functools import partial
from typing import Any, NoReturn, TypeVar, TypeVarTuple

import _wasmforge_loop as page
from _pyodide_core import JsProxy
from _wasmforge_loop import can_run_sync

__all__ = ["PyodideFuture", "PyodideTask", "WebLoop", "WebLoopPolicy", "can_run_sync", "run_sync"]

T = TypeVar("T")
Result = TypeVar("Result")
Args = TypeVarTuple("Args")

_INTERRUPTED = "KeyboardInterrupt"  # why a program was cancelled

_programs: list[asyncio.Future[Any]] = []  # what JavaScript waits for, the newest last


async def _value_of(result: object) -> Any:
    """What a promise would be resolved with: an awaitable's result, and so on until it is no awaitable."""
    while inspect.isawaitable(result):
        result = await result
    return result


class PyodideFuture(asyncio.Future[T]):
    """A future with the methods of a JavaScript promise."""

    def then(
        self, onfulfilled: Callable[[T], Any] | None, onrejected: Callable[[BaseException], Any] | None = None, /
    ) -> asyncio.Task[Any]:
        """A task with the value of onfulfilled(result) or onrejected(exception)."""

        async def chain() -> Any:
            await asyncio.wait([self])
            error = _error_of(self)
            if error is None:
                result = self.result()
                return result if onfulfilled is None else await _value_of(onfulfilled(result))
            if onrejected is None:
                raise error
            return await _value_of(onrejected(error))

        return self.get_loop().create_task(chain())

    def catch(self, onrejected: Callable[[BaseException], Any], /) -> asyncio.Task[Any]:
        """As then(None, onrejected)."""
        return self.then(None, onrejected)

    def finally_(self, onfinally: Callable[[], Any], /) -> asyncio.Task[T]:
        """A task that calls onfinally and then has the outcome of this future, or onfinally's exception."""

        async def chain() -> T:
            await asyncio.wait([self])
            await _value_of(onfinally())
            return self.result()

        return self.get_loop().create_task(chain())

    def syncify(self) -> T:
        """Wait for the result without await: see pyodide.ffi.run_sync."""
        return run_sync(self)


class PyodideTask(PyodideFuture[T], asyncio.Task[T]):
    """A task with the methods of a JavaScript promise."""


def _error_of(future: asyncio.Future[Any]) -> BaseException | None:
    try:
        return future.exception()
    except asyncio.CancelledError as error:
        return error


class WebLoop(asyncio.BaseEventLoop):
    """The loop. It keeps the ready callbacks and the timers; the page says when to run them.

    A program that embeds Python may set:
        _no_in_progress_handler: called when no task or future is pending any more;
        _keyboard_interrupt_handler: called when a KeyboardInterrupt ends a task or a callback;
        _system_exit_handler: called with the exit code when SystemExit does.
    """

    _no_in_progress_handler: Callable[[], None] | None = None
    _keyboard_interrupt_handler: Callable[[], None] | None = None
    _system_exit_handler: Callable[[str | int | None], None] | None = None

    # BaseEventLoop's, which has no public way to run for one turn.
    _ready: deque[asyncio.Handle]
    _scheduled: list[asyncio.TimerHandle]
    _timer_cancelled_count: int
    _clock_resolution: float
    _task_factory: Callable[..., asyncio.Task[Any]] | None
    _check_closed: Callable[[], None]
    _asyncgen_firstiter_hook: Callable[[AsyncGenerator[Any, Any]], None]
    _asyncgen_finalizer_hook: Callable[[AsyncGenerator[Any, Any]], None]

    def __init__(self) -> None:
        super().__init__()
        self._in_progress = 0  # tasks and futures that are not done
        self._next_turn: float | None = None  # when a timer's turn is due, in this loop's time
        page.set_turn(self._turn)
        # asyncio calls these in the middle of a task's step, or while it wakes those who wait for a future.
        for name in "call_soon", "call_at":
            setattr(self, name, partial(page.shielded, getattr(self, name)))
        swap = asyncio.tasks._swap_current_task  # type: ignore[attr-defined] # private: asyncio's eager tasks use it
        page.set_task_swap(partial(swap, self))

    # ---- turns ----

    def _call_soon(
        self, callback: Callable[..., object], args: tuple[Any, ...], context: Context | None
    ) -> asyncio.Handle:
        page.soon()
        handle: asyncio.Handle = super()._call_soon(callback, args, context)  # type: ignore[misc] # BaseEventLoop's own
        return handle

    def call_at(
        self, when: float, callback: Callable[[*Args], object], *args: *Args, context: Context | None = None
    ) -> asyncio.TimerHandle:
        timer = super().call_at(when, callback, *args, context=context)
        self._await_timers()
        return timer

    def _await_timers(self) -> None:
        """Have the page give this loop a turn when the next timer is due."""
        while self._scheduled and self._scheduled[0]._cancelled:
            self._pop_timer()
            self._timer_cancelled_count -= 1
        if self._scheduled and self._scheduled[0].when() != self._next_turn:
            self._next_turn = self._scheduled[0].when()
            page.later(max(0.0, self._next_turn - self.time()))

    def _pop_timer(self) -> asyncio.TimerHandle:
        timer = heapq.heappop(self._scheduled)
        timer._scheduled = False  # type: ignore[attr-defined] # private: BaseEventLoop counts cancelled timers by it
        return timer

    # C calls this shielded from signals (core/signals.c), so that none is raised outside a try.
    def _turn(self) -> None:
        try:
            page.check_signals()
            self._run_ready()
        except (KeyboardInterrupt, SystemExit) as error:
            self._signalled(error)
        self._await_timers()
        if self._ready:
            page.soon()

    def _run_ready(self) -> None:
        """Run what was ready when the turn began. A handle may suspend this, and other turns come before it ends."""
        self._next_turn = None
        now = self.time() + self._clock_resolution
        while self._scheduled and self._scheduled[0].when() <= now:
            timer = self._pop_timer()
            if timer._cancelled:
                self._timer_cancelled_count -= 1
            else:
                self._ready.append(timer)
        count = len(self._ready)
        if count > 1:
            page.soon()  # in case one of them suspends this turn
        for _ in range(count):
            if not self._ready:
                break
            handle = self._ready.popleft()
            if not handle._cancelled:
                self._run(handle)

    def _run(self, handle: asyncio.Handle) -> None:
        callback: Callable[..., object] = handle._callback  # type: ignore[attr-defined] # private, as all that follow
        args = tuple(handle._args)
        context: Context = handle._context  # type: ignore[attr-defined]
        try:
            try:
                page.exposed(context.run, callback, *args)
            except (KeyboardInterrupt, SystemExit):
                raise
            except BaseException as error:
                message = f"Exception in callback {asyncio.format_helpers._format_callback_source(callback, args)}"  # type: ignore[attr-defined] # private
                failure = {"message": message, "exception": error, "handle": handle}
                page.exposed(self.call_exception_handler, failure)
        except (KeyboardInterrupt, SystemExit) as error:
            # A task's exception is also its outcome, which reaches those that await it.
            if not isinstance(getattr(callback, "__self__", None), asyncio.Task):
                self._ended_by(error)

    def _signalled(self, error: KeyboardInterrupt | SystemExit) -> None:
        """Handle a signal that came in while no callback ran: it is for the newest program that waits."""
        if isinstance(error, KeyboardInterrupt) and page.pass_interrupt():
            return
        if isinstance(error, KeyboardInterrupt) and not self._keyboard_interrupt_handler and _programs:
            _programs[-1].cancel(_INTERRUPTED)
        else:
            self._ended_by(error)

    def _ended_by(self, error: KeyboardInterrupt | SystemExit) -> None:
        """Report what has ended a callback or a task."""
        if isinstance(error, KeyboardInterrupt):
            if self._keyboard_interrupt_handler:
                self._keyboard_interrupt_handler()
                return
        elif self._system_exit_handler:
            self._system_exit_handler(error.code)
            return
        sys.excepthook(type(error), error, error.__traceback__)

    # ---- tasks and futures ----

    def create_future(self) -> PyodideFuture[Any]:
        future: PyodideFuture[Any] = PyodideFuture(loop=self)
        self._count(future)
        return future

    def create_task(
        self, coro: Coroutine[Any, Any, T], *, name: Any = None, context: Context | None = None, **options: Any
    ) -> asyncio.Task[T]:
        self._check_closed()
        task: asyncio.Task[T]
        if self._task_factory is None:
            task = PyodideTask(coro, loop=self, name=name, context=context, **options)
        else:
            if context is not None:
                options["context"] = context
            task = self._task_factory(self, coro, **options)
            if name is not None:
                task.set_name(name)
        self._count(task)
        return task

    def _count(self, future: asyncio.Future[Any]) -> None:
        self._in_progress += 1
        future.add_done_callback(partial(page.shielded, self._count_down))

    def _count_down(self, future: asyncio.Future[Any]) -> None:
        self._in_progress -= 1
        error = future._exception  # exception() would mark it as seen
        if isinstance(error, KeyboardInterrupt) and self._keyboard_interrupt_handler:
            self._keyboard_interrupt_handler()
        elif isinstance(error, SystemExit) and self._system_exit_handler:
            self._system_exit_handler(error.code)
        if self._in_progress == 0 and self._no_in_progress_handler:
            self._no_in_progress_handler()

    # ---- what other loops do, and this one need not or cannot ----

    def is_running(self) -> bool:
        return True

    def run_forever(self) -> None:
        """Does nothing: the page runs the loop for as long as it lives."""

    def run_until_complete(self, future: Awaitable[Any]) -> Any:
        """The result of future if this call can wait for it; else a task that the page will complete.

        Raises RuntimeError in the command `python` if the engine cannot wait: there is no page to go on afterwards.
        """
        if page.is_command and not can_run_sync():
            page.raise_stuck("asyncio cannot wait")
        task = asyncio.ensure_future(future, loop=self)
        return run_sync(task) if can_run_sync() else task

    def stop(self) -> None:
        """Does nothing: the loop is the page's."""

    def close(self) -> None:
        """Does nothing: the loop is the page's."""

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:
        """Does nothing: there is none."""

    def call_soon_threadsafe(
        self, callback: Callable[[*Args], object], *args: *Args, context: Context | None = None
    ) -> asyncio.Handle:
        return self.call_soon(callback, *args, context=context)

    def run_in_executor(self, executor: object, func: Callable[[*Args], object], *args: *Args) -> NoReturn:
        raise RuntimeError(
            f"{getattr(func, '__qualname__', func)} cannot run in an executor: there are no threads or processes in "
            "WebAssembly. Call it directly; or, to keep the page alive meanwhile, run Python in a web worker."
        )

    def default_exception_handler(self, context: dict[str, Any]) -> None:
        """Print an exception that no code has handled to sys.stderr."""
        print(f"Unhandled exception in event loop: {context.get('message', '')}", file=sys.stderr)
        for key in sorted(context.keys() - {"message", "exception", "source_traceback", "handle_traceback"}):
            print(f"{key}: {context[key]!r}", file=sys.stderr)
        error = context.get("exception")
        if error is not None:
            traceback.print_exception(error)

    def _process_events(self, event_list: list[object]) -> None:
        """Does nothing: there are no file descriptors to watch."""


class WebLoopPolicy(asyncio.DefaultEventLoopPolicy):
    """Gives the page's one loop to every caller."""

    def __init__(self) -> None:
        super().__init__()
        self._loop: WebLoop | None = None

    def get_event_loop(self) -> WebLoop:
        if self._loop is None:
            self._loop = WebLoop()
        return self._loop

    def new_event_loop(self) -> WebLoop:
        return self.get_event_loop()

    def set_event_loop(self, loop: asyncio.AbstractEventLoop | None) -> None:
        """Does nothing: there is one loop."""


def run_sync(awaitable: Awaitable[Result]) -> Result:
    """The result of an awaitable, without await: this call is suspended and the page goes on meanwhile.

    An interrupt cancels a coroutine. Raises RuntimeError where Python cannot wait, TypeError if the argument cannot
    be awaited, and the awaitable's exception.
    """
    if not can_run_sync():
        page.raise_stuck("run_sync cannot wait")
    if not inspect.isawaitable(awaitable):
        raise TypeError(
            f"run_sync needs an awaitable, such as a coroutine or a promise, not {type(awaitable).__name__}"
        )
    if isinstance(awaitable, JsProxy):
        value: Result = page.wait(awaitable)
        return value
    future = asyncio.ensure_future(awaitable)
    if not future.done():
        event = page.new_event()
        wake = partial(page.shielded, _wake, event)
        future.add_done_callback(wake)
        try:
            page.wait_event(event)
        except BaseException:
            future.remove_done_callback(wake)
            future.cancel()
            raise
        finally:
            page.free_event(event)
    return future.result()


def _wake(event: int, future: asyncio.Future[Any]) -> None:
    page.set_event(event)


def settle(awaitable: Awaitable[Any], resolver: int) -> None:
    """Settle a JavaScript promise once an awaitable has an outcome. resolver: the handle of what settles it."""
    future = asyncio.ensure_future(awaitable)
    _programs.append(future)
    page.watch_signals(1)
    future.add_done_callback(partial(page.shielded, _settle, resolver))


def _settle(resolver: int, future: asyncio.Future[Any]) -> None:
    page.watch_signals(-1)
    _programs.remove(future)
    error = _error_of(future)
    if isinstance(error, asyncio.CancelledError) and error.args == (_INTERRUPTED,):
        error = KeyboardInterrupt()
    page.settle(resolver, None if error else future.result(), error)


def run(
    main: Coroutine[Any, Any, Any],
    *,
    debug: bool | None = None,
    loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None,
) -> Any:
    """asyncio.run for a loop that runs already: waits for main as run_until_complete does. loop_factory is ignored."""
    if not asyncio.iscoroutine(main):
        raise ValueError(f"a coroutine was expected, got {main!r}")
    loop = asyncio.get_event_loop()
    if debug is not None:
        loop.set_debug(debug)
    return loop.run_until_complete(loop.create_task(main))


class Runner(asyncio.Runner):  # type: ignore[misc] # final for checkers: programs may still ask for isinstance of it
    """asyncio.Runner on the loop that runs already; closing it does nothing."""

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        pass

    def get_loop(self) -> asyncio.AbstractEventLoop:
        return asyncio.get_event_loop()

    def run(self, coro: Coroutine[Any, Any, Any], *, context: Context | None = None) -> Any:
        loop = self.get_loop()
        return loop.run_until_complete(loop.create_task(coro, context=context))


def _install() -> None:
    """Make asyncio use the page's loop."""
    policy = WebLoopPolicy()
    asyncio.set_event_loop_policy(policy)
    for module in asyncio, asyncio.runners:
        vars(module).update(run=run, Runner=Runner)
    # The loop runs whenever the page calls Python: asyncio.get_running_loop() gives it.
    loop = policy.get_event_loop()
    asyncio._set_running_loop(loop)
    sys.set_asyncgen_hooks(firstiter=loop._asyncgen_firstiter_hook, finalizer=loop._asyncgen_finalizer_hook)


_install()
