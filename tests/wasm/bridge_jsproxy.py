"""What Python can do with JavaScript objects. Runs inside the interpreter: see test_bridge_jsproxy.py."""

import collections.abc
import contextlib
import copy
import json
import keyword
import math
import operator
import pickle
import sys
import traceback

import _pyodide_core
import js
import pyodide_js
from js import JSON
from js import eval as run_js

import pyodide.ffi
from pyodide.ffi import (
    ConversionError,
    JsArray,
    JsAsyncGenerator,
    JsAsyncIterable,
    JsAsyncIterator,
    JsBigInt,
    JsBuffer,
    JsCallable,
    JsCallableDoubleProxy,
    JsDoubleProxy,
    JsException,
    JsGenerator,
    JsIterable,
    JsIterator,
    JsMap,
    JsMutableMap,
    JsNull,
    JsPromise,
    JsProxy,
    JsTypedArray,
    create_once_callable,
    create_proxy,
    destroy_proxies,
    jsnull,
    register_js_module,
    to_js,
    unregister_js_module,
)


class raises:  # noqa: N801 - reads like pytest's
    """Check that a block raises an exception, with a text in what it says."""

    def __init__(self, kind, text=""):
        self.kind, self.text = kind, text

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        assert kind is not None, f"no {self.kind.__name__}"
        assert issubclass(kind, self.kind), f"{kind.__name__}: {error}"
        assert self.text in str(error), f"{self.text!r} is not in {str(error)!r}"
        self.value = error
        return True


# ---- values ----


def test_immutable_values_are_converted():
    for source, expected in [
        ("undefined", None),
        ("true", True),
        ("false", False),
        ("-5", -5),
        ("2 ** 31", 2**31),
        ("Number.MAX_SAFE_INTEGER", 2**53 - 1),
        ("1.5", 1.5),
        ("''", ""),
        ("'caf\\u00e9'", "café"),
        ("'\\u20ac'.repeat(700)", "€" * 700),
        ("'\\u{1f600}'", "😀"),
        ("'x'.repeat(1e5)", "x" * 100_000),
    ]:
        value = run_js(source)
        assert value == expected, source
        assert type(value) is type(expected), source


def test_numbers_that_are_no_safe_integers_are_floats():
    for source in "2 ** 53", "-(2 ** 53)", "1e300", "Infinity", "0.5":
        assert type(run_js(source)) is float
    assert math.isnan(run_js("NaN"))


def test_null_is_jsnull():
    assert run_js("null") is jsnull
    assert JsNull() is jsnull
    assert repr(jsnull) == "jsnull"
    assert not jsnull
    assert jsnull.typeof == "object"
    assert run_js("x => x === null")(jsnull)
    assert pickle.loads(pickle.dumps([jsnull]))[0] is jsnull


def test_bigint():
    for number in 5, -5, 2**63, -(2**63), 2**64 + 1, -(2**200):
        value = run_js(f"{number}n")
        assert value == number
        assert type(value) is JsBigInt
        assert run_js("(x, text) => typeof x === 'bigint' && String(x) === text")(value, str(number))
    assert run_js("x => typeof x")(2**53 - 1) == "number"
    assert run_js("x => typeof x")(2**53) == "bigint"


def test_operations_of_bigints_follow_their_left_operand():
    five = JsBigInt(5)
    for name in ["add", "and_", "floordiv", "lshift", "mod", "mul", "or_", "pow", "rshift", "sub", "xor"]:
        operation = getattr(operator, name)
        assert operation(five, 2) == operation(5, 2)
        assert type(operation(five, 2)) is JsBigInt, name
        assert type(operation(2, five)) is int, name
    for operation in operator.neg, operator.pos, operator.invert, abs:
        assert type(operation(five)) is JsBigInt
    assert type(pow(five, 2, 3)) is JsBigInt
    assert type(five / 2) is float
    assert repr(five) == "5"


def test_round_trips_keep_identity():
    same = run_js("x => x")
    for value in [], {}, object(), len, int, test_bigint:
        assert same(value) is value
    for source in "({})", "[1]", "() => 1", "Symbol('x')", "new Error('x')", "new Map()":
        value = run_js(source)
        assert run_js("(a, b) => a === b")(value, same(value))


# ---- attributes ----


def test_attributes():
    point = run_js("({x: 1, y: undefined, get bad() { throw new Error('oops'); }})")
    assert point.x == 1
    assert point.y is None
    with raises(AttributeError, "z"):
        point.z  # noqa: B018
    with raises(JsException, "oops"):
        point.bad  # noqa: B018
    assert getattr(point, "z", 7) == 7
    point.z = "a"
    assert run_js("p => p.z")(point) == "a"
    del point.z
    assert not hasattr(point, "z")
    with raises(JsException, "not extensible"):
        run_js("Object.freeze({})").x = 1


