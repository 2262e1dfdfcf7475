"""loadPyodide and the API object, under node. What needs a page is in tests/browser."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import tarfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

RunJS = Callable[..., Any]

LOAD = """
const { loadPyodide, version } = await import(baseURL + "pyodide.mjs");
const out = (line) => lines.push(line);
const pyodide = await loadPyodide({ stdout: out, stderr: out });
"""


def test_load_pyodide(run_js: RunJS) -> None:
    result = run_js(
        LOAD
        + """
        const where = pyodide.runPython("import os; os.getcwd() + ' ' + os.environ['HOME']");
        const names = Object.keys(pyodide.lockfile.packages);
        show([version === pyodide.version, where, pyodide.loadedPackages, names.includes("numpy"), pyodide.lockfile.info.arch,
              pyodide.ERRNO_CODES.ENOENT, pyodide.PATH.basename("/a/b"), pyodide.runPython("import pyodide; pyodide.__version__") === version]);
        """
    )
    assert result == [True, "/home/pyodide /home/pyodide", {}, True, "wasm32", 44, "b", True]


def test_options(run_js: RunJS) -> None:
    result = run_js("""
        const { loadPyodide } = await import(baseURL + "pyodide.mjs");
        const seen = [];
        const pyodide = await loadPyodide({
          indexURL: new URL(baseURL).pathname, fullStdLib: false, checkAPIVersion: true, args: ["-O", "program", "-x"],
          env: { HOME: "/here", MINE: "yes" }, jsglobals: { answer: 42, nothing: null }, convertNullToNone: true, packages: ["numpy"],
          fsInit: async (FS, { sitePackages }) => { FS.writeFile(`${sitePackages}/early.py`, "x = 1"); },
          stdout: (line) => seen.push(line), stdin: () => "typed",
        });
        pyodide.runPython("import sys, os, js, early; print(sys.argv, sys.flags.optimize, sys.path[0] == '', os.getcwd(), os.environ['MINE'], js.answer, js.nothing, input())");
        const refused = await failure(() => loadPyodide({ lockFileURL: "x" }));
        show([seen, Object.keys(pyodide.loadedPackages).includes("numpy"), refused.message]);
        """)
    seen, loaded, refused = result
    assert seen == ["['program', '-x'] 1 True /here yes 42 None typed"]
    assert loaded
    assert refused.startswith("loadPyodide cannot take the option lockFileURL: a bundle has one list of packages")


def test_require(node: str, bundle_dir: Path) -> None:
    program = f"""
        const {{ loadPyodide, version }} = require({json.dumps(str(bundle_dir / "pyodide"))});
        loadPyodide().then((pyodide) => console.log(version, pyodide.runPython("1 + 1")));
    """
    done = subprocess.run([node, "-e", program], capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stdout.split()[1:]) == (0, ["2"]), done.stderr


def test_packages(run_js: RunJS) -> None:
    result = run_js(
        LOAD
        + """
        const told = [];
        const options = { messageCallback: (text) => told.push(text), errorCallback: (text) => told.push(`! ${text}`) };
        const data = await pyodide.loadPackage("numpy", options);
        await pyodide.loadPackage(pyodide.toPy(["numpy"]), options);
        const nothing = await pyodide.loadPackagesFromImports("import numpy, sys", options);
        const unknown = await failure(() => pyodide.loadPackage("nonsense+$"));
        show([data.map(({ name, packageType }) => [name, packageType]), told, nothing, unknown.message, pyodide.loadedPackages.numpy]);
        """
    )
    data, told, nothing, unknown, numpy = result
    assert sorted(data) == [[name, "package"] for name in ("libblas", "liblapack", "numpy", "openblas")]
    loading, loaded, last = told
    for text, verb in ((loading, "Loading "), (loaded, "Loaded ")):
        assert text.startswith(verb) and sorted(text.removeprefix(verb).split(", ")) == [
            name for name, _ in sorted(data)
        ]
    assert last == "No new packages to load"
    assert nothing == []
    assert unknown.startswith("No known package with name 'nonsense+$'")
    assert numpy == "default channel"


def test_streams(run_js: RunJS) -> None:
    result = run_js(
        LOAD
        + r"""
        const seen = [];
        const read = (code) => seen.push(pyodide.runPython(`import sys\n${code}`));
        const give = (...pieces) => () => pieces.shift();
        pyodide.setStdin({ stdin: give("one\ntwo", "three", null, "four") });
        read("sys.stdin.read(9)");
        read("sys.stdin.read()");
        read("sys.stdin.read()");
        pyodide.setStdin({ stdin: give(new Uint8Array([97, 98]), new Uint8Array([99])) });
        read("sys.stdin.read(5)");
        read("sys.stdin.read(5)");
        pyodide.setStdin({ stdin: give(new Uint8Array([97, 98]), new Uint8Array([99]), null, "rest"), autoEOF: false });
        read("sys.stdin.read(5)");
        read("sys.stdin.read(3)");
        pyodide.setStdin({ stdin: give(104, 105, 10, 33, null) });
        read("sys.stdin.read()");
        pyodide.setStdin({ error: true });
        read("try:\n  input()\nexcept OSError as error:\n  result = error.errno\nresult");
        class Writer { bytes = []; write(buffer) { this.bytes.push(...buffer); return buffer.length; } isatty = true; }
        const writer = new Writer();
        pyodide.setStdout(writer);
        read("print('hä', end=''); sys.stdout.isatty()");
        seen.push(writer.bytes.length);
        pyodide.runPython("sys.stdout.flush()");
        seen.push(new TextDecoder().decode(new Uint8Array(writer.bytes)));
        pyodide.setStdout({ write: () => {} });
        read("try:\n  print('x', flush=True)\nexcept OSError as error:\n  result = error.errno\nresult");
        show(seen);
        """
    )
    assert result == ["one\ntwo\nt", "hree\n", "four\n", "ab", "c", "abcre", "st\n", "hi\n!", 29, True, 0, "hä", 29]


def test_streams_of_python_functions(run_js: RunJS) -> None:
    code = r"""
