"""runPython: the values, errors, output and interrupts that reach JavaScript."""

from __future__ import annotations

import math

import pytest

VALUES = [
    ("None", "undefined"),
    ("x = 1", "undefined"),
    ("type([1]) is list", True),
    ("True", True),
    ("1 == 2", False),
    ("0", 0),
    ("-7", -7),
    ("2**53 - 1", 2**53 - 1),
    ("2**53", f"{2**53}n"),
    ("-(2**53)", f"{-(2**53)}n"),
    ("2**63", f"{2**63}n"),
    ("-(2**63)", f"{-(2**63)}n"),
    ("2**1000 + 1", f"{2**1000 + 1}n"),
    ("-(2**1000)", f"{-(2**1000)}n"),
    ("255 - 2**64", f"{255 - 2**64}n"),
    ("1.5", 1.5),
    ("-1e308", -1e308),
    ("''", ""),
    ("'ascii'", "ascii"),
    ("'caf\\u00e9'", "café"),
    ("'\\u20ac \\u4e2d'", "€ 中"),
    ("'\\U0001f600' * 3", "😀" * 3),
    ("'a\\0b'", "a\0b"),
    ("'x' * 100_001", "x" * 100_001),
    ("'\\u20ac' * 100_001", "€" * 100_001),
    ("'\\U0001f600' * 20_000", "😀" * 20_000),
    ("x = 5\nx + 1", 6),
    ("if True:\n  7", "undefined"),
    ("'é' == '\\u00e9'", True),
    ("", "undefined"),
]


# The values themselves are too long for the name of a test, which is put into the environment.
@pytest.mark.parametrize(("code", "expected"), VALUES, ids=[code for code, _ in VALUES])
def test_values(run_js, code: str, expected: object) -> None:
    import json

    result = run_js(f"const python = await loadPython(quiet); show([python.runPython({json.dumps(code)})])")
    assert result == [expected]


def test_values_that_json_does_not_have(run_js) -> None:
    code = r"""
        const python = await loadPython(quiet);
        const nan = python.runPython("float('nan')");
        const surrogate = python.runPython("'\\ud800x'");
        show([Number.isNaN(nan), python.runPython("-float('inf')") === -Infinity, Object.is(python.runPython("-0.0"), -0),
              surrogate === "\ud800x", python.runPython("chr(0xd800)").length]);
    """
    assert run_js(code) == [True, True, True, True, 1]


def test_an_exception_has_a_traceback(run_js) -> None:
    code = r"""
        const python = await loadPython(quiet);
        const error = await failure(() => python.runPython("def divide(a):\n    return a / 0\n\ndivide(1)", { filename: "mine.py" }));
        show([error instanceof PythonError, error instanceof python.PythonError, error.name, error.type, error.message]);
        show(python.runPython("1 + 1"));
    """
    (mine, same, name, kind, message), after = run_js(code)
    assert (mine, same, name, kind, after) == (True, True, "PythonError", "ZeroDivisionError", 2)
    assert message.startswith(
        'Traceback (most recent call last):\n  File "mine.py", line 4, in <module>\n    divide(1)\n'
    )
    assert message.endswith("ZeroDivisionError: division by zero\n")
    assert "_wasmforge" not in message


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("a b", "SyntaxError"),
        ("raise SystemExit(3)", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("import nothing_of_that_name", "ModuleNotFoundError"),
        ("class Odd(Exception):\n  def __str__(self): raise ValueError\nraise Odd", "Odd"),
        ("'\\ud800'.encode()", "UnicodeEncodeError"),
        ("def f(): f()\nf()", "RecursionError"),
        ("x = bytearray(2**31 - 1); y = [bytearray(2**31 - 1) for _ in range(3)]", "MemoryError"),
        ("input()", "EOFError"),
    ],
)
def test_types_of_exceptions(run_js, code: str, kind: str) -> None:
    import json

    script = f"""
        const python = await loadPython(quiet);
        const error = await failure(() => python.runPython({json.dumps(code)}));
        show([error.type, python.runPython("'still ' + 'alive'")]);
    """
    assert run_js(script) == [kind, "still alive"]


def test_run_python_async(run_js) -> None:
    code = """
        const python = await loadPython(quiet);
        const error = await failure(() => python.runPythonAsync("1/0"));
        show([await python.runPythonAsync("2 + 3"), error.type]);
    """
    assert run_js(code) == [5, "ZeroDivisionError"]


def test_output_comes_by_lines(run_js) -> None:
    code = r"""
        const python = await loadPython(quiet);
        python.runPython("import sys\nprint('one\\ntwo')\nprint('thr', end='')\nprint('ee')\nprint('no end', end='')\nsys.stderr.write('to stderr\\n')");
        show(lines);
    """
    assert sorted(run_js(code)) == ["no end", "one", "three", "to stderr", "two"]


def test_output_is_seen_while_the_program_runs(run_js) -> None:
    code = r"""
        const python = await loadPython(quiet);
        const order = [];
        python.setStdout({ batched: (line) => order.push(line) });
        python.setStderr({ batched: (line) => order.push("E" + line) });
        python.runPython("import sys\nfor i in range(3):\n  print(i)\n  print(i, file=sys.stderr)");
        show(order);
    """
    assert run_js(code) == ["0", "E0", "1", "E1", "2", "E2"]


