"""Deep recursion, interrupts and many calls: what must end in an exception, and leave nothing behind."""

from __future__ import annotations

import ast

import pytest
from engine import Engine

# How the recursion goes on: Python that defines down(n), which goes through JavaScript and back.
DESCENTS = {
    "a call": "call = run_js('(f, n) => f(n)')\ndef down(n): return n and call(down, n - 1)",
    "an attribute": (
        "get = run_js('(o) => o.deeper')\n"
        "class Node:\n    @property\n    def deeper(self): return get(self)\n"
        "def down(n): return get(Node())"
    ),
    "str": (
        "text = run_js('(o) => o.toString()')\n"
        "class Node:\n    def __str__(self): return text(self)\n"
        "def down(n): return str(Node())"
    ),
    "iteration": (
        "spread = run_js('(o) => [...o]')\n"
        "class Node:\n    def __iter__(self): return iter(spread(self))\n"
        "def down(n): return list(Node())"
    ),
    "a getter of JavaScript": (
        "proxy = create_proxy(lambda: node.deeper)\n"
        "release = proxy.destroy\n"
        "node = run_js('(f) => ({ get deeper() { return f(); } })')(proxy)\n"
        "def down(n): return node.deeper"
    ),
    "sort": "sort = run_js('(f) => [2, 1].sort(f)')\ndef down(n): return sort(lambda a, b: down(n))",
}

# What is going on when the interrupt comes: Python in which `interrupt()` asks for one.
INTERRUPTED = {
    "a loop": "interrupt()\nwhile True: pass",
    "calls of JavaScript": "f = run_js('() => 1')\ninterrupt()\nwhile True: f()",
    "attributes of JavaScript": "o = run_js('({a: 1})')\ninterrupt()\nwhile True: o.a",
    "iteration of JavaScript": "a = run_js('[1, 2]')\ninterrupt()\nwhile True: list(a)",
    "a callback": "f = run_js('(f) => { for (;;) f(); }')\ninterrupt()\nf(lambda: 1)",
    "conversions": "interrupt()\nwhile True: to_js([1, {'a': [2]}])",
    "a generator of JavaScript": "g = run_js('(function* () { for (;;) yield 1; })()')\ninterrupt()\nfor x in g: pass",
}


@pytest.mark.parametrize("descent", DESCENTS)
@pytest.mark.parametrize("limit", [None, 200_000], ids=["usual limit", "no limit"])
def test_recursion_through_the_border_is_an_exception(engine: Engine, descent: str, limit: int | None) -> None:
    set_limit = f"sys.setrecursionlimit({limit})" if limit else ""
    start = "import sys\nusual = sys.getrecursionlimit()\nrelease = lambda: None"
    code = f"{start}\n{DESCENTS[descent]}\n{set_limit}\n" + (
        "try: down(100_000); r = 'returned'\n"
        "except RecursionError: r = 'RecursionError'\n"
        "finally:\n"
        "    sys.setrecursionlimit(usual)\n"
        "    release()\n"
        "r"
    )
    assert engine.py(code) == "'RecursionError'"
    assert engine.py("1 + 1") == "2"


def test_a_deep_structure_is_an_exception(engine: Engine) -> None:
    code = """
        deep = []
        for _ in range(100_000): deep = [deep]
        try: to_js(deep); r = 'returned'
        except RecursionError: r = 'RecursionError'
        while deep: deep = deep[0]
        r
    """
    assert engine.py(code) == "'RecursionError'"


def test_a_deep_structure_of_javascript_is_an_exception(engine: Engine) -> None:
    """Of either language: what overflows first is JavaScript's own stack."""
    code = """
        deep = run_js("let d = []; for (let i = 0; i < 1e5; i++) d = [d]; d")
        try: deep.to_py(); r = "returned"
        except (RecursionError, JsException): r = "stopped"
        r
    """
    assert engine.py(code) == "'stopped'"


@pytest.mark.parametrize("activity", INTERRUPTED)
def test_interrupt(engine: Engine, activity: str) -> None:
    code = """
        const buffer = new Uint8Array(typeof SharedArrayBuffer === "undefined" ? 1 : new SharedArrayBuffer(1));
        python.setInterruptBuffer(buffer);
        try {
          const names = py("globals()");
          names.set("interrupt", () => { buffer[0] = 2; });
          return [thrown(() => py(activity, names)).type, py("1 + 1")];
        } finally {
          python.setInterruptBuffer(undefined);
        }
    """
    assert engine.js(code, activity=INTERRUPTED[activity]) == '["KeyboardInterrupt", 2]'


