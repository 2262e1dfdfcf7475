"""PyProxy: what JavaScript does with Python objects. Each test is one interpreter and many expressions."""

from __future__ import annotations

START = "const python = await loadPython(quiet); const py = (code) => python.runPython(code);\n"


def test_attributes_and_items(run_js) -> None:
    code = (
        START
        + r"""
        const o = py("class A:\n  x = 5\n  def m(self, *a): return len(a)\no = A(); o");
        o.y = [1];
        show([o.x, o.m(1, 2), o.nothing, "x" in o, "nothing" in o, o.type, o.m === o.m, py("o.y").toString(), delete o.y, "y" in o]);
        const d = py("{'a': 1, 'get': 2}");
        d.set("b", null);
        show([d.get("a"), d.a, d.get("no"), d.has("b"), d.length, d.delete("a"), d.has("a"), typeof d.get, d.$get.type,
              JSON.stringify(py("{'k': {'n': 1}, 't': (1, 2)}"))]);
        const l = py("l = [5, 6]; l");
        l[1] = 7;
        show([l[0], l[1], l[2], l["-1"], 1 in l, 2 in l, l.length, Reflect.ownKeys(l).slice(-3), String(l), py("l[1]")]);
        show([(await failure(() => "use strict" && Reflect.set(py("()"), "a", 1))).type, (await failure(() => Reflect.set(d, "$$", 1))).name, (await failure(() => Reflect.set(l, "length", 1))).type]);
        const own = Object.defineProperty(py("{}"), "x", { value: 9, writable: false, configurable: true });
        show([own.x, Reflect.set(own, "x", 1), delete own.x, own.x]);
    """
    )
    attributes, items, indexes, refused, own = run_js(code)
    assert attributes == [5, 2, "undefined", True, False, "A", True, "1", True, False]
    assert items == [
        1,
        1,
        "undefined",
        True,
        3,
        "undefined",
        False,
        "function",
        "builtin_function_or_method",
        '{"k":{"n":1},"t":[1,2]}',
    ]
    assert indexes == [5, 7, "undefined", "undefined", True, False, 2, ["0", "1", "length"], "[5, 7]", 7]
    assert refused == ["AttributeError", "TypeError", "AttributeError"]
    assert own == [9, False, True, "undefined"]


def test_calls(run_js) -> None:
    code = (
        START
        + r"""
        const f = py("def f(*a, **k): return repr((a, k))\nf");
        show([f(), f(1, "two", [3].length), f.call(null, 1), f.apply(null, { length: 2, 0: "a" }), f.callKwargs(1, { k: 2 }),
              f.bind(null, 1).bind(null, 2)(3), f.captureThis().call("this", 1), f.length, f.name, "prototype" in f]);
        const g = py("def g(a, b=2): return a + b\ng");
        show([g.callRelaxed(1, 1, 9), g.callKwargsRelaxed(1, { b: 5, c: 6 }), g.callWithOptions({ kwargs: true }, 1, { b: 3 }),
              g.callKwargs({ a: 1 }), g(...Array.from({ length: 2 }, () => 20)), f(...Array(100).fill(1)).length]);
        const errors = [() => f.callKwargs(), () => g.callKwargs({ z: 1 }), () => g(1, 2, 3), () => f.apply(null, 1)];
        show(await Promise.all(errors.map(async (work) => { const e = await failure(work); return [e.name, e.type ?? null, e.message.split("\n").at(-2) ?? e.message]; })));
        const other = { m: f.captureThis(), toString: () => "me" };
        show([f instanceof Function, f instanceof python.ffi.PyCallable, py("int") instanceof python.ffi.PyCallable, typeof f]);
    """
    )
    calls, options, errors, kinds = run_js(code)
    assert calls == [
        "((), {})", "((1, 'two', 1), {})", "((1,), {})", "(('a', None), {})", "((1,), {'k': 2})", "((1, 2, 3), {})",
        "(('this', 1), {})", "undefined", "undefined", True,
    ]  # fmt: skip
    assert options == [2, 6, 4, 3, 40, len(repr(((1,) * 100, {})))]
    assert errors[0] == ["TypeError", None, "callKwargs requires at least one argument (the key word argument object)"]
    assert errors[1] == ["PythonError", "TypeError", "TypeError: g() got an unexpected keyword argument 'z'"]
    assert errors[2] == [
        "PythonError",
        "TypeError",
        "TypeError: g() takes from 1 to 2 positional arguments but 3 were given",
    ]
    assert errors[3][:2] == ["TypeError", None]
    assert kinds == [True, True, True, "function"]


