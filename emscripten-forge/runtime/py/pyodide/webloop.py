"""An asyncio event loop that takes its turns among the page's own events.

There is one, it always runs, and it cannot be stopped or closed: timers and callbacks are JavaScript's.
Importing this module makes asyncio use it, and importing asyncio imports this module.
"""

from __future__ import annotations

import asyncio
import heapq
import inspect
import sys
import traceback
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import Context
from functools import partial
from typing import Any, NoReturn

import _wasmforge_loop as page
from _pyodide_core import JsProxy
from _wasmforge_loop import can_run_sync

__all__ = ["PyodideFuture", "PyodideTask", "WebLoop", "WebLoopPolicy", "can_run_sync", "run_sync"]


_INTERRUPTED = "KeyboardInterrupt"  # why a program was cancelled


async def _value_of(result: object) -> Any:
    """What a promise would be resolved with: awaits results that can be awaited, however deep."""
    while inspect.isawaitable(result):
        result = await result
    return result


class _Promise:
    """The methods of a JavaScript promise, for futures."""

    def then(
        self, onfulfilled: Callable[[Any], Any] | None, onrejected: Callable[[BaseException], Any] | None = None, /
    ):
        """A task of what onfulfilled makes of the result, or onrejected of the exception."""

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

    def catch(self, onrejected: Callable[[BaseException], Any], /):
        """As then, for the exception only."""
        return self.then(None, onrejected)

    def finally_(self, onfinally: Callable[[], Any], /):
        """A task with the outcome of this one, which ends after onfinally: unless that fails."""

        async def chain() -> Any:
            await asyncio.wait([self])
            await _value_of(onfinally())
            return self.result()

        return self.get_loop().create_task(chain())

    def syncify(self) -> Any:
        """Wait for the result without await: see pyodide.ffi.run_sync."""
        return run_sync(self)


def _error_of(future: asyncio.Future) -> BaseException | None:
    try:
        return future.exception()
    except asyncio.CancelledError as error:
        return error


class PyodideFuture(_Promise, asyncio.Future):
    """A future with the methods of a promise."""


class PyodideTask(_Promise, asyncio.Task):
    """A task with the methods of a promise."""