def test_an_attribute_may_be_known_only_to_a_proxys_trap():
    proxy = run_js("""new Proxy({}, {
        get: (_, name) => ({a: 3, b: 7})[name],
        has: (_, name) => ({a: true, b: false, c: true, d: false})[name],
    })""")
    assert (proxy.a, proxy.b, proxy.c) == (3, 7, None)
    with raises(AttributeError):
        proxy.d  # noqa: B018


def test_keywords_as_attributes():
    words = run_js("({async: 1, from: 2, None: 3, from_: 4, match: 5, x_: 6})")
    assert (words.async_, words.from_, words.None_, words.from__, words.match, words.x_) == (1, 2, 3, 4, 5, 6)
    assert getattr(words, "async") == 1  # noqa: B009
    assert {"async_", "from_", "from__", "None_", "match", "x_"} <= set(dir(words))
    assert not {"async", "from", "None"} & set(dir(words))
    words.async_ = 7
    assert run_js("w => w.async")(words) == 7
    del words.async_
    assert not hasattr(words, "async_")
    every = run_js("names => Object.fromEntries(names.map((name) => [name, name]))")(to_js(keyword.kwlist))
    assert all(getattr(every, f"{name}_") == name for name in keyword.kwlist)


def test_dir():
    names = dir(run_js("Object.assign([1, 2], {abc: 1, ':': 2})"))
    assert names == sorted(set(names))
    assert {"abc", ":", "constructor", "map", "length", "append", "__len__", "typeof"} <= set(names)
    assert not {"0", "1", "keys"} & set(names)
    assert "__call__" not in dir(run_js("({})"))
    assert {"__call__", "new"} <= set(dir(run_js("() => 1")))


def test_pythons_own_attributes_come_first():
    assert run_js("({typeof: 7})").typeof == "object"
    assert run_js("() => 1").typeof == "function"
    assert run_js("Symbol('a')").description == "a"


def test_an_array_has_no_keys_for_dict_update():
    pairs = run_js("[['a', 'b'], [1, 2]]")
    assert not hasattr(pairs, "keys")
    result = {}
    result.update(pairs)
    assert result == {"a": "b", 1: 2}


# ---- what all objects can do ----


def test_text():
    for source, expected in [
        ("[1, [2, 3]]", "1,2,3"),
        ("({})", "[object Object]"),
        ("Object.create(null)", "[object Object]"),
        ("new Map()", "[object Map]"),
        ("({toString: () => 'hello'})", "hello"),
        ("({get toString() { throw 1; }, [Symbol.toStringTag]: 'Tag'})", "[object Tag]"),
        ("new TypeError('x')", "TypeError: x"),
    ]:
        assert str(run_js(source)) == repr(run_js(source)) == expected
    with raises(JsException, "no text"):
        str(run_js("({toString() { throw new Error('no text'); }})"))
    with raises(JsException, "revoked"):
        str(run_js("(() => { const p = Proxy.revocable({}, {}); p.revoke(); return p.proxy; })()"))


def test_truth():
    for source, expected in [
        ("({})", True), ("[]", False), ("[0]", True), ("() => 1", True), ("(class {})", True),
        ("new Map()", False), ("new Map([[0, 0]])", True), ("new Set()", False), ("new Set([0])", True),
        ("new Uint8Array(0)", False), ("new Uint8Array(1)", True), ("new ArrayBuffer(0)", False),
        ("({length: 0})", True), ("({size: 0})", False), ("Symbol()", True), ("new Error()", True),
    ]:  # fmt: skip
        assert bool(run_js(source)) is expected, source


def test_equality():
    a, b, again = run_js("(() => { const a = {}; return [a, {}, a]; })()")
    assert a == again and a == again and a is not again
    assert a != b and a != b
    assert a.js_id == again.js_id != b.js_id
    assert a != 5 and a != {}
    with raises(TypeError):
        a < b  # noqa: B015
    with raises(TypeError, "unhashable"):
        hash(a)


def test_object_entries_keys_values():
    values = run_js("({a: 1, b: [2]})")
    assert values.object_keys().to_py() == ["a", "b"]
    assert values.object_values().to_py() == [1, [2]]
    assert values.object_entries().to_py() == [["a", 1], ["b", [2]]]


def test_weak_reference():
    target = run_js("({})")
    assert target.to_weakref().deref() == target