def test_iteration(run_js) -> None:
    code = (
        START
        + r"""
        show([[...py("{'a': 1, 'b': 2}")], [...py("range(3)")], Math.max(...py("(4, 2)")), [...py("(c for c in 'xy')")]]);
        const g = py("def g():\n  n = 0\n  try:\n    while True: n = yield n\n  finally:\n    yield 'last'\n    return 7\ng()");
        show([g.next(), g.next(5), g.return(1), g.next(), g.next()]);
        const t = py("def t():\n  try: yield 1\n  except Exception as e: yield str(e)\nt()");
        show([t.next(), t.throw(new Error("oh"))]);
        const broken = py("def b():\n  yield 1\n  raise ValueError('b')\nb()");
        broken.next();
        show([(await failure(() => broken.next())).type, (await failure(() => [...py("1 .__class__")])).name]);
        const before = python._live().proxies;
        for (const item of py("l = [[1], [2]]; l")) { item.destroy(); break; }
        show(python._live().proxies - before);
    """
    )
    items, steps, thrown, errors, left = run_js(code)
    assert items == [["a", "b"], [0, 1, 2], 4, ["x", "y"]]
    step = [{"done": False, "value": value} for value in (0, 5, "last")]
    assert steps == [*step, {"done": True, "value": 7}, {"done": True, "value": "undefined"}]
    assert thrown == [{"done": False, "value": 1}, {"done": False, "value": "Error: oh"}]
    assert errors == ["ValueError", "TypeError"]
    assert left == 1  # the list itself, which nothing destroyed


def test_sequences_are_arrays(run_js) -> None:
    code = (
        START
        + r"""
        const methods = [
          ["push", 8, 9], ["pop"], ["shift"], ["unshift", 7, 6], ["reverse"], ["sort"], ["splice", 1, 2, "x", "y"], ["splice", -2], ["splice"],
          ["fill", 0, 1, 3], ["copyWithin", 0, 3], ["slice", 1, -1], ["indexOf", 5], ["lastIndexOf", 5, -2], ["includes", 4], ["join", "-"],
          ["at", -1], ["concat", [1], 2], ["findLast", (x) => x > 4], ["map", (x, i) => x * i], ["reduce", (a, b) => a + b],
        ];
        const source = [5, 4, 11, 5, 100];
        const different = [];
        for (const [name, ...args] of methods) {
          const array = [...source], list = py(`l = ${JSON.stringify(source)}; l`);
          const [expected, got] = [array[name](...args), list[name](...args)];
          const same = expected === array ? got === list : JSON.stringify(expected) === JSON.stringify(got);
          if (!same || JSON.stringify(array) !== JSON.stringify(list)) different.push([name, expected, got, array, list.toJs()]);
        }
        show(different);
        const tuple = py("(1, 2)");
        show(["push" in tuple, tuple.map((x) => x + 1), tuple instanceof python.ffi.PySequence, tuple instanceof python.ffi.PyMutableSequence]);
    """
    )
    assert run_js(code) == [[], [False, [2, 3], True, False]]