import pyodide_js
from pyodide.ffi import create_proxy
lines = []
output = create_proxy(lambda line: lines.append(line))
answer = create_proxy(lambda: f"answer {len(lines)}")
pyodide_js.setStdout(batched=output)
pyodide_js.setStdin(stdin=answer)
print("one")
lines.append(input())
pyodide_js.setStdout()
str(lines)
"""
    assert run_js(LOAD + f"show(pyodide.runPython({json.dumps(code)}))") == "['one', 'answer 1']"


def test_streams_that_are_not_ready(run_js: RunJS) -> None:
    result = run_js(
        LOAD
        + r"""
        let calls = 0;
        pyodide.setStdin({ stdin() { if (++calls < 3) throw { code: "EAGAIN" }; return "ready"; } });
        const answer = pyodide.runPython("input()");
        pyodide.setStdin({ stdin() { throw { code: "EPIPE" }; } });
        show([answer, calls, pyodide.runPython("try: input()\nexcept BrokenPipeError: result = 'closed'\nresult")]);
        """
    )
    assert result == ["ready", 3, "closed"]


def test_literal_maps(run_js: RunJS) -> None:
    result = run_js(
        LOAD
        + r"""
        const python = await loadPyodide({ toJsLiteralMap: true, stdout: out, stderr: out });
        const map = python.runPython("from pyodide.ffi import to_js\nd = {'a': 1, 2: {'b': 3}, 'get': 4}\nd['d'] = d\nto_js(d)");
        const seen = [map.constructor.name, map.a, "a" in map, "2" in map, map.get(2).b, map.get("get"), map.d === map, map.size];
        map.a = 5;
        seen.push(map.get("a"), delete map.a, map.has("a"), Object.keys(map), JSON.stringify(map.get(2)));
        const plain = pyodide.runPython("from pyodide.ffi import to_js\nto_js({'a': 1})");
        show([...seen, plain.constructor.name]);
        """
    )
    assert result == ["LiteralMap", 1, True, False, 3, 4, True, 4, 5, True, False, ["d"], '{"b":3}', "Object"]


def test_promised_input(run_js: RunJS) -> None:
    result = run_js(
        LOAD
        + r"""
        const later = (piece) => new Promise((resolve) => setTimeout(resolve, 5, piece));
        const pieces = ["one", "two\nthree", null];
        pyodide.setStdin({ stdin: () => later(pieces.shift()), isatty: true });
        const code = "import sys\nf'{input()},{input()},{sys.stdin.read()!r}'";
        const waited = "Suspending" in WebAssembly ? await pyodide.runPythonAsync(code) : "one,two,'three\\n'";
        pyodide.setStdin({ stdin: () => later("four") });
        const now = pyodide.runPython("try: input()\nexcept OSError as error: result = error.errno\nresult");
        show([waited, now]);
        """
    )
    assert result == [r"one,two,'three\n'", 29]


def test_an_interrupt_in_a_stream(run_js: RunJS) -> None:
    code = r"""