def test_proxies_cannot_be_copied_or_made():
    with raises(TypeError, "JsProxy cannot be instantiated"):
        JsProxy()
    with raises(TypeError, "JsArray cannot be instantiated"):
        JsArray()
    with raises(TypeError, "pickle"):
        copy.deepcopy(run_js("({})"))


# ---- calls ----


def test_calls():
    count = run_js("(...given) => given.length")
    assert [count(*range(n)) for n in range(12)] == list(range(12))
    assert run_js("({a = 1, b = 1}) => a / b")(b=2, a=10) == 5
    assert run_js("(...given) => given")(1, "x", None, c=3).to_py() == [1, "x", None, {"c": 3}]
    with raises(TypeError, "not callable"):
        run_js("({})")()
    with raises(JsException, "oops"):
        run_js("() => { throw new Error('oops'); }")()


def test_methods_know_their_object():
    counter = run_js("({n: 5, get() { return this.n; }, me() { return this; }})")
    assert counter.me() == counter
    method = counter.me
    assert method() == counter
    assert run_js("new Proxy(() => 1, {apply: (_, self) => self === null})")()


def test_functions_without_functions_methods():
    bare = run_js("(() => { function f(...given) { return given.length; } return Object.setPrototypeOf(f, {}); })()")
    assert bare(1, 2) == 2


def test_new():
    Point = run_js("(class Point { constructor(x, options) { this.x = x; this.y = options?.y; } })")
    point = Point.new(3, y=4)
    assert (point.x, point.y) == (3, 4)
    with raises(JsException, "new"):
        Point(3)
    with raises(JsException, "not a constructor"):
        run_js("() => 1").new()


def test_functions_as_methods_of_python_classes():
    class Named:
        name = "a"
        get = run_js("(function (key) { return this[key]; })")

    assert Named().get("name") == "a"
    assert Named.get == Named.get


def test_arguments_are_borrowed():
    before = pyodide_js._live().proxies
    kept = run_js("(() => { let kept; return {keep(x) { kept = x; }, use: () => kept.length}; })()")
    kept.keep([1, 2])
    with raises(JsException, "This borrowed proxy was automatically destroyed at the end of a function call"):
        kept.use()
    assert pyodide_js._live().proxies == before


def test_a_result_that_is_a_proxy_is_handed_over():
    result = run_js("() => pyodide.runPython('[1, 2, 3]')")()
    assert result == [1, 2, 3]
    assert sys.getrefcount(result) == 2


def test_callbacks():
    assert run_js("[3, 1, 2]").map(lambda value, *_: value * 2).to_py() == [6, 2, 4]
    with raises(ZeroDivisionError):
        run_js("[1]").map(lambda *_: 1 / 0)


def test_create_proxy():
    before = pyodide_js._live().proxies
    seen = []
    proxy = create_proxy(seen)
    assert isinstance(proxy, JsDoubleProxy) and not isinstance(proxy, JsCallable)
    keep = run_js("x => { globalThis.kept = x; }")
    keep(proxy)
    run_js("kept.append(5)")
    assert seen == [5]
    assert run_js("kept") == proxy and run_js("kept").unwrap() is seen
    proxy.destroy()
    with raises(JsException, "destroyed"):
        run_js("kept.append(6)")
    run_js("delete globalThis.kept")
    function = create_proxy(lambda *given: given[0] if given else None)
    assert isinstance(function, JsCallableDoubleProxy) and function(7) == 7
    function.destroy()
    plain = create_proxy(seen, roundtrip=False)
    assert run_js("x => x")(plain) is seen
    bound = create_proxy(lambda self, x: (self.a, x), capture_this=True)
    assert run_js("f => { const o = {a: 1, f}; return o.f(2); }")(bound) == (1, 2)
    bound.destroy()
    assert pyodide_js._live().proxies == before


def test_create_once_callable():
    before = pyodide_js._live().proxies
    once = create_once_callable(lambda x: x + 1)
    assert once(1) == 2
    with raises(JsException, "OnceProxy can only be called once"):
        once(1)
    unused = create_once_callable(lambda: 1)
    unused.destroy()
    with raises(JsException, "OnceProxy"):
        unused()
    assert pyodide_js._live().proxies == before


def test_destroy_proxies():
    before = pyodide_js._live().proxies
    proxies = run_js("[]")
    to_js([object(), [object()]], pyproxies=proxies)
    assert len(proxies) == 2
    destroy_proxies(proxies)
    assert pyodide_js._live().proxies == before


# ---- protocols ----


