"""Objects and programs that break the rules: an exception in the right language, never the end of the interpreter."""

from __future__ import annotations

import pytest
from engine import Engine

# Values that answer no question about themselves, or answer it by throwing.
THROWN = {
    "a revoked Proxy": "{ const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy; }",
    "a revoked function": "{ const { proxy, revoke } = Proxy.revocable(() => 1, {}); revoke(); return proxy; }",
    "a throwing getPrototypeOf": "return new Proxy({}, { getPrototypeOf() { throw new Error('no'); } })",
    "a throwing tag": "return { get [Symbol.toStringTag]() { throw new Error('no'); } }",
    "an Error with throwing getters": "return Object.defineProperties(new Error('e'), { message: { get() { throw 1; } } })",
    "a Proxy that has everything": "{ const all = new Proxy(function () {}, { get: () => all }); return all; }",
}


@pytest.mark.parametrize("thrown", THROWN.values(), ids=THROWN.keys())
def test_what_is_thrown_becomes_an_exception(engine: Engine, thrown: str) -> None:
    code = f"""
        globalThis.make = () => {{ {thrown} }};
        globalThis.boom = () => {{ throw make(); }};
        return py(`
import js
try:
    js.boom()
except ffi.JsException as error:
    caught = "caught"
caught`)
    """
    assert engine.js(code) == '"caught"'


@pytest.mark.parametrize("given", THROWN.values(), ids=THROWN.keys())
def test_what_is_given_arrives(engine: Engine, given: str) -> None:
    code = f"""
        globalThis.make = () => {{ {given} }};
        return py("import js; x = js.make(); y = js.make; type(x).__name__.startswith('Js')")
    """
    assert engine.js(code) == "true"


def test_a_promise_of_what_cannot_be_read(engine: Engine) -> None:
    code = """
        globalThis.promise = () => Object.defineProperty(Promise.resolve(5), "constructor", { get() { throw new Error("no"); } });
        globalThis.destroyed = async () => { const list = python.runPython("[1]"); list.destroy(); return { list }; };
        globalThis.steps = { [Symbol.asyncIterator]: () => ({ next: async () => ({ get done() { throw new Error("done"); } }) }) };
        return await pyAsync(`
import js
results = []
try:
    await js.promise()
except ffi.JsException as error:
    results.append(str(error))
try:
    async for each in js.steps:
        pass
except ffi.JsException as error:
    results.append(str(error))
try:
    (await js.destroyed()).list
except ffi.JsException as error:
    results.append("destroyed" in str(error))
repr(results)`)
    """
    assert engine.js(code) == "\"['Error: no', 'Error: done', True]\""


def test_a_proxy_of_a_proxy(engine: Engine) -> None:
    # Its handler is a PyProxy, destroyed at the end of the call that makes it.
    assert engine.py("import js; js.Proxy.new([1], object())") == "[1]"


def test_an_int_that_the_engine_cannot_hold(engine: Engine) -> None:
    code = (
        "import js\ntry:\n    js.String(1 << (1 << 31))\nexcept (OverflowError, MemoryError):\n    r = 'too large'\nr"
    )
    assert engine.py(code) == "'too large'"


def test_an_array_with_a_false_tag(engine: Engine) -> None:
    code = """
        globalThis.array = Object.defineProperty(new Uint8Array(2), Symbol.toStringTag, { get() { throw new Error("tag"); } });
        return py("import js\\ntry: r = type(js.array.to_py()).__name__\\nexcept Exception as e: r = 'refused'\\nr");
    """
    assert engine.js(code) in ('"refused"', '"memoryview"')


def test_streams_whose_functions_throw(engine: Engine) -> None:
    code = """
        const boom = [{ errno: 5 }, { get errno() { throw 1; } }, { get code() { throw 1; } }, null];
        for (const thrown of boom) {
          python.setStdout({ write: () => { throw thrown; } });
          thrown && (globalThis.last = py("import sys\\ntry: print('x', flush=True)\\nexcept OSError: r = 'EIO'\\nr"));
        }
        python.setStdout({ batched: (line) => lines.push(line) });
        return last;
    """
    assert engine.js(code) == '"EIO"'


