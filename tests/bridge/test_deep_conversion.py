"""to_js, toJs, to_py and toPy: whole structures, with depth, converters and cycles."""

from __future__ import annotations

import textwrap

import pytest
from engine import Engine

# Python expression -> what to_js makes of it
TO_JS = {
    "[1, [2, 'a']]": '[1, [2, "a"]]',
    "(1, (2,))": "[1, [2]]",
    "{'a': 1, 'b': {'c': None}}": "{a: 1, b: {c: undefined}}",
    "{1, 2}": "Set {1, 2}",
    "{'a': [1], 'b': (jsnull,)}": "{a: [1], b: [null]}",
    "5": "5",
    "'x'": '"x"',
    "2**60": "1152921504606846976n",
    "b'ab'": "Uint8Array [97, 98]",
    "bytearray(b'ab')": "Uint8Array [97, 98]",
    "__import__('array').array('d', [1.5])": "Float64Array [1.5]",
}

# JavaScript expression -> the repr of what to_py makes of it
TO_PY = {
    "[1, [2, 'a']]": "[1, [2, 'a']]",
    "({a: 1, b: {c: null}})": "{'a': 1, 'b': {'c': jsnull}}",
    "new Map([[1, [2]]])": "{1: [2]}",
    "new Set([1, 2])": "{1, 2}",
    "Object.assign(Object.create(null), {a: 1})": "{'a': 1}",
    "[undefined]": "[None]",
    "[5n]": "[5]",
    "[]": "[]",
}


@pytest.mark.parametrize("python, javascript", TO_JS.items())
def test_to_js(engine: Engine, python: str, javascript: str) -> None:
    assert engine.js("return py(`to_js(${code})`)", code=python) == javascript


@pytest.mark.parametrize("python, javascript", TO_JS.items())
def test_method_to_js(engine: Engine, python: str, javascript: str) -> None:
    assert engine.js("const x = py(code); return x?.toJs?.() ?? x", code=python) == javascript


@pytest.mark.parametrize("javascript, python", TO_PY.items())
def test_to_py(engine: Engine, javascript: str, python: str) -> None:
    assert engine.py(f"run_js({javascript!r}).to_py()") == python
    assert engine.js(f"return repr(own(python.toPy({javascript})))") == engine.js("return text", text=python)


def test_depth_of_to_js(engine: Engine) -> None:
    assert engine.js("const a = py('to_js([1, [2]], depth=1)'); return [a[0], own(a[1])]") == "[1, PyProxy list]"
    assert engine.js("const a = py('[[[1]]]').toJs({ depth: 2 }); return [own(a[0][0])]") == "[PyProxy list]"


def test_depth_of_to_py(engine: Engine) -> None:
    code = "x = run_js('[1, [2, [3]]]').to_py(depth=2); type(x[1]).__name__, isinstance(x[1][1], JsArray)"
    assert engine.py(code) == "('list', True)"


def test_converters_of_to_js(engine: Engine) -> None:
    assert engine.js('return py(\'to_js({"a": {"b": 1}}, dict_converter=run_js("(x) => new Map(x)"))\')') == (
        'Map {"a" => Map {"b" => 1}}'
    )
    assert engine.js("return py('{\"a\": 1}').toJs({ dict_converter: (pairs) => [...pairs] })") == '[["a", 1]]'
    assert engine.js("return py('to_js([1j], default_converter=lambda x, convert, cache: x.imag)')") == "[1]"
    assert engine.js("return py('[1j, 2]').toJs({ default_converter: (x) => x.type })") == '["complex", 2]'
    assert (
        engine.js(
            "return py('to_js([1, (2,)], eager_converter=lambda x, convert, cache: 7 if x == (2,) else convert(x))')"
        )
        == "[1, 7]"
    )


def test_converter_of_to_py(engine: Engine) -> None:
    code = """
        def convert_pair(value, convert, cache):
            if value.constructor.name != "Pair": return value
            result = []
            cache(value, result)
            result += [convert(value.first), convert(value.second)]
            return result
        Pair = run_js("class Pair { constructor(a, b) { this.first = a; this.second = b; } }; Pair")
        pair = Pair.new(1, run_js("[2]"))
        pair.second.push(pair)
        result = pair.to_py(default_converter=convert_pair)
        [result[0], result[1][0], result[1][1] is result]
    """
    assert engine.py(code) == "[1, 2, True]"