class WebLoop(asyncio.BaseEventLoop):
    """The loop. It keeps what is ready and the timers; the page says when to run them.

    Whoever embeds Python may set:
        _no_in_progress_handler: called when no task or future is pending any more;
        _keyboard_interrupt_handler: called when a KeyboardInterrupt ends a task or a callback;
        _system_exit_handler: called with the exit code when SystemExit does.
    """

    _no_in_progress_handler: Callable[[], None] | None = None
    _keyboard_interrupt_handler: Callable[[], None] | None = None
    _system_exit_handler: Callable[[int], None] | None = None

    def __init__(self) -> None:
        super().__init__()
        self._in_progress = 0  # tasks and futures that are not done
        self._programs: list[asyncio.Future] = []  # what JavaScript waits for, the newest last
        self._next_turn: float | None = None  # when a timer's turn is due, in this loop's time
        page.set_turn(self._turn)
        page.set_task_swap(partial(asyncio.tasks._swap_current_task, self))

    # ---- turns ----

    def _call_soon(self, callback, args, context) -> asyncio.Handle:
        page.soon()
        return super()._call_soon(callback, args, context)

    def call_at(
        self, when: float, callback: Callable, *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        timer = super().call_at(when, callback, *args, context=context)
        self._await_timers()
        return timer

    def _await_timers(self) -> None:
        """Have the page give this loop a turn when the next timer is due."""
        while self._scheduled and self._scheduled[0]._cancelled:
            heapq.heappop(self._scheduled)._scheduled = False
            self._timer_cancelled_count -= 1
        if self._scheduled and self._scheduled[0]._when != self._next_turn:
            self._next_turn = self._scheduled[0]._when
            page.later(max(0.0, self._next_turn - self.time()))

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
        while self._scheduled and self._scheduled[0]._when <= now:
            timer = heapq.heappop(self._scheduled)
            timer._scheduled = False
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
        try:
            handle._run()
        except (KeyboardInterrupt, SystemExit) as error:
            # A task's exception is also its outcome, which reaches whoever awaits it.
            if not isinstance(getattr(handle._callback, "__self__", None), asyncio.Task):
                self._ended_by(error)

    def _signalled(self, error: BaseException) -> None:
        """A signal came in while no callback ran: it is for the newest program that waits."""
        if isinstance(error, KeyboardInterrupt) and page.pass_interrupt():
            return
        if isinstance(error, KeyboardInterrupt) and not self._keyboard_interrupt_handler and self._programs:
            self._programs[-1].cancel(_INTERRUPTED)
        else:
            self._ended_by(error)

    def _ended_by(self, error: BaseException) -> None:
        """A callback or a task was ended by KeyboardInterrupt or SystemExit."""
        if isinstance(error, KeyboardInterrupt):
            if self._keyboard_interrupt_handler:
                self._keyboard_interrupt_handler()
                return
        elif self._system_exit_handler:
            self._system_exit_handler(error.code)
            return
        sys.excepthook(type(error), error, error.__traceback__)

    # ---- tasks and futures ----

    def create_future(self) -> PyodideFuture:
        future = PyodideFuture(loop=self)
        self._count(future)
        return future

    def create_task(self, coro: Coroutine, *, name: object = None, context: Context | None = None) -> asyncio.Task:
        self._check_closed()
        if self._task_factory is None:
            task = PyodideTask(coro, loop=self, name=name, context=context)
        else:
            task = self._task_factory(self, coro, **({} if context is None else {"context": context}))
            asyncio.tasks._set_task_name(task, name)
        self._count(task)
        return task

    def _count(self, future: asyncio.Future) -> None:
        self._in_progress += 1
        future.add_done_callback(self._count_down)

    def _count_down(self, future: asyncio.Future) -> None:
        self._in_progress -= 1
        error = future._exception  # exception() would count as somebody having seen it
        if isinstance(error, KeyboardInterrupt) and self._keyboard_interrupt_handler:
            self._keyboard_interrupt_handler()
        elif isinstance(error, SystemExit) and self._system_exit_handler:
            self._system_exit_handler(error.code)
        if self._in_progress == 0 and self._no_in_progress_handler:
            self._no_in_progress_handler()

    # ---- what a loop of one's own would do ----

    def is_running(self) -> bool:
        return True

    def run_forever(self) -> None:
        """Does nothing: the page runs the loop for as long as it lives."""

    def run_until_complete(self, future: Awaitable) -> Any:
        """The result of future, if this call can wait for it; else a task, for the page to complete.

        Raises RuntimeError in the command `python` where the engine cannot wait, since no page goes on after it.
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

    def call_soon_threadsafe(self, callback: Callable, *args: Any, context: Context | None = None) -> asyncio.Handle:
        return self.call_soon(callback, *args, context=context)

    def run_in_executor(self, executor: object, func: Callable, *args: Any) -> NoReturn:
        raise RuntimeError(
            f"{getattr(func, '__qualname__', func)} cannot run in an executor: there are no threads or processes in "
            "WebAssembly. Call it directly; or, to keep the page alive meanwhile, run Python in a web worker."
        )

    def default_exception_handler(self, context: dict[str, Any]) -> None:
        """Print to sys.stderr what nobody has handled."""
        print(f"Unhandled exception in event loop: {context.get('message', '')}", file=sys.stderr)
        for key in sorted(context.keys() - {"message", "exception", "source_traceback", "handle_traceback"}):
            print(f"{key}: {context[key]!r}", file=sys.stderr)
        error = context.get("exception")
        if error is not None:
            traceback.print_exception(error)

    def _process_events(self, event_list: list) -> None:
        """Of BaseEventLoop: there are no file descriptors to watch."""


class WebLoopPolicy(asyncio.DefaultEventLoopPolicy):
    """Everybody gets the page's one loop."""

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


def run_sync(awaitable: Awaitable) -> Any:
    """The result of an awaitable, without await: this call is suspended and the page goes on meanwhile.

    Raises RuntimeError where that is impossible, TypeError if the argument cannot be awaited, and what the
    awaitable raises. If the call is interrupted, a coroutine is cancelled.
    """
    if not can_run_sync():
        page.raise_stuck("run_sync cannot wait")
    if not inspect.isawaitable(awaitable):
        raise TypeError(
            f"run_sync needs an awaitable, such as a coroutine or a promise, not {type(awaitable).__name__}"
        )
    if isinstance(awaitable, JsProxy):
        return page.wait(awaitable)
    future = asyncio.ensure_future(awaitable)
    if not future.done():
        event = page.new_event()
        wake = partial(_wake, event)
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


def _wake(event: int, future: asyncio.Future) -> None:
    page.set_event(event)


def settle(awaitable: Awaitable, resolver: int) -> None:
    """Give a promise of JavaScript's the outcome of an awaitable, once it has one."""
    future = asyncio.ensure_future(awaitable)
    asyncio.get_event_loop()._programs.append(future)
    page.watch_signals(1)
    future.add_done_callback(partial(_settle, resolver))


def _settle(resolver: int, future: asyncio.Future) -> None:
    page.watch_signals(-1)
    asyncio.get_event_loop()._programs.remove(future)
    error = _error_of(future)
    if isinstance(error, asyncio.CancelledError) and error.args == (_INTERRUPTED,):
        error = KeyboardInterrupt()
    page.settle(resolver, None if error else future.result(), error)


def run(main: Coroutine, *, debug: bool | None = None, loop_factory: Callable | None = None) -> Any:
    """asyncio.run for a loop that runs already: waits for main as run_until_complete does."""
    if not asyncio.iscoroutine(main):
        raise ValueError(f"a coroutine was expected, got {main!r}")
    loop = asyncio.get_event_loop()
    if debug is not None:
        loop.set_debug(debug)
    return loop.run_until_complete(loop.create_task(main))


class Runner(asyncio.Runner):
    """asyncio.Runner on the loop that runs already; closing it cancels the tasks that it has started."""

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        pass

    def get_loop(self) -> asyncio.AbstractEventLoop:
        return asyncio.get_event_loop()

    def run(self, coro: Coroutine, *, context: Context | None = None) -> Any:
        loop = self.get_loop()
        return loop.run_until_complete(loop.create_task(coro, context=context))


def _install() -> None:
    """Make asyncio use the page's loop."""
    policy = WebLoopPolicy()
    asyncio.set_event_loop_policy(policy)
    asyncio.run = asyncio.runners.run = run
    asyncio.Runner = asyncio.runners.Runner = Runner
    # Code called by the page runs inside its loop, so to speak: asyncio.get_running_loop() has it.
    loop = policy.get_event_loop()
    asyncio._set_running_loop(loop)
    sys.set_asyncgen_hooks(firstiter=loop._asyncgen_firstiter_hook, finalizer=loop._asyncgen_finalizer_hook)


_install()
