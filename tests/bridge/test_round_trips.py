"""Whatever crosses and comes back is what it was: generated values of every type that is converted."""

from __future__ import annotations

import json
import re

import hypothesis.strategies as st
import pytest
from engine import Engine
from hypothesis import HealthCheck, given, settings

# One call takes several values across; the same ones in each run.
ROUND_TRIPS = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

# A pair of surrogates is one character for JavaScript.
SPLIT_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")

texts = st.text(st.characters(exclude_categories=())).filter(lambda text: not SPLIT_PAIR.search(text))
integers = (
    st.integers()
    | st.integers(-(2**70), 2**70)
    | st.integers(2**53 - 2, 2**53 + 2)
    | st.integers(-(2**31) - 2, 2**31 + 2)
)
numbers = st.floats(allow_nan=False) | st.floats(width=32, allow_nan=False)
names = texts | st.sampled_from(["__proto__", "constructor", "length", "toString", "0", ""])
scalars = st.none() | st.booleans() | integers | numbers | texts
structures = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(names, inner, max_size=5), max_leaves=20
)

IMPLICIT = {"none and bool": st.none() | st.booleans(), "int": integers, "float": numbers, "str": texts}

ITEMS = {
    "b": st.integers(-(2**7), 2**7 - 1),
    "B": st.integers(0, 2**8 - 1),
    "h": st.integers(-(2**15), 2**15 - 1),
    "H": st.integers(0, 2**16 - 1),
    "i": st.integers(-(2**31), 2**31 - 1),
    "I": st.integers(0, 2**32 - 1),
    "q": st.integers(-(2**63), 2**63 - 1),
    "Q": st.integers(0, 2**64 - 1),
    "f": st.floats(width=32, allow_nan=False),
    "d": st.floats(allow_nan=False),
}

javascript_values = (
    st.sampled_from(
        ["undefined", "null", "true", "false", "Infinity", "-Infinity", "({})", "[]", "() => 1", "new Map()"]
    )
    | integers.map(lambda n: f"{n}n")
    | st.integers(-(2**53) + 1, 2**53 - 1).map(str)
    | st.floats(allow_nan=False, allow_infinity=False).map(repr)
    | texts.map(json.dumps)
)


@pytest.mark.parametrize("kind", IMPLICIT)
@ROUND_TRIPS
@given(data=st.data())
def test_python_value_and_back(engine: Engine, kind: str, data: st.DataObject) -> None:
    values = data.draw(st.lists(IMPLICIT[kind], min_size=1, max_size=20))
    code = f"""
        inf = float("inf")
        back = run_js("x => x")
        # A whole number comes back as an int, a big one as a JsBigInt.
        same = lambda a, b: a == b and (isinstance(b, type(a)) or (type(a) is float and a == int(a)))
        [value for value in {values!a} if not same(value, back(value))]
    """
    assert engine.py(code) == "[]"


@ROUND_TRIPS
@given(values=st.lists(javascript_values, min_size=1, max_size=20))
def test_javascript_value_and_back(engine: Engine, values: list[str]) -> None:
    code = f"const back = py('lambda x: x'); return [{', '.join(values)}].filter((value) => back(value) !== value)"
    assert engine.js(code) == "[]"


@ROUND_TRIPS
@given(value=st.lists(structures, max_size=4))
def test_python_structure_and_back(engine: Engine, value: list[object]) -> None:
    assert engine.py(f"inf = float('inf'); value = {value!a}; to_js(value).to_py() == value") == "True"


@ROUND_TRIPS
@given(value=st.sets(st.integers(-100, 100) | texts, max_size=8))
def test_python_set_and_back(engine: Engine, value: set[object]) -> None:
    assert engine.py(f"value = {value!a}; to_js(value).to_py() == value") == "True"


@pytest.mark.parametrize("typecode", ITEMS)
@ROUND_TRIPS
@given(data=st.data())
def test_array_and_back(engine: Engine, typecode: str, data: st.DataObject) -> None:
    values = data.draw(st.lists(ITEMS[typecode], max_size=50))
    code = f"""
        from array import array
        inf = float("inf")
        value = array({typecode!r}, {values!a})
        copy = to_js(value)
        back = copy.to_py()
        back.tolist() == value.tolist(), len(copy) == len(value)
    """
    assert engine.py(code) == "(True, True)"


@ROUND_TRIPS
@given(value=st.binary(max_size=100))
def test_bytes_and_back(engine: Engine, value: bytes) -> None:
    assert (
        engine.py(f"to_js({value!r}).to_bytes() == {value!r}, bytes(to_js({value!r}).to_py()) == {value!r}")
        == "(True, True)"
    )