def test_protocols_decide_what_there_is():
    fields = {
        "[Symbol.iterator]() {}": ["__iter__"],
        "next() {}": ["__next__", "__iter__"],
        "length: 1": ["__len__"],
        "get() {}": ["__getitem__"],
        "set() {}": ["__setitem__", "__delitem__"],
        "has() {}": ["__contains__"],
    }
    for chosen in range(1 << len(fields)):
        sources = [source for bit, source in enumerate(fields) if chosen & 1 << bit]
        value = run_js("({" + ", ".join(sources) + "})")
        there = {name for source in sources for name in fields[source]}
        if {"[Symbol.iterator]() {}", "length: 1"} <= set(sources) and "next() {}" not in sources:
            there.add("__getitem__")  # like an array
        for name in {name for names in fields.values() for name in names}:
            assert hasattr(value, name) == (name in there), (sources, name)


def test_classes():
    abc = collections.abc
    for source, yes, no in [
        ("({})", [JsProxy], [JsArray, JsCallable, JsMap, abc.Sized, abc.Iterable]),
        ("[]", [JsArray, JsIterable, abc.MutableSequence, abc.Sized, abc.Iterable], [JsPromise, JsBuffer, JsMap]),
        ("new Uint8Array(2)", [JsArray, JsBuffer, JsTypedArray, abc.Sequence], [JsMap]),
        ("new ArrayBuffer(2)", [JsBuffer], [JsArray, JsTypedArray]),
        ("new Map()", [JsMap, JsMutableMap, abc.MutableMapping], [JsArray, JsIterator]),
        ("({get() {}, size: 1, [Symbol.iterator]() {}})", [JsMap, abc.Mapping], [JsMutableMap, abc.MutableMapping]),
        ("new Set()", [JsIterable, abc.Sized, abc.Container], [JsMap]),
        ("() => 1", [JsCallable, abc.Callable], [JsDoubleProxy, abc.Sized]),
        ("(function* () {})()", [JsGenerator, JsIterator, abc.Generator], [JsAsyncGenerator, JsAsyncIterator]),
        ("[].values()", [JsIterator, JsIterable, abc.Iterator], [JsGenerator]),
        ("(async function* () {})()", [JsAsyncGenerator, JsAsyncIterator, JsAsyncIterable], [JsGenerator, JsIterator]),
        ("new Error()", [JsProxy, JsException, Exception], [JsArray]),
    ]:
        value = run_js(source)
        for cls in [JsProxy, *yes]:
            assert isinstance(value, cls) and issubclass(type(value), cls), (source, cls)
        for cls in no:
            assert not isinstance(value, cls), (source, cls)
    assert issubclass(JsArray, JsProxy) and not issubclass(JsProxy, JsArray)
    assert not isinstance(5, JsProxy)
    assert JsArray[int].__origin__ is JsArray


def test_length():
    assert len(run_js("({length: 7})")) == 7
    assert len(run_js("({length: 7, size: 5})")) == 5
    for source, error, text in [
        ("({length: []})", TypeError, "object does not have a valid length"),
        ("({length: -1})", ValueError, "length -1 of object is negative"),
        ("({length: 2 ** 31})", OverflowError, "length 2147483648 of object is larger than INT_MAX (2147483647)"),
        ("({length: 2 ** 65})", OverflowError, "is larger than INT_MAX"),
        ("({length: -(2 ** 65)})", ValueError, "is negative"),
    ]:
        with raises(error, text):
            len(run_js(source))
    with raises(TypeError, "has no len()"):
        len(run_js("(a, b) => 1"))


def test_get_set_delete_has():
    box = run_js("({get: (key) => key + 1, has: (key) => key > 3, set(key, value) { this[`$${key}`] = value; }})")
    assert box[5] == 6
    assert 5 in box and 2 not in box
    box["a"] = 7
    assert getattr(box, "$a") == 7
    empty = run_js("({has: () => false, get: () => undefined, set() {}, delete: () => false})")
    with raises(KeyError):
        empty[0]
    with raises(KeyError):
        del empty[0]
    assert "a" in run_js("({includes: (x) => x === 'a'})")
    assert 5 in run_js("({includes: () => false, has: () => true})")


def test_context_manager():
    if not hasattr(js.Symbol, "dispose"):
        return
    log = run_js("[]")
    resource = run_js("(log) => ({[Symbol.dispose]() { log.push('closed'); }})")(log)
    with resource as value:
        assert value == resource and len(log) == 0
    assert log.to_py() == ["closed"]


# ---- iterators ----


def test_iterators():
    assert list(run_js("[1, 'a', null]")) == [1, "a", jsnull]
    assert list(run_js("({*[Symbol.iterator]() { yield 3; yield 5; }})")) == [3, 5]
    by_hand = run_js("(() => { let n = 0; return {next: () => n < 3 ? {value: n++, done: false} : {done: true}}; })()")
    assert list(by_hand) == [0, 1, 2]
    with raises(TypeError, "not iterable"):
        iter(run_js("({})"))
    with raises(JsException, "oops"):
        list(run_js("({*[Symbol.iterator]() { throw new Error('oops'); }})"))


