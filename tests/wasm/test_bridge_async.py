"""asyncio on the page's event loop, promises and awaitables, and waiting without await: in node.

The tests of waiting need JSPI: they run in a node that has it, and elsewhere the error that says so is tested.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jspi
import pytest

# What the tests' Python sees of JavaScript.
JAVASCRIPT = """
globalThis.later = (ms, value) => new Promise((resolve) => setTimeout(resolve, ms, value));
globalThis.fail = async () => { await later(1); throw new RangeError("oops"); };
globalThis.failWith = async (value) => { throw value; };
globalThis.count = async function* (end) { for (let n = 0; n < end; n++) sent.push(yield n); };
globalThis.sent = [];
const python = await loadPython(quiet);
"""

RunPython = Callable[..., Any]


@pytest.fixture
def run_async(run_js) -> RunPython:
    """Run Python with runPythonAsync in any node, and return its variable `result`, which JSON has."""
    read = "\n__import__('json').dumps(result)"
    return lambda code: run_js(JAVASCRIPT + f"show(JSON.parse(await python.runPythonAsync({code + read!r})));")


@pytest.fixture
def run_waiting(run_js, jspi_node: str) -> Callable[[str], Any]:
    """Run JavaScript in a node with JSPI."""
    return lambda code: run_js(JAVASCRIPT + code, options=(jspi.OPTION,), engine=jspi_node)


def test_asyncio_is_not_imported_at_start(run_js) -> None:
    code = """
        const python = await loadPython(quiet);
        await python.runPythonAsync("1");
        show(python.runPython("import sys; 'asyncio' in sys.modules"));
    """
    assert run_js(code) is False


def test_a_task_factory_gets_what_tasks_are_made_with(run_async: RunPython) -> None:
    code = """
import asyncio
loop = asyncio.get_running_loop()
loop.set_task_factory(lambda loop, coro, **options: asyncio.Task(coro, loop=loop, **options))
task = asyncio.create_task(asyncio.sleep(0, 1), name="mine")
loop.set_task_factory(None)
result = [task.get_name(), await task]
"""
    assert run_async(code) == ["mine", 1]


def test_promises_are_awaitable(run_async: RunPython) -> None:
    code = """
import asyncio
from js import later, fail, failWith
from pyodide.ffi import JsException
result = [await later(1, 1)]
result += await asyncio.gather(later(2, 2), later(1, 3), asyncio.sleep(0.001, 4))
try:
    await fail()
except JsException as error:
    result.append(str(error))
seen = []
await later(1, 5).then(seen.append)
await later(1, 6).then(lambda value: later(1, value + 1)).then(seen.append)
async def double(value):
    await asyncio.sleep(0)
    return value * 2
result.append(await later(1, 8).then(double))
await failWith(9).then(None, seen.append)
await fail().catch(lambda error: seen.append(str(error)))
result.append(await later(1, 10).finally_(lambda: seen.append("finally")))
try:
    await later(1).then(lambda value: 1 / 0)
except ZeroDivisionError as error:
    result.append("the same error")
async def forever():
    await later(100_000)
try:
    async with asyncio.timeout(0.01):
        await later(1000)
except TimeoutError:
    result.append("timeout")
result += seen
"""
    assert run_async(code) == [
        1,
        2,
        3,
        4,
        "RangeError: oops",
        16,
        10,
        "the same error",
        "timeout",
        5,
        7,
        9,
        "RangeError: oops",
        "finally",
    ]


def test_asynchronous_iterators_of_javascript(run_async: RunPython) -> None:
    code = """
from js import count, sent
result = [value async for value in count(3)]
generator = count(3)
result += [await anext(generator), await generator.asend("x")]
await generator.aclose()
result.append(await anext(generator, "end"))
result.append(list(sent)[-1])
"""
    assert run_async(code) == [0, 1, 2, 0, 1, "end", "x"]


def test_awaitables_of_python_are_thenable(run_js) -> None:
    code = r"""
        const python = await loadPython(quiet);
        python.runPython(`
import asyncio
async def double(x):
    await asyncio.sleep(0.001)
    return 2 * x
async def bad():
    await asyncio.sleep(0)
    raise ValueError("no")
async def numbers(end):
    for n in range(end):
        await asyncio.sleep(0)
        got = yield n
        if got:
            print(got)
`);
        const [double, bad, numbers] = ["double", "bad", "numbers"].map((name) => python.globals.get(name));
        const once = double(4);
        const seen = [await double(3), await once, await once];
        await once.finally(() => seen.push("finally"));
        once.destroy();
        seen.push(await bad().catch((error) => error.type));
        for await (const n of numbers(2)) seen.push(n);
        const generator = numbers(5);
        seen.push(await generator.next(), await generator.next("sent"), await generator.return(7), await generator.next());
        show([...seen, ...lines]);
    """
    steps = [{"done": False, "value": 0}, {"done": False, "value": 1}, {"done": True, "value": 7}]
    shown = run_js(code)
    assert shown[:-2] == [6, 8, 8, "finally", "ValueError", 0, 1, *steps]
    assert shown[-2]["done"] is True
    assert shown[-1] == "sent"


def test_the_loop(run_async: RunPython) -> None:
    code = """