CALLS = """
    const before = [python._module.HEAP8.length, ...live()];
    const calls = {
      "number": [py("lambda x: x"), 1],
      "text": [py("lambda x: x + 'b'"), "a"],
      "object": [py("lambda x: x"), {}],
      "list": [py("lambda x: len(x)"), own(py("[1]"))],
      "back": [py("lambda f: f([1])"), (x) => x.length],
      "error": [py("lambda f: 1/0"), 1],
    };
    const into = own(py(`
def repeat(f, n):
    for i in range(n):
        f(i)
        f("text")
        f([i])
        f({"i": i})
repeat`));
    for (const [f, argument] of Object.values(calls)) {
      for (let i = 0; i < count; i++) {
        try { f(argument); } catch (error) { if (error.type !== "ZeroDivisionError") throw error; }
      }
    }
    into((x) => x, count);
    settle();
    const after = [python._module.HEAP8.length, ...live()];
    release();
    return [after[0] - before[0], live()[0] - before[1], live()[1] - before[2]];
"""


@pytest.mark.parametrize("count", [2_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_calls_leave_nothing(engine: Engine, count: int) -> None:
    """After a first round, which may fill caches, memory does not grow, and nothing is held."""
    engine.js(CALLS, count=count // 10)
    assert engine.js(CALLS, count=count) == "[0, 0, 0]"


DEEP_SOURCE = {
    "compile": "compile(terms, 'f', 'eval')",
    "eval": "eval(terms, {'x': 1})",
    "exec": "exec(terms, {'x': 1})",
    "ast": "compile(ast.parse(terms), 'f', 'exec')",
    "symtable": "symtable.symtable(terms, 'f', 'exec')",
    "import": "open('deep_source_.py', 'w').write('x = 1\\ny = ' + terms)\nimport deep_source_",
    "statements": "exec('if 0: pass\\n' + 'elif 0: pass\\n' * 1000)",
    "in a callback of JavaScript": "run_js('(f) => f()')(lambda: compile(terms, 'f', 'eval'))",
}


@pytest.mark.parametrize("way", DEEP_SOURCE)
def test_source_may_be_deep(engine: Engine, way: str) -> None:
    """Also where Python can wait: stacks that can be suspended are smaller, and compiling does not use them."""
    start = "import ast, os, symtable, sys\nsys.path.insert(0, '.')\nsys.dont_write_bytecode = True\nterms = '+'.join(['x'] * 2000)\n"
    end = "\nsys.path.remove('.')\nsys.modules.pop('deep_source_', None)\n'compiled'"
    assert engine.py(start + DEEP_SOURCE[way] + end) == "'compiled'"


# How a source is nested: Python that takes the depth.
NESTED_SOURCE = {
    "calls of calls": "'x' + '()' * {depth}",
    "negations": "'not ' * {depth} + 'x'",
    "conditions": "'x if x else ' * {depth} + 'x'",
    "brackets": "'(' * {depth} + 'x' + ')' * {depth}",
    "lists": "'[' * {depth} + 'x' + ']' * {depth}",
    "calls in calls": "'x(' * {depth} + ')' * {depth}",
}


@pytest.mark.parametrize("kind", NESTED_SOURCE)
def test_source_may_be_nested(engine: Engine, request: pytest.FixtureRequest, kind: str) -> None:
    """CPython allows 200 brackets. Chromium's stack of 1 MB has not room for all of them before V8 optimises the parser."""
    in_brackets = kind in ("brackets", "lists", "calls in calls")
    depth = (160 if "chromium" in request.node.name else 200) if in_brackets else 1500
    code = f"compile({NESTED_SOURCE[kind].format(depth=depth)}, 'f', 'eval')\n'compiled'"
    assert engine.py(code) == "'compiled'"


def test_source_that_is_too_deep_is_an_exception(engine: Engine) -> None:
    code = """
        def attempt(source):
            try: compile(source, "f", "eval")
            except Exception as error: return type(error).__name__
        [attempt(source) for source in ("(" * 300, "+".join(["x"] * 100_000), "-" * 100_000 + "x")]
    """
    brackets, terms, signs = ast.literal_eval(engine.py(code))
    assert brackets in ("SyntaxError", "MemoryError")
    assert (terms, signs) == ("RecursionError", "MemoryError")
    assert engine.py("1 + 1") == "2"