@pytest.mark.parametrize(
    "returned",
    [
        "bytes.length + 1",
        "0",
        "1e9",
        "-1",
        "NaN",
        "undefined",
        "Promise.resolve(1)",
        "Symbol('s')",
        "new Proxy({}, { get() { throw 1; } })",
        "bad",
    ],
)
def test_a_stream_that_returns_no_number_of_bytes(engine: Engine, returned: str) -> None:
    # What is returned is shown, for which Python is called in the middle of a system call.
    code = f"""
        const bad = own(python.runPython(`
class Bad:
    def __str__(self):
        raise ValueError([str(i) for i in range(1000)])
Bad()`));
        python.setStdout({{ write: (bytes) => {returned} }});
        try {{
          return py("import os\\ntry: r = os.write(1, b'abc')\\nexcept OSError as e: r = e.errno == 29\\nr");
        }} finally {{
          python.setStdout({{ batched: (line) => lines.push(line) }});
        }}
    """
    assert engine.js(code) == "true"


def test_a_stream_whose_fsync_throws(engine: Engine) -> None:
    code = """
        python.setStdout({ write: (bytes) => bytes.length, fsync: () => { throw null; } });
        try {
          return py("import os\\ntry: r = os.fsync(1)\\nexcept OSError as e: r = e.errno == 29\\nr");
        } finally {
          python.setStdout({ batched: (line) => lines.push(line) });
        }
    """
    assert engine.js(code) == "true"


def test_a_stdin_of_endless_bytes(engine: Engine) -> None:
    code = """
        python.setStdin({ stdin: () => 65, autoEOF: false });
        try {
          return py("import sys; sys.stdin.read(100_000) == 'A' * 100_000");
        } finally {
          python.setStdin({ error: true });
        }
    """
    assert engine.js(code) == "true"


@pytest.mark.parametrize(
    "depth", ["5n", "Symbol('s')", "{ valueOf() { throw new Error('no'); } }", "new Proxy({}, { get() { throw 1; } })"]
)
def test_a_depth_that_is_no_number(engine: Engine, depth: str) -> None:
    code = f"""
        const list = py("[[1]]");
        try {{ own(list.toJs({{ depth: {depth} }})); }} catch {{}}
        try {{ own(python.toPy([[1]], {{ depth: {depth} }})); }} catch {{}}
        try {{ own(python.toPy([[1]], {{ depth: {depth}, defaultConverter: (x) => x }})); }} catch {{}}
        return py("1 + 1");
    """
    assert engine.js(code) == "2"


@pytest.mark.parametrize("target", ["{}", "() => 1", "new Proxy({}, handler)"])
def test_a_proxy_whose_trap_is_in_python(engine: Engine, target: str) -> None:
    # To pass the Proxy to its trap, the bridge asks it what it is, which calls the trap.
    code = f"""
        const handler = {{ get: py("lambda target, name, receiver: 5") }};
        globalThis.trapped = new Proxy({target}, handler);
        return py("import js; js.trapped.x");
    """
    assert engine.js(code) == "5"


# How to nest an object, and what then recurses.
NESTED = {
    "tuple": ("(t,)", "hash(t)"),
    "slice": ("slice(t)", "hash(t)"),
    "chain": ("itertools.chain(t)", "next(t)"),
    "map": ("map(abs, t)", "next(t)"),
    "zip": ("zip(t)", "next(t)"),
    "enumerate": ("enumerate(t)", "next(t)"),
    "filter": ("filter(None, t)", "next(t)"),
    "islice": ("itertools.islice(t, 1)", "next(t)"),
    "accumulate": ("itertools.accumulate(t)", "next(t)"),
    "compress": ("itertools.compress(t, t)", "next(t)"),
    "batched": ("itertools.batched(t, 2)", "next(t)"),
    "groupby": ("itertools.groupby(t)", "next(t)"),
}


@pytest.mark.parametrize(("nest", "use"), NESTED.values(), ids=NESTED.keys())
def test_what_is_nested_deeply(engine: Engine, nest: str, use: str) -> None:
    code = f"""
        import itertools
        t = iter([0])
        for _ in range(20_000):
            t = {nest}
        try:
            {use}
        except RecursionError:
            result = "too deep"
        del t  # deallocates as deeply
        result
    """
    assert engine.py(code) == "'too deep'"
