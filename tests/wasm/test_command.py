"""The command `python` of a prefix, which node runs with this machine's files."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path
from threading import Thread

import pytest

from wasmforge.bundle.bundle import bundle
from wasmforge.bundle.compression import Compression


def test_code_and_arguments(python) -> None:
    done = python("-c", "import sys; print(sys.argv, sys.platform)", "a", "b c", "ü")
    assert (done.returncode, done.stdout, done.stderr) == (0, "['-c', 'a', 'b c', 'ü'] emscripten\n", "")


def test_script_sees_this_machines_files(python, tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("NAME = 'helper'\n")
    (tmp_path / "script.py").write_text(
        "import helper, os, pathlib\n"
        "print(helper.NAME, os.getcwd(), __file__)\n"
        "pathlib.Path('out').mkdir()\n"
        "pathlib.Path('out/ü.txt').write_text('written')\n"
        "print(sorted(os.listdir('.')))\n"
    )
    done = python("script.py", cwd=tmp_path)
    assert done.stderr == ""
    first, listing = done.stdout.splitlines()
    assert first == f"helper {tmp_path} {tmp_path}/script.py"
    assert (tmp_path / "out/ü.txt").read_text() == "written"
    assert "'out'" in listing


def test_module(python, tmp_path: Path) -> None:
    (tmp_path / "data.json").write_text('{"b": 1}')
    done = python("-m", "json.tool", "data.json", cwd=tmp_path)
    assert done.stdout == '{\n    "b": 1\n}\n'


def test_standard_input(python) -> None:
    assert python("-", input="print('from stdin')\n").stdout == "from stdin\n"
    code = "import sys; data = sys.stdin.buffer.read(); print(len(data), sum(data))"
    assert python("-c", code, input="ab" * 300_000).stdout == f"600000 {(97 + 98) * 300_000}\n"
    assert python("-c", "print(input() + input())", input="a\nb\n").stdout == "ab\n"


def test_much_output_into_a_pipe(python) -> None:
    done = python("-c", "for i in range(200_000): print(i)")
    assert done.stdout == "".join(f"{i}\n" for i in range(200_000))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("pass", 0),
        ("import sys; sys.exit(3)", 3),
        ("raise SystemExit('message')", 1),
        ("1/0", 1),
        ("import os; os._exit(7)", 7),
        ("import os; os.abort()", 134),
        ("import signal; signal.raise_signal(signal.SIGTERM)", 143),
        ("raise KeyboardInterrupt", 130),
        ("import atexit, os; atexit.register(print, 'bye')", 0),
    ],
)
def test_exit_codes(python, code: str, expected: int) -> None:
    done = python("-c", code)
    assert done.returncode == expected, done.stderr
    if "atexit" in code:
        assert done.stdout == "bye\n"


def test_command_line_errors(python) -> None:
    done = python("no-such-script.py")
    assert done.returncode == 2
    assert "can't open file" in done.stderr
    assert python("--no-such-option").returncode == 2
    assert python("--version").stdout.startswith("Python 3.13.")


def test_environment_variables(python, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "found_on_path.py").write_text("VALUE = 12\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("SOME", "väl")
    assert python("-c", "import found_on_path, os; print(found_on_path.VALUE, os.environ['SOME'])").stdout == "12 väl\n"


def test_by_any_link(prefix: Path, tmp_path: Path) -> None:
    link = tmp_path / "py"
    link.symlink_to(prefix / "bin/python3")
    done = subprocess.run([link, "-c", "import sys; print(sys.prefix)"], capture_output=True, text=True, check=False)
    assert done.stdout == f"{prefix}\n"


def test_a_prefix_that_is_a_link(prefix: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # What the modules import is read anew.
    monkeypatch.setenv("WASMFORGE_CACHE", str(tmp_path / "cache"))
    (tmp_path / "link").symlink_to(prefix)
    command = [
        sys.executable,
        "-m",
        "wasmforge",
        "run",
        "-p",
        str(tmp_path / "link"),
        "-c",
        "import numpy; print(6 * 7)",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "42\n", "")
    lists = []
    for given in (tmp_path / "link", prefix):
        out = tmp_path / f"bundle-{len(lists)}"
        bundle(given, out, compression=Compression.NONE)
        lists.append((out / "bundle-files.json").read_bytes())
    assert lists[0] == lists[1]


def test_warnings_are_absent(python) -> None:
    """Not one word of node's or emscripten's own on standard error."""
    assert python("-c", "import json, ctypes, sqlite3, decimal, asyncio").stderr == ""


ASYNC = """
import asyncio, time
import js

async def main():
    await asyncio.gather(*(asyncio.sleep(0.05) for _ in range(100)))
    return await js.Promise.resolve(5)

start = time.monotonic()
print(asyncio.run(main()), time.monotonic() - start < 4)
raise SystemExit(3)
"""


@pytest.fixture(params=["this machine's node", "a node with JSPI"])
def can_wait(python, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the node that runs the command has JSPI."""
    chosen = request.param == "a node with JSPI"
    if chosen:
        node = Path(request.getfixturevalue("jspi_node"))
        monkeypatch.setenv("PATH", str(node.parent), prepend=os.pathsep)
    can = python("-c", "import js; print(hasattr(js.WebAssembly, 'Suspending'))").stdout == "True\n"
    assert can or not chosen
    return can


def test_a_program_can_use_javascript_and_wait(python, can_wait: bool) -> None:
    done = python("-c", ASYNC)
    if can_wait:
        assert (done.stdout, done.stderr, done.returncode) == ("5 True\n", "", 3)
    else:
        assert "RuntimeError: WebAssembly stack switching not supported" in done.stderr
        assert (done.stdout, done.returncode) == ("", 1)


def test_source_may_be_deep(python, can_wait: bool) -> None:
    """SymPy has such a module. A program that can wait runs on a smaller stack, on which compiling does not depend."""
    done = python("-c", "compile('+'.join(['x'] * 2900), 'f', 'eval'); print('compiled')")
    assert (done.stdout, done.stderr) == ("compiled\n", "")


def test_what_still_waits_ends_with_the_program(python) -> None:
    done = python("-c", "from js import setTimeout; setTimeout(print, 300_000); print('end')")
    assert (done.stdout, done.returncode) == ("end\n", 0)


def test_urllib(python, can_wait: bool, tmp_path: Path) -> None:
    (tmp_path / "data.txt").write_text("fetched")
    with HTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=tmp_path)) as server:
        Thread(target=server.serve_forever).start()
        address = f"http://127.0.0.1:{server.server_port}/data.txt"
        done = python("-c", f"import urllib.request; print(urllib.request.urlopen({address!r}).read())")
        server.shutdown()
    assert (done.stdout, done.returncode) == ("b'fetched'\n", 0) if can_wait else "URLError" in done.stderr