seen = []
for work in input, print:
    try:
        work()
    except KeyboardInterrupt:
        seen.append("interrupted")
for i in range(100000):
    pass
str(seen)
"""
    result = run_js(
        LOAD
        + f"""
        const buffer = new Uint8Array(1);
        const interrupt = () => {{ buffer[0] = 2; pyodide.checkInterrupt(); }};
        pyodide.setInterruptBuffer(buffer);
        pyodide.setStdin({{ read: interrupt }});
        pyodide.setStdout({{ write: interrupt }});
        const result = pyodide.runPython({json.dumps(code)});
        pyodide.setStdout();
        show(result);
        """
    )
    assert result == "['interrupted', 'interrupted']"


def test_archives(run_js: RunJS, tmp_path: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("unpacked/__init__.py", "value = 7")
    (tmp_path / "archive").write_bytes(content.getvalue())
    result = run_js(
        LOAD
        + f"""
        const fs = await import("node:fs");
        const bytes = fs.readFileSync({json.dumps(str(tmp_path / "archive"))});
        pyodide.unpackArchive(bytes, "zip", {{ extractDir: "/tmp/there" }});
        pyodide.unpackArchive(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length), ".whl");
        const error = await failure(() => pyodide.unpackArchive(bytes, "strange"));
        show([pyodide.runPython("import unpacked; unpacked.value"), pyodide.FS.readdir("/tmp/there"), error.type, error.message.includes("strange")]);
        """
    )
    assert result == [7, [".", "..", "unpacked"], "ValueError", True]


def test_archives_stay_in_their_folder(run_js: RunJS, tmp_path: Path) -> None:
    """A link of a tar archive could lead to a mounted folder of the host, and so could a path through it."""
    outside = tmp_path / "outside"
    outside.mkdir()
    with tarfile.open(tmp_path / "bad.tar", "w") as tar:
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/mnt/outside"
        tar.addfile(link)
        tar.addfile(tarfile.TarInfo("link/evil"))
    for number, path in enumerate(("../evil", "/mnt/outside/evil", "..\\evil", "C:/evil")):
        with zipfile.ZipFile(tmp_path / f"bad{number}-1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr("bad.py", "")
            wheel.writestr(path, "")
    result = run_js(
        LOAD
        + f"""
        const fs = await import("node:fs");
        const folder = {json.dumps(str(tmp_path))};
        pyodide.mountNodeFS("/mnt/outside", folder + "/outside");
        const tar = await failure(() => pyodide.unpackArchive(fs.readFileSync(folder + "/bad.tar"), "tar", {{ extractDir: "/tmp/tar" }}));
        const said = [];
        for (let number = 0; number < 4; number++) {{
          const name = `bad${{number}}-1.0-py3-none-any.whl`;
          const archives = pyodide.pyimport("pyodide._archives");
          const error = await failure(() => archives.install_wheel(fs.readFileSync(`${{folder}}/${{name}}`), name));
          said.push(`${{error.type}} ${{error.message.trim().split("\\n").at(-1)}}`);
        }}
        show([tar.type, said, pyodide.runPython("import importlib.util; importlib.util.find_spec('bad') is None")]);
        """
    )
    assert "Link" in result[0]
    for number, said in enumerate(result[1]):
        assert f"bad{number}-1.0-py3-none-any.whl has" in said and "not below its folder" in said
    assert result[2] is True
    assert not list(outside.iterdir())


def test_mount_node_fs(run_js: RunJS, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("from here")
    result = run_js(
        LOAD
        + f"""
        pyodide.mountNodeFS("/mnt/here", {json.dumps(str(tmp_path))});
        const text = pyodide.runPython("open('/mnt/here/new', 'w').write('from there'); open('/mnt/here/file').read()");
        const again = await failure(() => pyodide.mountNodeFS("/mnt/here", "/tmp"));
        const relative = await failure(() => pyodide.mountNodeFS("here", "/tmp"));
        const native = await failure(() => pyodide.mountNativeFS("/mnt/native", {{}}));
        show([text, again.message, relative.message.includes("absolute"), native.name]);
        """
    )
    assert result == ["from here", "/mnt/here is already a mount point", True, "TypeError"]
    assert (tmp_path / "new").read_text() == "from there"


def test_what_test_suites_use(run_js: RunJS) -> None:
    result = run_js(
        LOAD
        + """
        const state = pyodide._api.saveState();
        pyodide.registerJsModule("mine", { x: 1 });
        pyodide.runPython("import mine; new_name = mine.x");
        pyodide._api.restoreState(state);
        const gone = await failure(() => pyodide.runPython("new_name"));
        const unknown = await failure(() => pyodide.runPython("import mine"));
        pyodide.canvas.setCanvas2D("canvas");
        const canvas = pyodide._module.canvas;
        pyodide.canvas.unregisterCanvas();
        const before = pyodide._module.pyproxy_alloc_map.size;
        const proxy = pyodide.runPython("[1]");
        const during = pyodide._module.pyproxy_alloc_map.size;
        proxy.destroy();
        show([gone.type, unknown.type, canvas, pyodide.canvas.getCanvas3D() ?? null, pyodide._module._PyErr_Occurred(), during - before,
              typeof pyodide._module.hiwire.num_keys(), pyodide.setDebug(true), pyodide.setDebug(false),
              pyodide._module.API.config.indexURL === new URL(baseURL).pathname, pyodide._api.pyVersionTuple.join(".") === version]);
        """
    )
    assert result == ["NameError", "ModuleNotFoundError", "canvas", None, 0, 1, "number", False, True, True, True]


def test_former_names(run_js: RunJS) -> None:
    result = run_js(
        LOAD
        + """
        const proxy = pyodide.runPython("from pyodide import create_proxy, eval_code, open_url; [eval_code('1 + 1')]");
        const kinds = [proxy, {}, 1].map((value) => pyodide.isPyProxy(value));
        show([proxy.get(0), kinds, (await failure(() => pyodide.runPython("from pyodide import nothing"))).type]);
        proxy.destroy();
        """
    )
    assert result == [2, [True, False, False], "ImportError"]


def test_console(run_js: RunJS) -> None:
    result = run_js("""
        const python = await loadPython(quiet);
        const value = await python.runPythonAsync(`
            from pyodide.console import PyodideConsole, repr_shorten
            console = PyodideConsole()
            console.push("import numpy as np")
            repr_shorten(await console.push("np.arange(3).sum()")), console.complete("np.ara")[0]
        `);
        show(value.toJs());
        """)
    assert result == ["np.int32(3)", ["np.arange("]]


def test_wrappers(run_js: RunJS) -> None:
    result = run_js(
        LOAD
        + """
        globalThis.target = new EventTarget();
        const before = pyodide._module.pyproxy_alloc_map.size;
        await pyodide.runPythonAsync(`
            import asyncio
            from js import Event, target
            from pyodide.ffi.wrappers import *
            happened = []
            def listener(event):
                happened.append(event.type)
            add_event_listener(target, "ping", listener)
            target.dispatchEvent(Event.new("ping"))
            remove_event_listener(target, "ping", listener)
            target.dispatchEvent(Event.new("ping"))
            set_timeout(lambda: happened.append("timeout"), 1)
            clear_timeout(set_timeout(lambda: happened.append("never"), 5))
            interval = set_interval(lambda: happened.append("interval"), 1)
            while "interval" not in happened or "timeout" not in happened:
                await asyncio.sleep(0.01)
            clear_interval(interval)
            count = len(happened)
            await asyncio.sleep(0.05)
            happened = [sorted(set(happened)), len(happened) == count]
        `);
        const happened = pyodide.globals.get("happened");
        show(happened.toJs());
        """
    )
    assert result == [["interval", "ping", "timeout"], True]


def test_network_needs_a_way_to_wait(run_js: RunJS) -> None:
    """Node without Promise Integration can wait for no server."""
    result = run_js(
        LOAD
        + """
        const error = await failure(() => pyodide.runPython(`
            import urllib.request
            urllib.request.urlopen("http://127.0.0.1:9/")
        `));
        const sockets = await failure(() => pyodide.runPython("import socket; socket.socket().connect(('127.0.0.1', 9))"));
        show([error.message, sockets.type, sockets.message]);
        """
    )
    assert "Use 'await pyodide.http.pyfetch(...)'" in result[0]
    assert result[1] == "OSError"
    assert "js.WebSocket" in result[2]


@pytest.mark.parametrize("again", [False, True])
def test_ctrl_c(prefix: Path, again: bool) -> None:
    """The first raises KeyboardInterrupt; a program that does not take it is ended by the second."""
    program = (
        "import sys\ntry:\n  print('ready', flush=True)\n  while True: pass\nexcept KeyboardInterrupt:\n  sys.exit(5)"
    )
    if again:  # waits in the system for a line of input, where no signal is looked for
        program = "print('ready', flush=True); input()"
    process = subprocess.Popen(
        [str(prefix / "bin/python"), "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    for _ in range(1 + again):
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)
    process.communicate(timeout=60)
    assert process.returncode == (130 if again else 5)
