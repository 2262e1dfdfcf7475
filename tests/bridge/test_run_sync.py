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