def test_generators():
    numbers = run_js("(function* () { let n = 0; for (let i = 0; i < 3; i++) n = yield n + 2; return 'end'; })")()
    assert [numbers.send(None), numbers.send(2), numbers.send(3)] == [2, 4, 5]
    with raises(StopIteration) as stop:
        numbers.send(4)
    assert stop.value.value == "end"


def test_throwing_into_generators():
    source = run_js("(function* () { try { yield 1; } finally { yield 2; } })")
    for given in (TypeError("hi"),), (TypeError, "hi"):
        generator = source()
        assert next(generator) == 1
        assert generator.throw(*given) == 2
        with raises(TypeError, "hi"):
            next(generator)


def test_closing_generators():
    log = []
    proxy = create_proxy(log)
    generator = run_js("(function* (log) { try { yield 1; yield 2; } finally { log.append('end'); } })")(proxy)
    assert next(generator) == 1
    assert generator.close() is None and generator.close() is None
    proxy.destroy()
    assert log == ["end"]
    stubborn = run_js("(function* () { try { yield 1; } finally { yield 2; } })")()
    next(stubborn)
    with raises(RuntimeError, "JavaScript generator ignored return"):
        stubborn.close()


def test_arguments_of_generators_live_as_long_as_they():
    before = pyodide_js._live().proxies
    generator = run_js("""(function* (x) {
        const all = [x, yield, yield];
        return pyodide.toPy(all.map((one) => one.toString()));
    })""")({1})
    generator.send(None)
    generator.send({2})
    with raises(StopIteration) as stop:
        generator.send({3})
    assert stop.value.value == ["{1}", "{2}", "{3}"]
    assert pyodide_js._live().proxies == before


def test_results_that_are_no_results_of_iterators():
    for source, text in [
        ("({next: () => 2})", 'Result should have type "object" not "number"'),
        ("({next: () => Promise.resolve(2)})", "Result was a promise, use anext() / asend() / athrow() instead."),
        ("({next: () => ({})})", 'Result has no "done" field.'),
    ]:
        with raises(TypeError, text):
            run_js(source).send(None)


# ---- sequences ----

SLICES = [
    slice(*given)
    for start in (None, 0, 2, -1, 12)
    for stop in (None, 0, 3, -2, 12)
    for step in (None, 1, 2, -1, -2)
    for given in [(start, stop, step)]
]


def outcome(work, *given):
    """What work returns, or the type of its exception."""
    try:
        return work(*given)
    except Exception as error:
        return type(error)


def test_arrays_are_like_lists():
    for change in [
        lambda x: x.append(9),
        lambda x: x.extend(n for n in (7, 8)),
        lambda x: x.insert(1, 5),
        lambda x: x.insert(-1, 5),
        lambda x: x.insert(99, 5),
        lambda x: x.pop(),
        lambda x: x.pop(0),
        lambda x: x.pop(-2),
        lambda x: x.pop(9),
        lambda x: x.remove(3),
        lambda x: x.remove(77),
        lambda x: x.reverse(),
        lambda x: x.clear(),
        lambda x: x.index(3),
        lambda x: x.index(3, 3),
        lambda x: x.index(77),
        lambda x: x.count(3),
        lambda x: x[0],
        lambda x: x[-1],
        lambda x: x[5],
        lambda x: x[-6],
        lambda x: x["a"],
        lambda x: x.__setitem__(2, 6),
        lambda x: x.__setitem__(9, 6),
        lambda x: x.__delitem__(1),
        lambda x: x.__delitem__(-1),
        lambda x: x.__delitem__(7),
        lambda x: len(x),
        lambda x: 3 in x,
        lambda x: [] in x,
        lambda x: list(reversed(x)),
        lambda x: list(x + [7]),
        lambda x: list(x * 3),
        lambda x: list(x * -1),
        lambda x: operator.iadd(x, (1, 2)) is x,
        lambda x: operator.imul(x, 2) is x,
        lambda x: x.__setitem__(slice(None), 5),
    ]:
        for items in [3, 1, 3, 2, 0], [], [3]:
            expected, array = list(items), to_js(items)
            assert outcome(change, array) == outcome(change, expected), (change.__code__, items)
            assert array.to_py() == expected