def test_an_object_of_a_class_is_left_alone(engine: Engine) -> None:
    assert engine.py("x = run_js('globalThis.d = new (class A {})()'); x.to_py() == x") == "True"


def test_cycles(engine: Engine) -> None:
    assert engine.js("const a = py('l = [1]; l.append(l); to_js(l)'); return a[1] === a") == "true"
    assert engine.js("const a = py('d = {}; d[\"d\"] = d; to_js(d)'); return a.d === a") == "true"
    assert engine.py("a = run_js('const a = []; a.push(a); a').to_py(); a[0] is a") == "True"
    assert engine.py("m = run_js('const m = new Map(); m.set(1, m); m').to_py(); m[1] is m") == "True"


def test_what_appears_twice_is_converted_once(engine: Engine) -> None:
    assert engine.js("const a = py('x = []; to_js([x, x])'); return a[0] === a[1]") == "true"
    assert engine.py("a = run_js('const x = []; [x, x]').to_py(); a[0] is a[1]") == "True"


def test_no_proxies_wanted(engine: Engine) -> None:
    code = "return thrown(() => py('[object()]').toJs({ create_pyproxies: false })) instanceof Error"
    assert engine.js(code) == "true"
    assert engine.py("try: to_js([object()], create_pyproxies=False)\nexcept ConversionError: ok = True\nok") == "True"


def test_proxies_are_collected(engine: Engine) -> None:
    code = """
        const pyproxies = [];
        py("[object(), 1, len]").toJs({ pyproxies });
        pyproxies.forEach(own);
        return pyproxies.length;
    """
    assert engine.js(code) == "2"


def test_a_proxy_that_a_converter_returns_is_collected(engine: Engine) -> None:
    code = """
        proxies = run_js("[]")
        to_js([(1, 2)], eager_converter=lambda x, convert, cache: x if isinstance(x, tuple) else convert(x), pyproxies=proxies)
        count = len(proxies)
        destroy_proxies(proxies)
        count
    """
    assert engine.py(code) == "1"


def test_proxies_are_collected_in_an_array(engine: Engine) -> None:
    for wrong in "[]", "run_js('({})')":
        code = f"try: to_js([], pyproxies={wrong})\nexcept TypeError: ok = True\nok"
        assert engine.py(code) == "True"


def test_a_dict_of_another_type(engine: Engine) -> None:
    code = """
        from collections import ChainMap, OrderedDict
        class Chain(ChainMap, dict): pass
        ordered = OrderedDict(a=1, b=2)
        ordered.move_to_end("a")
        to_js([Chain({"x": [1]}), ordered])
    """
    assert engine.js("return py(code)", code=textwrap.dedent(code)) == "[{x: [1]}, {b: 2, a: 1}]"


def test_a_sequence_that_no_array_can_hold(engine: Engine) -> None:
    assert engine.js("return own(py('to_js(range(2**31))'))") == "PyProxy range"


def test_keys_that_are_the_same_property(engine: Engine) -> None:
    for items in "{1: 7, '1': 9}", "{'1': 7, 1: 9}", "{True: 7, 'true': 9}":
        assert engine.py(f"try: to_js({items})\nexcept ConversionError: ok = True\nok") == "True"
    assert engine.js('return py(\'to_js({1: 7, "1": 9}, dict_converter=run_js("(x) => new Map(x)"))\')') == (
        'Map {1 => 7, "1" => 9}'
    )


def test_a_set_of_what_javascript_cannot_compare(engine: Engine) -> None:
    assert engine.py("try: to_js({(1, 2)})\nexcept ConversionError: ok = True\nok") == "True"


def test_a_dict_key_that_is_no_name(engine: Engine) -> None:
    assert engine.py("try: to_js({1: 2, (3,): 4})\nexcept ConversionError: ok = True\nok") == "True"


def test_a_key_that_python_cannot_hash(engine: Engine) -> None:
    assert engine.py("try: run_js('new Map([[[], 1]])').to_py()\nexcept Exception as e: r = str(e)\nr").endswith(
        "Cannot use key of type Array as a key to a Python dict'"
    )


def test_wide_and_deep(engine: Engine) -> None:
    assert engine.js("return py('to_js([{\"i\": i} for i in range(10000)])').at(-1)") == "{i: 9999}"
    assert engine.py("len(run_js('Array.from({length: 10000}, (_, i) => ({i}))').to_py())") == "10000"