import asyncio, contextvars
from pyodide.webloop import PyodideFuture, WebLoop
loop = asyncio.get_running_loop()
assert isinstance(loop, WebLoop) and loop is asyncio.get_event_loop() and loop.is_running()
result = []
loop.call_later(0.02, result.append, "later")
loop.call_soon(result.append, "soon")
loop.call_later(0.01, result.append, "never").cancel()
await asyncio.sleep(0.05)
variable = contextvars.ContextVar("variable", default=0)
context = contextvars.copy_context()
variable.set(1)
async def get():
    return variable.get()
result += [await get(), await loop.create_task(get(), context=context)]
future = PyodideFuture()
chained = future.then(lambda x: x + 1).then(lambda x: x * 10)
future.set_result(1)
result.append(await chained)
failed = PyodideFuture()
failed.set_exception(KeyError("key"))
result.append(await failed.catch(repr))
queue = asyncio.Queue()
async with asyncio.TaskGroup() as group:
    group.create_task(queue.put("queued"))
    result.append(await queue.get())
try:
    await loop.run_in_executor(None, print)
except RuntimeError as error:
    result.append("no threads" in str(error))
before = loop.time()
for _ in range(1000):
    await asyncio.sleep(0)
result.append(loop.time() - before < 4)
"""
    assert run_async(code) == ["soon", "later", 1, 0, 20, "KeyError('key')", "queued", True, True]


def test_what_nobody_handles_is_reported(run_js) -> None:
    code = """
        const python = await loadPython(quiet);
        await python.runPythonAsync(`
import asyncio
async def bad():
    1 / 0
asyncio.create_task(bad())
asyncio.get_event_loop().call_soon(int, "x")
await asyncio.sleep(0.01)`);
        show(lines);
    """
    text = "\n".join(run_js(code))
    assert "Task exception was never retrieved" in text
    assert "ZeroDivisionError" in text
    assert "ValueError: invalid literal" in text


@pytest.mark.parametrize("work", ["run_sync(later(1))", "asyncio.run(asyncio.sleep(0, 3))"])
def test_without_jspi(run_js, work: str) -> None:
    """In any node, since none has it unless asked: asyncio.run gives a task."""
    code = f"""
        globalThis.later = async (ms) => ms;
        const python = await loadPython(quiet);
        python.runPython("import asyncio; from js import later; from pyodide.ffi import run_sync, can_run_sync");
        const get = async () => {{
          try {{ return await python.runPython({work!r}); }} catch (error) {{ return error.message; }}
        }};
        show([python.runPython("can_run_sync()"), await get(), (await failure(() => python.globals.get("print").callPromising())).message]);
    """
    can, answer, refusal = run_js(code)
    if can or "JSPI" not in refusal:
        pytest.fail("this node has JSPI by default: test_waiting covers it, give this test an older one")
    assert answer == 3 if "asyncio.run" in work else "stack switching not supported" in answer and "await" in answer


def test_waiting(run_waiting: Callable[[str], Any]) -> None:
    code = """
        let ticks = 0;
        const clock = setInterval(() => ticks++, 5);
        const waited = await python.runPythonAsync(`
import asyncio, sys, time
from js import later, fail
from pyodide.ffi import JsException, can_run_sync, run_sync
time.sleep(0.2)
result = [run_sync(later(1, 1)), asyncio.run(asyncio.sleep(0.001, 2)), can_run_sync(), later(1, 3).syncify()]
async def both():
    return run_sync(later(5, 4)), await asyncio.sleep(0, 5), asyncio.current_task().get_name()
result += run_sync(asyncio.gather(asyncio.create_task(both(), name="a"), asyncio.create_task(both(), name="b")))
try:
    run_sync(fail())
except JsException as error:
    result.append(str(error))
for wrong in 1, None, [1], iter([1]):
    try:
        run_sync(wrong)
    except TypeError:
        result.append("TypeError")
def where():
    frame, names = sys._getframe(), []
    while frame:
        names.append(frame.f_code.co_name)
        frame = frame.f_back
    return names
result.append(where())
__import__("json").dumps(result)`);
        clearInterval(clock);
        python.runPython("def f(x, y=0):\\n  run_sync(later(1)); return x + y");
        const f = python.globals.get("f");
        const sync = await failure(() => f(1));
        const frames = await failure(() => python.runPythonAsync("from js import Array\\nArray.of(1).map(lambda *_: f(1))"));
        show([JSON.parse(waited), ticks >= 10, await f.callPromising(1), await f.callPromisingKwargs(1, { y: 2 }),
              sync.message, frames.message]);
    """
    waited, ticked, called, with_keyword, sync, frames = run_waiting(code)
    assert waited[:4] == [1, 2, True, 3]
    assert waited[4:7] == [[4, 5, "a"], [4, 5, "b"], "RangeError: oops"]
    assert waited[7:11] == ["TypeError"] * 4
    assert waited[11][:2] == ["where", "<module>"]
    assert (ticked, called, with_keyword) == (True, 1, 3)
    assert "Cannot stack switch" in sync
    assert "callPromising" in sync
    assert "Cannot stack switch" in frames


def test_several_programs_wait_at_once(run_waiting: Callable[[str], Any]) -> None:
    """Each has its own frames, exception, context and recursion, and they end in another order than they began."""
    code = """
        python.runPython(`
import contextvars, sys
from js import later
from pyodide.ffi import run_sync
variable = contextvars.ContextVar("variable", default=None)
log = []
def deep(n, work):
    return work() if n == 0 else max([n], key=lambda _: 0) and deep(n - 1, work)
def program(name, delay):
    for step in range(3):
        try:
            raise ValueError(name)
        except ValueError:
            assert sys.exception().args == (name,)
            deep(20, lambda: run_sync(later(delay)))
            assert sys.exception().args == (name,), sys.exception()
        assert sys.exception() is None
        log.append([name, step])
    return name
def many(n):
    run_sync(later(n % 7))
    return n
`);
        const program = python.globals.get("program");
        const ends = [];
        const run = async (...args) => ends.push(await program.callPromising(...args));
        await Promise.all([run("slow", 60), run("quick", 5)]);
        const many = python.globals.get("many");
        const all = await Promise.all(Array.from({ length: 300 }, (_, n) => many.callPromising(n)));
        const log = python.runPython("str(log)");
        show([ends, log, all.every((value, n) => value === n)]);
    """
    ends, log, all_returned = run_waiting(code)
    assert ends == ["quick", "slow"]
    assert log.index("['quick', 2]") < log.index("['slow', 2]")
    assert all_returned is True


def test_interrupts_end_waiting(run_waiting: Callable[[str], Any]) -> None:
    code = """
        const buffer = new Uint8Array(new SharedArrayBuffer(1));
        python.setInterruptBuffer(buffer);
        await python.runPythonAsync("import asyncio"); // an interrupt during the import would leave no name
        const interrupted = async (code) => {
          setTimeout(() => (buffer[0] = 2), 50);
          return (await failure(() => python.runPythonAsync(code))).type;
        };
        show([await interrupted("import time; time.sleep(1000)"),
              await interrupted("import asyncio; asyncio.run(asyncio.sleep(1000))"),
              await interrupted("from js import later; later(1000_000).syncify()"),
              await interrupted("await asyncio.sleep(1000)"),
              await interrupted("while True: await asyncio.sleep(0)"),
              await python.runPythonAsync("1")]);
        process.exit(0);
    """
    assert run_waiting(code) == ["KeyboardInterrupt"] * 5 + [1]


# Python looks into the interrupt buffer every 51st time it may: an interrupt is tried at each place of a turn.
INTERRUPTS = """
    const buffer = new Uint8Array(new SharedArrayBuffer(1));
    python.setInterruptBuffer(buffer);
    await python.runPythonAsync("import asyncio\\nfrom js import later");
    const outcomes = new Set();
    for (let place = 0; place < 51; place++) {
      const program = python.runPythonAsync(%r).then(() => "done", (error) => error.type);
      await later(3 + (place %% 3));
      python.runPython(`for _ in range(${place}): pass`);
      buffer[0] = 2;
      outcomes.add(await Promise.race([program, later(1000, "lost")]));
    }
    show([...outcomes]);
    process.exit(0);
