"""Which values are converted, which are wrapped, and that nothing is lost on a round trip."""

from __future__ import annotations

import pytest
from engine import Engine

# Python expression -> what JavaScript gets
TO_JAVASCRIPT = {
    "None": "undefined",
    "jsnull": "null",
    "True": "true",
    "False": "false",
    "0": "0",
    "-1": "-1",
    "2**31": "2147483648",
    "2**53 - 1": "9007199254740991",
    "2**53": "9007199254740992n",
    "-2**53": "-9007199254740992n",
    "2**64": "18446744073709551616n",
    "-10**30": "-1000000000000000000000000000000n",
    "JsBigInt(5)": "5n",
    "0.5": "0.5",
    "-0.0": "-0",
    "float('nan')": "NaN",
    "float('-inf')": "-Infinity",
    "''": '""',
    "'a\\0b'": '"a\\u0000b"',
    "'h\\xe9'": '"hé"',
    "'\\u20ac'": '"€"',
    "'\\U0001f40d'": '"🐍"',
    "()": "PyProxy tuple",
    "[]": "PyProxy list",
    "{}": "PyProxy dict",
    "set()": "PyProxy set",
    "b''": "PyProxy bytes",
    "1j": "PyProxy complex",
    "object()": "PyProxy object",
    "len": "PyProxy builtin_function_or_method",
}

# JavaScript expression -> the repr of what Python gets
TO_PYTHON = {
    "undefined": "None",
    "null": "jsnull",
    "true": "True",
    "false": "False",
    "0": "0",
    "-5": "-5",
    "2 ** 31": "2147483648",
    "Number.MAX_SAFE_INTEGER": "9007199254740991",
    "Number.MIN_SAFE_INTEGER": "-9007199254740991",
    "2 ** 53": "9007199254740992.0",
    "1e300": "1e+300",
    "0.1": "0.1",
    "NaN": "nan",
    "-Infinity": "-inf",
    "5n": "5",
    "-(2n ** 70n)": "-1180591620717411303424",
    "''": "''",
    "'a\\0b'": "'a\\x00b'",
    "'é€🐍'": "'é€🐍'",
}

# JavaScript expression -> the type of what Python gets
TYPES = {
    "1n": "JsBigInt",
    "null": "JsNull",
    "1": "int",
    "1.5": "float",
    "'x'": "str",
    "({})": "JsProxy",
    "Symbol('x')": "JsProxy",
}

# Results of arithmetic on a JsBigInt: the left operand decides.
BIG_INTEGERS = {
    "JsBigInt(5) + 1": "6n",
    "JsBigInt(5) * JsBigInt(2)": "10n",
    "JsBigInt(7) // 2": "3n",
    "JsBigInt(2) ** 3": "8n",
    "pow(JsBigInt(3), 2, 5)": "4n",
    "-JsBigInt(5)": "-5n",
    "~JsBigInt(5)": "-6n",
    "JsBigInt(1) << 3": "8n",
    "1 + JsBigInt(5)": "6",
    "int(JsBigInt(5))": "5",
}


@pytest.mark.parametrize("python, javascript", TO_JAVASCRIPT.items())
def test_python_value_in_javascript(engine: Engine, python: str, javascript: str) -> None:
    assert engine.js("return py(code)", code=python) == javascript


@pytest.mark.parametrize("javascript, python", TO_PYTHON.items())
def test_javascript_value_in_python(engine: Engine, javascript: str, python: str) -> None:
    assert engine.js(f"return repr({javascript})") == engine.js("return text", text=python)


@pytest.mark.parametrize("javascript, type_name", TYPES.items())
def test_type_of_javascript_value(engine: Engine, javascript: str, type_name: str) -> None:
    assert engine.js(f"return py('lambda value: type(value).__name__')({javascript})") == f'"{type_name}"'


@pytest.mark.parametrize("python, javascript", BIG_INTEGERS.items())
def test_arithmetic_of_big_integers(engine: Engine, python: str, javascript: str) -> None:
    assert engine.js("return py(code)", code=python) == javascript


def test_jsnull(engine: Engine) -> None:
    assert engine.py("bool(jsnull), jsnull is run_js('null'), jsnull is not None") == "(False, True, True)"
    assert engine.py("isinstance(jsnull, JsNull), isinstance(None, JsNull)") == "(True, False)"


def test_json_writes_jsnull(engine: Engine) -> None:
    code = "import json; value = [jsnull, {jsnull: 1, 'a': jsnull}]; json.dumps(value), ''.join(json.JSONEncoder(indent=0).iterencode(value))"
    assert engine.py(code) == repr(('[null, {"null": 1, "a": null}]', '[\nnull,\n{\n"null": 1,\n"a": null\n}\n]'))


def test_a_small_bigint_becomes_a_number_only_through_int(engine: Engine) -> None:
    assert engine.js("return py('lambda x: x')(5n)") == "5n"
    assert engine.js("return py('lambda x: x + 0')(5n)") == "5n"
    assert engine.js("return py('lambda x: int(x)')(5n)") == "5"


# Identity: the object itself comes back, from either side.
def test_a_python_object_comes_back_as_itself(engine: Engine) -> None:
    assert engine.py("x = []; run_js('x => x')(x) is x") == "True"


def test_a_javascript_object_comes_back_as_itself(engine: Engine) -> None:
    assert engine.js("const x = {}; return py('lambda x: x')(x) === x") == "true"


def test_a_lone_surrogate_survives(engine: Engine) -> None:
    assert engine.js(r"return py('lambda x: x')('\ud800a') === '\ud800a'") == "true"
    assert engine.py(r"run_js('x => x')('\ud800a') == '\ud800a'") == "True"