def test_slices():
    for part in SLICES:
        items = list(range(6))
        assert to_js(items)[part].to_py() == items[part]
        array = to_js(items)
        del items[part], array[part]
        assert array.to_py() == items, part
        for values in [], [7], [7, 8, 9]:
            items = list(range(6))
            array = to_js(items)
            given = part, values
            assert outcome(operator.setitem, array, *given) == outcome(operator.setitem, items, *given), given
            assert array.to_py() == items, (part, values)


def test_errors_of_arrays_say_what_those_of_lists_do():
    for work in [
        lambda x: operator.setitem(x, slice(0, 4, 2), [1, 2, 3]),
        lambda x: operator.setitem(x, slice(None), 1),
        lambda x: x["a"],
        lambda x: x.pop(9),
        lambda x: x.remove(99),
    ]:
        messages = []
        for sequence in list(range(9)), to_js(list(range(9))):
            try:
                work(sequence)
            except Exception as error:
                messages.append((type(error), str(error).replace("list.remove(x): x not in list", "99 is not in list")))
        assert messages[0] == messages[1]
    with raises(IndexError, "pop from empty list"):
        run_js("[]").pop()


def test_elements_are_compared_as_python_does():
    array = run_js("[1, 'a']")
    array.append([1])
    array.append(create_proxy({}, roundtrip=False))
    assert array.index([1]) == 2 and array.count({}) == 1 and [1] in array
    array.remove([1])
    assert len(array) == 3
    for proxy in run_js("a => a.splice(2)")(array):
        del proxy


def test_holes_in_arrays():
    array = run_js("[1, , 2]")
    with raises(IndexError):
        array[1]
    assert array.to_py() == [1, None, 2]


def test_typed_arrays():
    array = run_js("new Uint8Array([1, 2, 3, 4])")
    assert (array[0], array[-1], len(array), list(array)) == (1, 4, 4, [1, 2, 3, 4])
    array[-2] = 7
    assert array.index(7) == 2
    array.reverse()
    assert list(array) == [4, 7, 2, 1]
    with raises(TypeError, "object doesn't support item deletion"):
        del array[0]
    with raises(NotImplementedError, "Slice subscripting isn't implemented for typed arrays"):
        array[:]
    assert not hasattr(array, "append")


def test_array_likes():
    nodes = run_js("({length: 2, 0: 'a', 1: 'b', [Symbol.toStringTag]: 'NodeList'})")
    assert list(nodes) == ["a", "b"] and nodes[-1] == "b" and "a" in nodes
    assert (nodes + ["c"]).to_py() == ["a", "b", "c"]
    assert isinstance(nodes, collections.abc.Sequence) and not isinstance(nodes, collections.abc.MutableSequence)
    with raises(TypeError, "does not support item assignment"):
        nodes[0] = 1


def test_patterns():
    match run_js("[1, 2, 3]"):
        case [1, *rest]:
            assert rest == [2, 3]
        case _:
            raise AssertionError
    match run_js("new Map([['a', 1]])"):
        case {"a": value}:
            assert value == 1
        case _:
            raise AssertionError


# ---- mappings ----


def mapping_of(pairs, kind):
    if kind == "Map":
        return run_js("entries => new Map(entries)")(to_js(list(pairs.items())))
    return run_js("entries => Object.fromEntries(entries)")(to_js(list(pairs.items()))).as_object_map()


def test_maps_are_like_dicts():
    for change in [
        lambda m: m["a"],
        lambda m: m["z"],
        lambda m: m.__setitem__("a", 5),
        lambda m: m.__setitem__("z", 5),
        lambda m: m.__delitem__("a"),
        lambda m: m.__delitem__("z"),
        lambda m: "a" in m,
        lambda m: 1 in m,
        lambda m: len(m),
        lambda m: list(m),
        lambda m: set(m.keys()) | {1},
        lambda m: list(m.values()),
        lambda m: list(m.items()),
        lambda m: ("a", 1) in m.items(),
        lambda m: m.get("a", 7),
        lambda m: m.get("z", 7),
        lambda m: m.pop("a"),
        lambda m: m.pop("z"),
        lambda m: m.pop("z", 7),
        lambda m: m.setdefault("a", 7),
        lambda m: m.setdefault("z", 7),
        lambda m: m.update({"q": 1}, r=2),
        lambda m: m.clear(),
    ]:
        for kind in "Map", "Object":
            expected = {"a": 1, "b": 2}
            mapping = mapping_of(expected, kind)
            assert outcome(change, mapping) == outcome(change, expected), (kind, change.__code__)
            assert dict(mapping) == expected