"""

AWAITS = [
    "await asyncio.sleep(1000)",
    "while True: await asyncio.sleep(0)",
    "while True: await later(0)",
    "while True: await asyncio.gather(asyncio.sleep(0), later(0))",
]


@pytest.mark.parametrize("code", AWAITS)
def test_no_interrupt_is_lost_in_the_loop(run_js, code: str) -> None:
    assert run_js(JAVASCRIPT + INTERRUPTS % code) == ["KeyboardInterrupt"]


@pytest.mark.parametrize("code", AWAITS)
def test_no_interrupt_is_lost_in_a_loop_that_can_wait(run_waiting: Callable[[str], Any], code: str) -> None:
    assert run_waiting(INTERRUPTS % code) == ["KeyboardInterrupt"]


def test_recursion_on_a_stack_that_can_be_suspended(run_waiting: Callable[[str], Any]) -> None:
    program = Path(__file__).parent / "recursion.py"
    code = f"""
        const fs = await import("node:fs");
        await python.runPythonAsync(fs.readFileSync({str(program)!r}, "utf8"));
        show(lines);
    """
    assert run_waiting(code) == ["survived"]


def test_nothing_leaks(run_waiting: Callable[[str], Any]) -> None:
    code = """
        const work = async () => {
          for (let n = 0; n < 20; n++) {
            await python.runPythonAsync(`
from js import later, count
from pyodide.ffi import run_sync
run_sync(later(0))
await later(0, 1).then(lambda value: value)
async for _ in count(2): pass`);
          }
          await later(20);
          return JSON.stringify(python._live());
        };
        await work();
        const before = await work();
        show([before, await work()]);
    """
    before, after = run_waiting(code)
    assert before == after
