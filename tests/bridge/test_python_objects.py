"""What JavaScript takes a Python object for; sequences as arrays."""

from __future__ import annotations

import pytest
from engine import Engine

# Array's methods: expressions that give the same for a Python list and an array
ARRAY_METHODS = {
    "at": "s.at(-1)",
    "concat": "Array.from(s.concat([9], 8))",
    "entries": "[...s.entries()]",
    "every": "s.every((x) => x > 0)",
    "filter": "s.filter((x) => x > 1)",
    "find": "s.find((x) => x > 1)",
    "findIndex": "s.findIndex((x) => x > 1)",
    "forEach": "{ const seen = []; s.forEach((x, i) => seen.push(x * i)); return seen; }",
    "includes": "[s.includes(2), s.includes(7)]",
    "indexOf": "s.indexOf(3)",
    "join": "s.join('-')",
    "keys": "[...s.keys()]",
    "lastIndexOf": "s.lastIndexOf(1)",
    "map": "s.map((x) => x * 2)",
    "reduce": "s.reduce((a, b) => a + b, 10)",
    "reduceRight": "s.reduceRight((a, b) => a + '' + b)",
    "slice": "s.slice(1, 3)",
    "some": "s.some((x) => x > 2)",
    "values": "[...s.values()]",
}
MUTATING_METHODS = {
    "push": "[s.push(4, 5), [...s]]",
    "pop": "[s.pop(), [...s]]",
    "shift": "[s.shift(), [...s]]",
    "unshift": "[s.unshift(0), [...s]]",
    "splice": "[[...s.splice(1, 1, 7, 8)], [...s]]",
    "reverse": "{ s.reverse(); return [...s]; }",
    "sort": "{ s.sort(); return [...s]; }",
    "fill": "{ s.fill(0, 1, 2); return [...s]; }",
    "copyWithin": "{ s.copyWithin(0, 1, 2); return [...s]; }",
}

# The classes in `ffi` -> a Python value that is an instance, and one that is not
CLASSES = {
    "PyDict": ("{}", "[]"),
    "PyProxyWithLength": ("[]", "5j"),
    "PyProxyWithGet": ("[]", "5j"),
    "PyProxyWithSet": ("[]", "()"),
    "PyProxyWithHas": ("set()", "5j"),
    "PyIterable": ("[]", "5j"),
    "PyIterator": ("iter([])", "[]"),
    "PyGenerator": ("(x for x in ())", "iter([])"),
    "PyCallable": ("len", "[]"),
    "PySequence": ("()", "{}"),
    "PyMutableSequence": ("[]", "()"),
    "PyBuffer": ("b''", "[]"),
    "PyAwaitable": ("async def f(): pass\nf()", "[]"),
}


@pytest.mark.parametrize("method", [*ARRAY_METHODS, *MUTATING_METHODS])
def test_a_list_does_what_an_array_does(engine: Engine, method: str) -> None:
    code = (ARRAY_METHODS | MUTATING_METHODS)[method]
    body = code if code.startswith("{") else f"({code})"
    compared = "const [list, array] = [py('[3, 1, 2]'), [3, 1, 2]].map((s) => show(f(s)));"
    assert engine.js(f"const f = (s) => {body};\n{compared} return list === array || [list, array]") == "true"


@pytest.mark.parametrize("method", MUTATING_METHODS)
def test_a_tuple_has_no_method_that_changes_it(engine: Engine, method: str) -> None:
    assert engine.js("return py('(1,)')[method]", method=method) == "undefined"


@pytest.mark.parametrize("name", CLASSES)
def test_class_of_proxy(engine: Engine, name: str) -> None:
    yes, no = CLASSES[name]
    code = "return [yes, no].map((code) => py(code) instanceof python.ffi[name])"
    assert engine.js(code, name=name, yes=yes, no=no) == "[true, false]"


def test_json_view_of_containers(engine: Engine) -> None:
    code = 'return JSON.stringify(py(\'{"a": [1, {"length": 2}], "get": None}\').asJsJson())'
    assert engine.js(code) == r'"{\"a\":[1,{\"length\":2}]}"'


def test_a_private_name_of_javascript_is_not_python_s(engine: Engine) -> None:
    assert engine.js("return py('object()')[Symbol.toPrimitive]") == "undefined"