def test_object_maps():
    plain = run_js("({a: 1, 2: 3, inner: {b: 4}, list: [{c: 5}]})")
    with raises(TypeError, "object is not subscriptable"):
        plain["a"]
    seen = plain.as_object_map()
    assert set(seen) == {"a", "2", "inner", "list"} and "constructor" not in seen and 2 not in seen
    with raises(TypeError, "Can only assign keys of type string to JavaScript object map"):
        seen[1] = 2
    with raises(TypeError):
        seen["inner"]["b"]
    assert plain.as_object_map(hereditary=True)["inner"]["b"] == 4
    assert seen == plain


def test_json_views():
    text = '{"a": [1, {"b": [true, null]}], "c": {"d": "e"}}'
    view = JSON.parse(text).as_py_json()
    assert view["a"][1]["b"][0] is True and view["c"]["d"] == "e"
    assert [list(item) if isinstance(item, JsArray) else item for item in view["a"]][0] == 1
    assert list(view["a"])[1]["b"][-1] is jsnull
    assert {key: type(value).__name__ for key, value in view.items()} == {"a": "JsProxy", "c": "JsProxy"}
    convert = lambda value: dict(value) if isinstance(value, JsMap) else list(value)  # noqa: E731
    numbers = JSON.parse('{"a": [1, {"b": 2}]}').as_py_json()
    assert json.loads(json.dumps(numbers, default=convert)) == {"a": [1, {"b": 2}]}


def test_views_are_offered_where_they_make_sense():
    for source in "({})", "new Map()", "({get() {}})":
        assert hasattr(run_js(source), "as_object_map") and hasattr(run_js(source), "as_py_json")
    assert hasattr(run_js("[]"), "as_py_json") and not hasattr(run_js("[]"), "as_object_map")
    for source in "({next() {}})", "new ArrayBuffer(0)", "new Error()", "() => 1":
        assert not hasattr(run_js(source), "as_object_map") and not hasattr(run_js(source), "as_py_json")


# ---- errors ----


def test_errors_are_exceptions():
    error = run_js("new RangeError('too far')")
    assert (error.name, error.message, error.args) == ("RangeError", "too far", ("RangeError: too far",))
    assert "RangeError" in error.stack
    with raises(JsException, "RangeError: too far") as caught:
        raise error
    assert caught.value is error
    assert "pyodide.ffi.JsException: RangeError: too far" in "".join(traceback.format_exception(error))
    error.add_note("a note")
    assert error.__notes__ == ["a note"]
    assert {error: 1}[run_js("x => x")(error)] == 1


def test_identity_of_errors_across_the_border():
    error = run_js("globalThis.theError = new Error('x')")

    def fail():
        raise error

    assert run_js("f => { try { f(); } catch (e) { return e.message.includes('JsException: Error: x'); } }")(fail)
    with raises(JsException) as caught:
        run_js("f => f()")(fail)
    assert caught.value is error
    with raises(JsException) as caught:
        run_js("() => { throw theError; }")()
    assert caught.value == error
    run_js("delete globalThis.theError")


def test_what_is_thrown_may_be_anything():
    for source, text in ("5", "5"), ("'abc'", "abc"), ("null", "Null"), ("({a: 1})", "[object Object]"):
        with raises(JsException, text):
            run_js(f"() => {{ throw {source}; }}")()


def test_deriving_from_jsexception():
    class Special(JsException):
        def __init__(self, *given):
            self.given = given

    with raises(Special, "Special: hi") as caught:
        raise Special("Special", "hi")
    assert caught.value.message == "hi"
    assert not isinstance(run_js("new Error()"), Special)
    again = pickle.loads(pickle.dumps(run_js("new TypeError('p')")))
    assert (type(again), str(again)) == (JsException, "TypeError: p")


def test_causes_and_tracebacks():
    error = run_js("new Error('a')")
    with raises(JsException) as caught:
        raise error from ValueError("b")
    assert isinstance(caught.value.__cause__, ValueError)
    assert error.with_traceback(None).__traceback__ is None


# ---- conversions ----


def test_to_py():
    value = run_js("({a: [1, {b: new Set([2])}], c: new Map([[1, 'x']]), d: null, e: 'é', f: 1.5, g: 'y'.repeat(999)})")
    expected = {"a": [1, {"b": {2}}], "c": {1: "x"}, "d": jsnull, "e": "é", "f": 1.5, "g": "y" * 999}
    assert value.to_py() == expected
    assert run_js("new Date(0)").to_py().typeof == "object"
    assert run_js("new Uint8Array([1, 2])").to_py().tolist() == [1, 2]
    assert isinstance(run_js("new (class A {})()").to_py(), JsProxy)
    assert run_js("({a: new Uint8Array([7])})").to_py()["a"].tolist() == [7]


