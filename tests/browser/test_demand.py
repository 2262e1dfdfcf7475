"""Imports that load what they need: from where they can, what they load, and what they leave."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import environments
import pytest
from flaky import FlakyHost, flaky_host
from playwright.sync_api import Page
from test_runtime import IN_PAGE, IN_WORKER, PRELUDE

from wasmforge.bundle.bundle import bundle
from wasmforge.bundle.compression import Compression

# A try-out of each way to import, which gives the sum 21 or the error's text. Where the program that JavaScript runs
# says nothing of the import (importlib, exec) only the import itself can load.
WAYS = {
    "script": "await python.runPythonAsync('import numpy as np\\nint(np.arange(7).sum())')",
    "function": "await python.runPythonAsync('def f():\\n  import numpy as np\\n  return int(np.arange(7).sum())\\nf()')",
    "importlib": "await python.runPythonAsync('import importlib\\nint(importlib.import_module(\"numpy\").arange(7).sum())')",
    "repl": """await python.runPythonAsync(`
from pyodide.console import PyodideConsole
console = PyodideConsole()
await console.push("import numpy as np")
await console.push("int(np.arange(7).sum())")
`)""",
    "runPython": "python.runPython('import numpy as np\\nint(np.arange(7).sum())')",
}
# (place, JSPI) -> the ways that cannot work: the page's main thread must not stand still for a download.
REFUSED = {
    ("page", True): {"runPython"},
    ("page", False): {"importlib", "runPython"},
    ("worker", True): set(),
    ("worker", False): set(),
}
COUNTING = """
const fetched = [];
const plainFetch = globalThis.fetch;
globalThis.fetch = (url, ...rest) => (fetched.push(new URL(url, baseURL).pathname.slice(1)), plainFetch(url, ...rest));
"""

Run = Callable[..., Any]


@pytest.fixture
def host(bundle_dir: Path) -> Iterator[FlakyHost]:
    with flaky_host(bundle_dir) as host:
        yield host


def run(page: Page, host: FlakyHost, body: str, *, place: str = "page", jspi: bool = True) -> Any:
    """Run JavaScript that sees loadPython and, of the files that it fetches, `fetched`."""
    # Any document of the same origin will do.
    page.goto(host.url + "manifest.json")
    page.set_default_timeout(120_000)
    prelude = ("" if jspi else "delete WebAssembly.Suspending;\n") + PRELUDE % json.dumps(host.url) + COUNTING
    return page.evaluate(IN_PAGE if place == "page" else IN_WORKER, prelude + body)


@pytest.mark.parametrize("jspi", [True, False], ids=["jspi", "plain"])
@pytest.mark.parametrize("place", ["page", "worker"])
def test_ways_to_import(page: Page, host: FlakyHost, place: str, jspi: bool) -> None:
    attempts = "\n".join(
        f"""
        {{
          const python = await loadPython(quiet);
          try {{ found[{json.dumps(way)}] = {call}; }}
          catch (error) {{ found[{json.dumps(way)}] = `${{error.type}} ${{error.message}}`; }}
        }}"""
        for way, call in WAYS.items()
    )
    body = f"const found = {{}};\n{attempts}\nreturn [found, 'Suspending' in WebAssembly];"
    found, suspends = run(page, host, body, place=place, jspi=jspi)
    if suspends != jspi:
        pytest.skip("this browser cannot suspend WebAssembly")
    refused = REFUSED[place, jspi]
    assert {way: result for way, result in found.items() if way not in refused} == dict.fromkeys(
        WAYS.keys() - refused, 21
    )
    for way in refused:
        assert found[way].startswith("ModuleNotFoundError"), (way, found[way])
        assert "package numpy" in found[way] and 'await loadPackage("numpy")' in found[way]


@pytest.mark.parametrize("jspi", [True, False], ids=["jspi", "plain"])
def test_two_programs_that_import_the_same_share_its_files(page: Page, host: FlakyHost, jspi: bool) -> None:
    body = """
        const python = await loadPython(quiet);
        fetched.length = 0;
        const programs = ["import numpy as np\\nint(np.arange(7).sum())", "from numpy import ma\\nint(ma.arange(7).sum())"];
        const values = await Promise.all(programs.map((program) => python.runPythonAsync(program, { globals: python.toPy({}) })));
        const same = python.runPython("import sys, numpy\\nsys.modules['numpy'] is numpy and numpy.ma.core.np is numpy");
        return [values, same, fetched];
    """
    values, same, fetched = run(page, host, body, jspi=jspi)
    assert (values, same) == ([21, 21], True)
    assert any("/numpy-" in file for file in fetched)
    assert sorted(fetched) == sorted(set(fetched)), "a file was fetched twice"


# ---- what is only tried ----

PURE = {
    # looks for what it does not need, as libraries do
    "looker": (
        "try:\n    import numpy\nexcept ImportError:\n    numpy = None\n"
        "def use():\n    import numpy\n    return int(numpy.arange(7).sum())\n",
        (),
    ),
    # needs it, and tells by itself that it is not there
    "user": ("try:\n    import numpy\nexcept ImportError:\n    numpy = None\n", ("numpy",)),
}


def add_package(prefix: Path, name: str, source: str, depends: tuple[str, ...]) -> None:
    """Install a package of one module into a prefix."""
    path = f"lib/python3.13/site-packages/{name}.py"
    (prefix / path).write_text(source)
    digest = hashlib.sha256(source.encode()).hexdigest()
    paths = [{"_path": path, "path_type": "hardlink", "sha256": digest, "sha256_in_prefix": digest}]
    record = {
        "name": name, "version": "1.0", "build": "py_0", "subdir": "noarch", "depends": list(depends),
        "paths_data": {"paths_version": 1, "paths": paths},
    }  # fmt: skip
    (prefix / f"conda-meta/{name}-1.0-py_0.json").write_text(json.dumps(record))


@pytest.fixture(scope="module")
def pure_host(prefix: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlakyHost]:
    """Serves a bundle that has the packages of PURE, too."""
    folder = tmp_path_factory.mktemp("pure")
    shutil.copytree(prefix, folder / "prefix", symlinks=True)
    for name, (source, depends) in PURE.items():
        add_package(folder / "prefix", name, source, depends)
    bundle(folder / "prefix", folder / "bundle", compression=Compression.NONE)
    with flaky_host(folder / "bundle") as host:
        yield host


def test_a_library_that_tries_another_does_not_load_it(page: Page, pure_host: FlakyHost) -> None:
    body = """
        const python = await loadPython(quiet);
        const names = () => Object.keys(python.loadedPackages).sort();
        const tried = await python.runPythonAsync("import looker\\nlooker.numpy is None");
        const before = names();
        const used = await python.runPythonAsync("looker.use()");
        return [tried, before, used, names().includes("numpy")];
    """
    assert run(page, pure_host, body) == [True, ["looker"], 21, True]


def test_a_library_that_tries_what_it_depends_on_gets_it(page: Page, pure_host: FlakyHost) -> None:
    body = "return (await loadPython(quiet)).runPythonAsync('import user\\nint(user.numpy.arange(7).sum())');"
    assert run(page, pure_host, body) == 21


def test_a_program_that_tries_a_package_gets_it(page: Page, pure_host: FlakyHost) -> None:
    program = "try:\n  import numpy\nexcept ImportError:\n  numpy = None\nint(numpy.arange(7).sum())"
    body = f"return (await loadPython(quiet)).runPythonAsync({json.dumps(program)});"
    assert run(page, pure_host, body) == 21


# ---- parts of packages ----


@pytest.fixture(scope="module")
def large_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlakyHost]:
    folder = tmp_path_factory.mktemp("large")
    prefix = environments.create(folder / "prefix", ["python", "scipy", "pandas", "matplotlib"], [])
    bundle(prefix, folder / "bundle", compression=Compression.NONE)
    with flaky_host(folder / "bundle") as host:
        yield host


def read_index(folder: Path) -> dict[str, Any]:
    manifest = json.loads((folder / "manifest.json").read_text())
    index: dict[str, Any] = json.loads((folder / manifest["index"]["file"]).read_text())
    return index


def test_a_part_of_scipy_leaves_the_others(page: Page, large_host: FlakyHost) -> None:
    large_host.requests.clear()
    body = """
        const program = "from scipy import optimize\\nround(optimize.brentq(lambda x: x * x - 2, 0, 2), 6)";
        return (await loadPython(quiet)).runPythonAsync(program);
    """
    assert run(page, large_host, body) == 1.414214
    index = read_index(large_host.folder)
    sent = {request.file for request in large_host.requests}
    for name in ("scipy.stats", "scipy.signal", "scipy.ndimage", "scipy.io"):
        part = next(part for part in index["parts"] if name in part["modules"])
        assert part["archive"]["file"] not in sent, name
    part = next(part for part in index["parts"] if "scipy.optimize" in part["modules"])
    assert part["archive"]["file"] in sent
    others = [
        one["file"] for one in index["modules"] if one.get("name", "").startswith(("scipy.stats.", "scipy.signal."))
    ]
    assert others and not sent & set(others)
    assert not sent & {store["file"] for part in index["parts"] for store in part.get("late", ())}


def test_sources_come_with_a_traceback_through_them(page: Page, large_host: FlakyHost) -> None:
    part = next(part for part in read_index(large_host.folder)["parts"] if "pandas" in part["modules"])
    large_host.requests.clear()
    body = """
        const python = await loadPython(quiet);
        await python.runPythonAsync("import pandas as pd\\npd.DataFrame({'a': [1, 2]}).sum()");
        await fetch(baseURL + "pyodide-lock.json?between");
        const error = await failure(() => python.runPythonAsync("pd.DataFrame({'a': [1]})['b']"));
        return error.message;
    """
    message = run(page, large_host, body)
    assert "KeyError: 'b'" in message and "return self._engine.get_loc(casted_key)" in message
    asked = [request.file for request in large_host.requests]
    sources = part["late"][0]["file"]
    assert sources not in asked[: asked.index("pyodide-lock.json")]
    assert sources in asked[asked.index("pyodide-lock.json") :]


def test_a_real_library_that_tries_another(page: Page, large_host: FlakyHost) -> None:
    """fontTools would use SciPy for its check of interpolation, and has a way without."""
    body = """
        const python = await loadPython(quiet);
        await python.runPythonAsync("import fontTools.varLib.interpolatableHelpers");
        return Object.keys(python.loadedPackages);
    """
    loaded = run(page, large_host, body)
    assert "fonttools" in loaded and "scipy" not in loaded