def test_deep_conversion(run_js) -> None:
    code = (
        START
        + r"""
        const shared = py("x = [1]; {'a': x, 'b': (x, {2.5, 's'}), 'c': None, 1: b'ab', '__proto__': 3}").toJs();
        show([shared.a, shared.b[0] === shared.a, [...shared.b[1]].sort(), shared.c, [...shared[1]], Object.getPrototypeOf(shared) === Object.prototype]);
        const cycle = py("c = {'l': []}; c['l'].append(c); c").toJs();
        show([cycle.l[0] === cycle, py("range(2)").toJs(), py("[[[]]]").toJs({ depth: 1 })[0].type, py("[[]]").toJs({ depth: 0 }).type]);
        const pyproxies = [];
        const kept = py("[object(), [lambda: 0]]").toJs({ pyproxies });
        show([pyproxies.length, kept[0] === pyproxies[0], kept[1][0] === pyproxies[1]]);
        show([py("{1: {2: 3}}").toJs({ dict_converter: (entries) => new Map(entries) }).get(1).get(2),
              py("[1j, [2j]]").toJs({ default_converter: (o) => o.imag }),
              py("[(1, 2), {3}]").toJs({ eager_converter: (o, convert) => (o.type === "tuple" ? "tuple" : convert(o)) })[0]]);
        const pair = py("class Pair:\n  def __init__(s, a): s.a = a\np = Pair([1]); p.a.append(p); p");
        const own = pair.toJs({ default_converter: (o, convert, cache) => {
          const result = { pair: true };
          cache(o, result);
          const a = o.a;
          result.a = convert(a);
          return result;
        } });
        show([own.pair, own.a[0], own.a[1] === own]);
        const errors = ["{(1, 2): 3}", "{(1, 2)}", "[object()]"].map((source, index) => failure(() => py(source).toJs({ create_pyproxies: index < 2 })));
        show((await Promise.all(errors)).map((error) => error.message.split("\n").at(-2)));
        const view = py("{'a': [{'b': 1}], 'get': 2}").asJsJson();
        show([view.a[0].b, view.get, Object.keys(view), JSON.stringify(view), view.a === view.a]);
    """
    )
    structure, cycle, proxies, converted, cached, errors, view = run_js(code)
    assert structure == [[1], True, [2.5, "s"], "undefined", [*b"ab"], True]
    assert cycle == [True, [0, 1], "list", "list"]
    assert proxies == [2, True, True]
    assert converted == [3, [1, [2]], "tuple"]
    assert cached == [True, 1, True]
    assert errors == [
        "pyodide.ffi.ConversionError: Cannot use (1, 2) as a key for a Javascript Map",
        "pyodide.ffi.ConversionError: Cannot use (1, 2) as a key for a Javascript Set",
        "pyodide.ffi.ConversionError: No conversion known for x.",
    ]
    assert view == [1, 2, ["a", "get"], '{"a":[{"b":1}],"get":2}', True]


def test_lifetimes(run_js) -> None:
    code = (
        START
        + r"""
        const told = async (work) => (await failure(work)).message;
        py("class O:\n  l = [1]\no = O()");
        const before = python._live().proxies;
        const o = py("o"), l = o.l, copy = l.copy();
        show([python._live().proxies - before, o.l === l]);
        o.destroy();
        o.destroy();
        show([await told(() => o.x), await told(() => l.length), copy.length]);
        python.setDebug(true);
        copy.destroy({ message: "mine" });
        show([await told(() => copy.length), python._live().proxies - before]);
        python.setDebug(false);
        let loan;
        python.registerJsModule("loans", { take: (list) => { loan = list; return list.length; } });
        show([py("import loans; loans.take([1, 2])"), await told(() => loan.length)]);
        const same = {};
        const echo = py("lambda x: x"), f = () => 1;
        show([echo(same) === same, echo(f) === f, py("e = echo = lambda x: x; e is e") && py("lambda f: f is echo")(py("echo"))]);
        const bound = py("lambda *a: len(a)").bind(null, 1);
        show(bound(2));
    """
    )
    made, told, debug, loan, identity, bound = run_js(code)
    hint = "\nFor more information about the cause of this error, use `pyodide.setDebug(true)`"
    assert made == [3, True]
    assert told == [
        f"Object has already been destroyed{hint}",
        "This borrowed attribute proxy was automatically destroyed in the process of destroying the proxy it was borrowed"
        f" from. Try using the 'copy' method.{hint}",
        1,
    ]
    assert debug == ['mine\nThe object was of type "list" and had repr "[1]"', 0]
    assert loan[0] == 2
    assert loan[1].startswith("This borrowed proxy was automatically destroyed at the end of a function call.")
    assert identity == [True, True, True]
    assert bound == 2