def test_to_py_depth():
    nested = run_js("[1, [2, [3]]]")
    assert nested.to_py(depth=0) == nested
    one = nested.to_py(depth=1)
    assert one[0] == 1 and isinstance(one[1], JsArray)
    assert isinstance(nested.to_py(depth=2)[1][1], JsArray)
    assert nested.to_py(depth=3) == [1, [2, [3]]]


def test_to_py_of_what_contains_itself():
    loop = run_js("(() => { const a = {list: []}; a.list.push(a); return a; })()").to_py()
    assert loop["list"][0] is loop
    twice = run_js("(() => { const a = [1]; return [a, a]; })()").to_py()
    assert twice[0] is twice[1]


def test_keys_that_python_cannot_tell_apart():
    def keep(value, *_):
        return value

    for source, text in [
        ("new Map([[[1], 2]])", "Cannot use key of type Array as a key to a Python dict"),
        ("new Set([{}])", "Cannot use key of type Object as a key to a Python set"),
        ("new Map([[0, 2], [false, 3]])", "contains both 0 and false"),
        ("new Set([1, true])", "contains both 1 and true"),
    ]:
        for options in {}, {"default_converter": keep}:
            with raises(ConversionError, text):
                run_js(source).to_py(**options)


def test_to_py_with_a_converter():
    first, second = run_js("""(() => {
        class Pair { constructor(a, b) { this.a = a; this.b = b; } }
        const list = [1];
        const loop = new Pair(list, [list]);
        loop.a = loop;
        return [new Pair(list, [list]), loop];
    })()""")

    def pair(value, convert, cache):
        if value.constructor.name != "Pair":
            return value
        result = []
        cache(value, result)
        result += [convert(value.a), convert(value.b)]
        return result

    converted = first.to_py(default_converter=pair)
    assert converted == [[1], [[1]]] and converted[0] is converted[1][0]
    loop = second.to_py(default_converter=pair)
    assert loop[0] is loop


def test_to_js():
    check = run_js("(value, text) => JSON.stringify(value) === text")
    assert check(to_js([1, (2, {"a": None})]), "[1,[2,{}]]")
    assert run_js("s => s instanceof Set && s.has('a')")(to_js({"a"}))
    assert run_js("m => m instanceof Map")(to_js({"a": 1}, dict_converter=js.Map.new))
    with raises(ConversionError):
        to_js([object()], create_pyproxies=False)
    text, number = "abc", 5
    assert to_js(text) is text and to_js(number) is number


# ---- modules ----


def test_modules():
    assert js.__name__ == "js"
    from js import Math
    from js.Math import sqrt

    assert Math.sqrt(9) == sqrt(9) == 3
    import js.JSON as json_module

    assert json_module == JSON
    with raises(ImportError, "nowhere"):
        from js import nowhere  # noqa: F401
    with raises(ModuleNotFoundError, "js.Math.PI"):
        import js.Math.PI as constant  # noqa: F401
    assert run_js("Object.keys(Math).length") == 0


def test_registered_modules():
    before = pyodide_js._live().handles
    register_js_module("bridge_test", run_js("Object.freeze({a: 1, inner: {b: 2}})"))
    try:
        import bridge_test
        from bridge_test.inner import b

        names = {}
        exec("from bridge_test import *", names)
        assert (bridge_test.a, b, names["a"]) == (1, 2, 1)
    finally:
        unregister_js_module("bridge_test")
        for name in [name for name in sys.modules if name.startswith("bridge_test")]:
            del sys.modules[name]
    with raises(ModuleNotFoundError):
        exec("import bridge_test")
    with raises(ValueError, "Cannot unregister 'bridge_test': no Javascript module with that name is registered"):
        unregister_js_module("bridge_test")
    with raises(TypeError, "Argument 'jsproxy' must be a JsProxy, not 'int'"):
        register_js_module("a", 5)
    del bridge_test, b, names
    assert pyodide_js._live().handles == before


def test_public_names():
    assert {"IN_PYODIDE", "JsProxy", "JsFetchResponse", "ToJsConverter", "create_proxy"} <= set(pyodide.ffi.__all__)
    for name in pyodide.ffi.__all__:
        assert getattr(pyodide.ffi, name) is not None
    assert _pyodide_core.js_flags["IS_ARRAY"] & run_js("[]")._js_type_flags


# ---- lifetimes ----


def test_no_leak():
    values = run_js("[1, 'a', {b: 2}, [3], () => 4, new Map([[1, 2]])]")
    live = pyodide_js._live
    before = live().to_py()
    for _ in range(500):
        list(values)
        values[3].to_py()
        values[2].b  # noqa: B018
        values.at(0)
        str(values[5])
        values.map(lambda value, *_: None)
        with contextlib.suppress(AttributeError):
            values.nothing()
    assert live().to_py() == before
