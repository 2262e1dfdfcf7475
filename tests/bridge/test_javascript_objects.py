"""What Python takes a JavaScript object for, and JavaScript in modules."""

from __future__ import annotations

import pytest
from engine import Engine

# JavaScript object -> whether Python takes it for true
TRUTH = {
    "({})": True,
    "[]": False,
    "[0]": True,
    "new Map()": False,
    "new Map([[1, 1]])": True,
    "new Set()": False,
    "new Uint8Array(0)": False,
    "new Uint8Array(1)": True,
    "new ArrayBuffer(0)": False,
    "() => 1": True,
    "(function () {})": True,
    "({length: 0})": True,
}

# Class in pyodide.ffi -> JavaScript expressions that are instances, and that are not
CLASSES = {
    "JsProxy": (["({})", "[]", "() => 1"], []),
    "JsArray": (["[]"], ["({})", "new Map()"]),
    "JsCallable": (["() => 1", "(class {})"], ["({})"]),
    "JsException": (["new Error('x')", "new TypeError('x')"], ["({})"]),
    "JsGenerator": (["(function* () {})()"], ["[]"]),
    "JsIterable": (["[]", "new Set()", "({[Symbol.iterator]() {}})"], ["({})"]),
    "JsIterator": (["({next() {}})", "[].values()"], ["[]"]),
    "JsMap": (["new Map()"], ["[]"]),
    "JsMutableMap": (["new Map()"], ["new Set()"]),
    "JsBuffer": (["new Uint8Array(1)", "new ArrayBuffer(1)"], ["[]"]),
    "JsTypedArray": (["new Uint8Array(1)"], ["[]"]),
}


@pytest.mark.parametrize("javascript, truth", TRUTH.items())
def test_truth(engine: Engine, javascript: str, truth: bool) -> None:
    assert engine.py(f"bool(run_js({javascript!r}))") == str(truth)


@pytest.mark.parametrize("name", CLASSES)
def test_class(engine: Engine, name: str) -> None:
    yes, no = CLASSES[name]
    assert engine.py(f"[isinstance(run_js(code), {name}) for code in {yes + no}]") == str(
        [True] * len(yes) + [False] * len(no)
    )


def test_class_of_a_promise(engine: Engine) -> None:
    # As the result of a call it would already be a Future.
    assert engine.py("isinstance(run_js('({p: Promise.resolve()})').p, JsPromise)") == "True"


def test_dispose_is_the_end_of_a_with_block(engine: Engine) -> None:
    if engine.js("return typeof Symbol.dispose") == '"undefined"':
        pytest.skip("this engine has no Symbol.dispose")
    code = """
        with run_js("({done: 0, [Symbol.dispose]() { this.done = 1; }})") as thing:
            before = thing.done
        before, thing.done
    """
    assert engine.py(code) == "(0, 1)"


def test_the_module_js_is_the_global_object(engine: Engine) -> None:
    assert engine.py("import js; js.k = 5; run_js('globalThis.k')") == "5"
    assert engine.py("from js import Math; Math.max(1, 2)") == "2"
    assert engine.py("try: from js import nothing_like_it\nexcept ImportError: ok = True\nok") == "True"


def test_a_registered_object_is_a_module(engine: Engine) -> None:
    code = """
        python.registerJsModule("from_js", { a: 1, inner: { b: 2 } });
        try {
          const imports = "import from_js; from from_js import a; from from_js.inner import b";
          return py(`${imports}; [from_js.a, a, b] == [1, 1, 2]`);
        } finally {
          python.unregisterJsModule("from_js");
        }
    """
    assert engine.js(code) == "true"
    forget = "import sys\nfor name in ('from_js', 'from_js.inner'): sys.modules.pop(name, None)\n"
    assert engine.py(forget + "try: import from_js\nexcept ModuleNotFoundError: ok = True\nok") == "True"


def test_a_javascript_module_has_a_python_name(engine: Engine) -> None:
    assert engine.js("return own(python.pyimport('math')).floor(2.5)") == "2"
    assert engine.js("return own(python.pyimport('os.path.basename'))('/a/b')") == '"b"'


def test_json_view(engine: Engine) -> None:
    code = "o = run_js('JSON.parse')('{\"a\": [1, {\"b\": null}]}').as_py_json(); o['a'][1]['b'], list(o), len(o['a'])"
    assert engine.py(code) == "(jsnull, ['a'], 2)"