def test_output_as_bytes(run_js) -> None:
    code = r"""
        const python = await loadPython(quiet);
        const raw = [], written = [];
        python.setStdout({ raw: (byte) => raw.push(byte) });
        python.setStderr({ write: (bytes) => { written.push(...bytes); return bytes.length; }, isatty: true });
        python.runPython("import sys\nprint('é')\nsys.stderr.write('ab')\nsys.stdout.buffer.write(b'\\xff')\nsys.stdout.flush()");
        show([raw, written, python.runPython("[f.isatty() for f in (sys.stdout, sys.stderr)] == [False, True]")]);
    """
    assert run_js(code) == [[*"é\n".encode(), 255], [*b"ab"], True]


def test_standard_input(run_js) -> None:
    code = r"""
        const python = await loadPython(quiet);
        const answers = ["first", "second\n", "third", null];
        python.setStdin({ stdin: () => answers.shift() });
        show(python.runPython("import sys\n'|'.join([input(), input(), sys.stdin.read()])"));
        const bytes = new TextEncoder().encode("déjà\nvu\n");
        let at = 0;
        python.setStdin({ read: (buffer) => {
          const piece = bytes.subarray(at, at + Math.min(3, buffer.length));
          buffer.set(piece);
          at += piece.length;
          return piece.length;
        } });
        show(python.runPython("sys.stdin.readline() + '|' + sys.stdin.read()"));
        python.setStdin({ error: true });
        show((await failure(() => python.runPython("sys.stdin.read()"))).type);
    """
    assert run_js(code) == ["first|second|third\n", "déjà\n|vu\n", "OSError"]


def test_an_endless_loop_can_be_interrupted(run_js) -> None:
    code = r"""
        import { Worker } from "node:worker_threads";
        const buffer = new Uint8Array(new SharedArrayBuffer(1));
        const source = `import { parentPort } from "node:worker_threads";
          parentPort.on("message", ([buffer, ms]) => setTimeout(() => (buffer[0] = 2), ms))`;
        const other = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`));
        const python = await loadPython(quiet);
        python.setInterruptBuffer(buffer);
        const types = [];
        for (const program of ["while True: pass", "import time\nwhile True: time.sleep(0.01)", "sum(x for x in iter(int, 1))"]) {
          other.postMessage([buffer, 100]);
          types.push((await failure(() => python.runPython(program))).type);
        }
        buffer[0] = 2;
        types.push((await failure(() => python.checkInterrupt())).type);
        other.postMessage([buffer, 100]);
        types.push(python.runPython("try:\n  while True: pass\nexcept KeyboardInterrupt:\n  caught = 'caught'\ncaught"));
        python.setInterruptBuffer(undefined);
        await other.terminate();
        show([types, python.runPython("1 + 1"), buffer[0]]);
    """
    assert run_js(code) == [[*["KeyboardInterrupt"] * 4, "caught"], 2, 0]


def test_a_signal_that_comes_while_the_buffer_is_read_is_kept(run_js) -> None:
    code = """
        let reads = 0, signal = 0;
        const buffer = {
          get 0() { const seen = signal; if (++reads === 5) signal = 2; return seen; }, // as another thread writes it
          set 0(value) { signal = value; },
        };
        const python = await loadPython(quiet);
        python.setInterruptBuffer(buffer);
        const { type } = await failure(() => python.runPython("for _ in range(1_000_000): pass"));
        show([type, signal]);
    """
    assert run_js(code) == ["KeyboardInterrupt", 0]


def test_an_exit_is_told_and_final(run_js) -> None:
    code = """
        const python = await loadPython(quiet);
        const exit = await failure(() => python.runPython("import os; os._exit(0)"));
        show([String(exit), exit.status, exit === await failure(() => python.runPython("1"))]);
    """
    assert run_js(code) == ["Exit: Program terminated with exit(0)", 0, True]


def test_a_crash_is_told_and_final(run_js) -> None:
    code = r"""
        const python = await loadPython(quiet);
        const crash = await failure(() => python.runPython("import ctypes; ctypes.string_at(0x70000000, 64)"));
        const after = await failure(() => python.runPython("1"));
        show([crash.name, crash === after, (await loadPython(quiet)).runPython("1")]);
    """
    assert run_js(code) == ["PythonCrash", True, 1]


def test_files_are_shared_with_javascript(run_js) -> None:
    code = r"""
        const python = await loadPython(quiet);
        python.FS.writeFile("/tmp/from-js", "hello");
        python.runPython("open('/tmp/from-python', 'w').write(open('/tmp/from-js').read() + ' again')");
        show(python.FS.readFile("/tmp/from-python", { encoding: "utf8" }));
    """
    assert run_js(code) == "hello again"


def test_the_standard_library_can_be_changed(run_js) -> None:
    """Its files are views of one buffer; writing to one must not reach its neighbours."""
    code = r"""
        const python = await loadPython(quiet);
        python.runPython(`
import glob, os
files = sorted(glob.glob('/lib/python3.13/*.pyc'))
first, second, third = files[:3]
before = open(first, 'rb').read(), open(third, 'rb').read()
with open(second, 'ab') as file: file.write(b'x' * 10_000)
with open(second, 'r+b') as file: file.write(b'y' * 20_000)
`);
        show(python.runPython("before == (open(first, 'rb').read(), open(third, 'rb').read()) and os.path.getsize(second) >= 20_000"));
    """
    assert run_js(code) is True


def test_memory_grows(run_js) -> None:
    code = 'const python = await loadPython(quiet); show(python.runPython("len(bytearray(1 << 30))"))'
    assert math.log2(run_js(code)) == 30
