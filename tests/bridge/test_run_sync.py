"""Python that waits in the middle of a call, where the engine can switch stacks, and says so where it cannot."""

from __future__ import annotations

import pytest
from engine import Engine

NO_SWITCHING = "this engine cannot switch stacks"


def can_switch(engine: Engine) -> bool:
    return engine.js("return 'Suspending' in WebAssembly") == "true"


def test_can_run_sync(engine: Engine) -> None:
    assert engine.py("can_run_sync()") == str(can_switch(engine))


def test_javascript_goes_on_meanwhile(engine: Engine) -> None:
    if not can_switch(engine):
        pytest.skip(NO_SWITCHING)
    code = """
        from asyncio import sleep
        ticks = run_js("globalThis.ticks = []; ticks.timer = setInterval(() => ticks.push(1), 5); ticks")
        run_sync(sleep(0.2))
        run_js("clearInterval(ticks.timer); delete globalThis.ticks")
        len(ticks) > 1
    """
    assert engine.py(code) == "True"


@pytest.mark.parametrize(
    "wait, gives",
    {
        "run_sync(run_js('Promise.resolve(5)'))": "5",
        "run_sync(run_js('({p: Promise.resolve(6)})').p)": "6",
        "import asyncio; asyncio.run(asyncio.sleep(0, 7))": "7",
        "import time; time.sleep(0.01)": "None",
        "async def f(): return run_sync(g())\nasync def g(): return 8\nrun_sync(f())": "8",
    }.items(),
)
def test_waiting(engine: Engine, wait: str, gives: str) -> None:
    if not can_switch(engine):
        pytest.skip(NO_SWITCHING)
    assert engine.py(wait) == gives


def test_an_exception_of_what_was_waited_for(engine: Engine) -> None:
    if not can_switch(engine):
        pytest.skip(NO_SWITCHING)
    assert engine.py("async def f(): 1/0\ntry: run_sync(f())\nexcept ZeroDivisionError: r = 1\nr") == "1"


def test_through_a_frame_of_javascript_it_is_an_error(engine: Engine) -> None:
    """JavaScript in between can never be suspended."""
    code = """
        def f():
            try: run_sync(run_js("Promise.resolve(1)"))
            except RuntimeError as error: return str(error) != ""
        run_js("(f) => f()")(f)
    """
    assert engine.py(code) == "True"


CONTEXT = """
import contextvars, time, weakref
var = contextvars.ContextVar("var", default="none")

class Value: pass

def call(name):
    seen = [var.get()]
    var.set(name)
    for _ in range(2):
        time.sleep(0.01)
        seen.append(var.get())
    return " ".join(seen)

def drop():
    value = Value()
    var.set(value)
    time.sleep(0.01)
    return weakref.ref(value)

None
"""


def test_calls_that_wait_have_their_own_context(engine: Engine) -> None:
    if not can_switch(engine):
        pytest.skip(NO_SWITCHING)
    code = """
        const names = py("globals()");
        py(setup, names);
        const call = py("call", names);
        const results = await Promise.all(["a", "b", "c"].map((name) => call.callPromising(name)));
        return [...results, py("var.get()", names)];
    """
    assert engine.js(code, setup=CONTEXT) == '["none a a", "none b b", "none c c", "none"]'


def test_a_context_ends_with_its_call(engine: Engine) -> None:
    if not can_switch(engine):
        pytest.skip(NO_SWITCHING)
    code = """
        const names = py("globals()");
        py(setup, names);
        const value = own(await py("drop", names).callPromising());
        return value() === undefined;
    """
    assert engine.js(code, setup=CONTEXT) == "true"


def test_a_call_that_does_not_wait_sets_variables_as_any_other(engine: Engine) -> None:
    """NumPy keeps its print options in one, which a cell of a notebook sets for those that follow."""
    if not can_switch(engine):
        pytest.skip(NO_SWITCHING)
    code = """
        const names = py("globals()");
        py(setup, names);
        await pyAsync("var.set('set'); None", names);
        return py("var.get()", names);
    """
    assert engine.js(code, setup=CONTEXT) == '"set"'