def test_garbage_is_collected(run_js) -> None:
    """Of proxies that share an object, the last to go releases it; none of them before."""
    code = (
        START
        + r"""
        py("class A: pass\nimport weakref\na = A(); gone = weakref.ref(a)");
        let proxy = py("a");
        proxy.captureThis;
        py("del a");
        let f = py("class F:\n  def __call__(self): return 1\nf = F(); lost = weakref.ref(f)\nf");
        py("del f");
        const bound = f.bind(null);
        f = proxy = undefined;
        for (let round = 0; round < 20 && !py("gone() is None"); round++) {
          gc();
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        show([py("gone() is None"), py("lost() is not None"), bound()]);
    """
    )
    assert run_js(code, options=("--expose-gc",)) == [True, True, 1]


def test_nothing_leaks_in_many_calls(run_js) -> None:
    code = (
        START
        + r"""
        const f = py("def f(*a): return a[0] if a else None\nf");
        const o = py("class O:\n  x = 'text'\n  def m(self, *a): return a\no = O(); o"), d = py("d = {'a': 1}; d");
        const work = () => {
          f(); f(1); f("short", 2.5, null); f("é".repeat(700)); f(2n ** 80n); f(work);
          o.x; o.nothing; o.m(1).destroy(); o.x = "other"; d.get("a"); d.set("b", d.length); d.toJs();
          for (const key of d) key.length;
          try { d.get({}); } catch {}
        };
        const count = () => [python._live().proxies, python._live().handles, py("import sys, gc; gc.collect(); sys.last_exc = None; sys.getallocatedblocks()")];
        for (let i = 0; i < 300; i++) work();
        const before = count();
        for (let i = 0; i < 3000; i++) work();
        const after = count();
        show([after[0] - before[0], after[1] - before[1], Math.abs(after[2] - before[2]) < 100]);
    """
    )
    assert run_js(code) == [0, 0, True]


def test_errors_cross_the_border(run_js) -> None:
    code = (
        START
        + r"""
        const raise = py("def f(g):\n  try: g()\n  except BaseException as e: return (type(e).__name__, e is mine)\nmine = KeyError('k')\nf");
        const mine = await failure(() => py("raise mine"));
        const boom = new RangeError("boom");
        const error = await failure(() => py("lambda g: g()")(() => { throw boom; }));
        show([raise(() => { throw mine; }).toJs(), raise(() => { throw boom; }).toJs(), error.type, error.message.includes("RangeError: boom")]);
        const down = py("def down(up): up()\ndown");
        const up = () => down(up);
        show([py("lambda g: next(g)")((function* () { yield 3; })()), (await failure(up)).type]);
    """
    )
    (same, foreign, kind, told), (item, deep) = run_js(code)
    assert same == ["KeyError", True]
    assert foreign == ["JsException", False]
    assert (kind, told, item, deep) == ("JsException", True, 3, "RecursionError")


def test_globals_and_modules(run_js) -> None:
    code = (
        START
        + r"""
        py("answer = 42");
        const { globals } = python;
        globals.set("fresh", 1);
        show([globals.get("answer"), globals.get("len").type, globals.get("nothing"), globals.has("open"), globals.has("nothing"), py("fresh"),
              globals instanceof python.ffi.PyDict]);
        const names = py("{'x': 1}");
        show([python.runPython("x + 1", { globals: names }), python.runPython("y = x; y", { globals: names, locals: py("{'x': 5}") }), names.has("y")]);
        show([python.pyimport("math").floor(2.5), python.pyimport("math.sqrt")(9), python.pyimport("os.path").join("a", "b"),
              (await failure(() => python.pyimport("no_such_module.x"))).type]);
        python.registerJsModule("mine", { a: 1, sub: { b: 2 } });
        show([py("from mine import a; import mine.sub; a + mine.sub.b"), python.unregisterJsModule("mine"), (await failure(() => py("import sys; del sys.modules['mine']; import mine"))).type]);
        show([python.toPy({ a: [1, new Map([[1, 2]])] }).toString(), python.toPy([[1]], { depth: 1 })[0] instanceof Array]);
    """
    )
    assert run_js(code) == [
        [42, "builtin_function_or_method", "undefined", True, False, 1, True],
        [2, 5, False],
        [2, 3, "a/b", "ModuleNotFoundError"],
        [3, "undefined", "ModuleNotFoundError"],
        ["{'a': [1, {1: 2}]}", True],
    ]
