"""loadPython under node: starting, refusing what is damaged, trying again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest


def wasm_of(folder: Path) -> Path:
    return folder / json.loads((folder / "manifest.json").read_text())["runtime"]["wasm"]["file"]


def glue_of(folder: Path) -> Path:
    return folder / json.loads((folder / "manifest.json").read_text())["runtime"]["glue"]["file"]


def archive_of(folder: Path) -> Path:
    return folder / json.loads((folder / "manifest.json").read_text())["base"]["python"]["file"]


def manifest_of(folder: Path) -> Path:
    return folder / "manifest.json"


def remove(path: Path) -> None:
    path.unlink()


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def lengthen(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b" ")


def change(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("which", [wasm_of, glue_of, archive_of])
@pytest.mark.parametrize(
    ("damage", "says"),
    [(remove, "is missing"), (truncate, "is truncated"), (lengthen, "is not the bundle's"), (change, "is damaged")],
)
def test_a_damaged_file_is_named(
    run_js, damaged: Path, which: Callable[[Path], Path], damage: Callable[[Path], None], says: str
) -> None:
    file = which(damaged)
    damage(file)
    name = str(file.relative_to(damaged))
    error = run_js("const e = await failure(() => loadPython(quiet)); show([e.name, e.message, e.file])", damaged)
    assert error[0] == "LoadError"
    assert error[1].startswith(f"{name} {says}")
    assert error[2] == name


@pytest.mark.parametrize("damage", [remove, truncate])
def test_a_damaged_manifest_is_named(run_js, damaged: Path, damage: Callable[[Path], None]) -> None:
    damage(manifest_of(damaged))
    error = run_js("const e = await failure(() => loadPython(quiet)); show([e.name, e.message])", damaged)
    assert error[0] == "LoadError"
    assert error[1].startswith("manifest.json ")


def test_a_manifest_of_another_format_is_refused(run_js, damaged: Path) -> None:
    manifest = json.loads(manifest_of(damaged).read_text())
    manifest_of(damaged).write_text(json.dumps({**manifest, "format": 1}))
    error = run_js("const e = await failure(() => loadPython(quiet)); show(e.message)", damaged)
    assert "format 1" in error


def test_a_failed_load_can_be_tried_again(run_js, damaged: Path) -> None:
    glue = glue_of(damaged)
    whole = glue.read_bytes()
    truncate(glue)
    (damaged / "whole").write_bytes(whole)
    code = f"""
        import fs from "node:fs";
        const first = await failure(() => loadPython(quiet));
        fs.copyFileSync({json.dumps(str(damaged / "whole"))}, {json.dumps(str(glue))});
        const python = await loadPython(quiet);
        show([first.name, python.runPython("6 * 7")]);
    """
    assert run_js(code, damaged) == ["LoadError", 42]


def test_an_aborted_load_can_be_tried_again(run_js) -> None:
    code = """
        const controller = new AbortController();
        const onProgress = ({ loaded }) => { if (loaded > 1e6) controller.abort(); };
        const first = await failure(() => loadPython({ ...quiet, signal: controller.signal, onProgress }));
        const again = await failure(() => loadPython({ ...quiet, signal: AbortSignal.abort() }));
        show([first.name, again.name, (await loadPython(quiet)).runPython("1 + 1")]);
    """
    assert run_js(code) == ["AbortError", "AbortError", 2]


def test_an_old_engine_is_told_what_it_lacks(run_js) -> None:
    code = """
        const validate = WebAssembly.validate;
        WebAssembly.validate = (bytes) => !bytes.includes(0xfd) && validate(bytes);
        const simd = await failure(() => loadPython(quiet));
        delete globalThis.WebAssembly;
        const none = await failure(() => loadPython(quiet));
        show([simd.name, simd.message, none.name, none.message]);
    """
    simd, simd_message, none, none_message = run_js(code)
    assert (simd, none) == ("LoadError", "LoadError")
    assert "too old" in simd_message and simd_message.endswith("it lacks WebAssembly SIMD.")
    assert "has no WebAssembly" in none_message


def test_progress_reaches_the_size_of_every_file(run_js, bundle_dir: Path) -> None:
    code = """
        const last = {};
        let phases = new Set();
        const onProgress = ({ phase, name, loaded, total }) => {
          phases.add(phase);
          if (phase === "fetch") last[name] = [loaded, total];
        };
        await loadPython({ ...quiet, onProgress });
        show([last, [...phases]]);
    """
    last, phases = run_js(code)
    assert phases == ["fetch", "start"]
    for file in (wasm_of(bundle_dir), glue_of(bundle_dir), archive_of(bundle_dir)):
        assert last[str(file.relative_to(bundle_dir))] == [file.stat().st_size] * 2


def test_two_interpreters_are_independent(run_js) -> None:
    code = """
        const [a, b] = await Promise.all([loadPython(quiet), loadPython(quiet)]);
        a.runPython("x = 1");
        show(b.runPython("'x' in globals()"));
    """
    assert run_js(code) is False


def test_options_reach_python(run_js) -> None:
    code = """
        const python = await loadPython({ ...quiet, env: { SOME: "value" }, args: ["prog", "a b"], stdin: () => "typed" });
        show(python.runPython("import os, sys; '|'.join([os.environ['SOME'], *sys.argv, input(), sys.prefix])"));
    """
    assert run_js(code) == "value|prog|a b|typed|/"


def test_a_worker_thread_can_load(run_js) -> None:
    code = """
        import { Worker } from "node:worker_threads";
        const source = `import { parentPort } from "node:worker_threads";
          const { loadPython } = await import(${JSON.stringify(baseURL + "bootstrap.mjs")});
          parentPort.postMessage((await loadPython()).runPython("2 ** 70"));`;
        const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`));
        show(await new Promise((resolve, reject) => worker.on("message", resolve).on("error", reject)));
    """
    assert run_js(code) == f"{2**70}n"


def test_packages_load_with_what_they_depend_on(run_js, prefix: Path) -> None:
    if not (prefix / "lib/python3.13/site-packages/numpy").is_dir():
        pytest.skip("the prefix has no numpy")
    code = """
        const python = await loadPython(quiet);
        const unknown = await failure(() => python.loadPackage("no-such-package"));
        const program = "import numpy as np\\nround(float(np.linalg.det(np.eye(3) * 2)), 9)";
        await Promise.all([python.loadPackagesFromImports(program), python.loadPackage(["numpy"])]);
        show([unknown.name, python.runPython(program), Object.keys(python.loadedPackages).includes("numpy")]);
        const other = await loadPython({ ...quiet, packages: ["numpy"] });
        show(other.runPython("import numpy; int(numpy.arange(10).sum())"));
    """
    assert run_js(code) == [["LoadError", 8, True], 45]


def test_an_import_loads_what_it_needs(run_js) -> None:
    code = """
        const seen = new Set();
        const python = await loadPython({ ...quiet, onProgress: ({ name, loaded, total }) => loaded === total && seen.add(name) });
        const before = seen.size;
        const value = await python.runPythonAsync("def f():\\n    import numpy.fft\\n    return numpy.fft.fft([1, 1]).tolist()[0].real\\nf()");
        show([value, Object.keys(python.loadedPackages).includes("numpy"), seen.size > before]);
    """
    # What a function imports is fetched at once, since node can; its transfers are not counted.
    assert run_js(code)[:2] == [2, True]


def test_a_library_that_is_loaded_whole_needs_nothing_more(run_js) -> None:
    code = """
        const python = await loadPython(quiet);
        await python.loadPackage("numpy");
        const folders = "import os, numpy\\nsorted(f for f in os.listdir(os.path.dirname(numpy.__file__)) if '.' not in f)";
        const seen = python.runPython(`${folders}.count("fft"), os.path.exists(os.path.join(os.path.dirname(numpy.__file__), "f2py"))`);
        show(seen.toJs());
    """
    assert run_js(code) == [1, True]


def test_data_makes_no_package_of_its_folder(run_js) -> None:
    """A folder that is there, without its __init__, would be taken for a namespace package."""
    code = """
    const python = await loadPython({ ...quiet, imports: ["numpy"] });
    show(python.runPython("import numpy, email, tomllib, venv; [email.__file__, tomllib.loads('a = 1')['a'], venv.__file__]").toJs());
    """
    assert run_js(code) == ["/lib/python3.13/email/__init__.pyc", 1, "/lib/python3.13/venv/__init__.pyc"]


# A second rejection that nothing handles ends node with exit code 1, which run_js finds.
FAILURES = {
    "an unknown package": "{ packages: ['nope'] }",
    "two unknown packages": "{ packages: ['nope', 'neither'] }",
    "a known and an unknown package": "{ packages: ['numpy', 'nope'], complete: true }",
    "a missing folder": "{ baseURL: baseURL + 'nowhere/' }",
    "a failing hook": "{ fsInit: async () => { throw new Error('no'); } }",
    "a hook that fails at once": "{ fsInit: () => { throw new Error('no'); }, packages: ['numpy'] }",
    "a failing progress hook": "{ onProgress: () => { throw new Error('no'); }, packages: ['numpy'] }",
    "an aborted signal": "{ signal: AbortSignal.abort(), packages: ['numpy'] }",
    "a signal aborted meanwhile": "{ signal: AbortSignal.timeout(1), packages: ['numpy'], complete: true }",
}


@pytest.mark.parametrize("options", FAILURES.values(), ids=FAILURES.keys())
def test_a_failure_is_reported_once(run_js, options: str) -> None:
    code = """
        const error = await failure(() => loadPython({ ...quiet, ...%s }));
        await new Promise((resolve) => setTimeout(resolve, 500));
        show(error !== undefined);
    """
    assert run_js(code % options) is True


@pytest.mark.parametrize("which", [wasm_of, glue_of, archive_of, manifest_of])
def test_a_missing_file_is_reported_once(run_js, damaged: Path, which: Callable[[Path], Path]) -> None:
    which(damaged).unlink()
    code = """
        const error = await failure(() => loadPython({ ...quiet, packages: ["nope", "numpy"] }));
        await new Promise((resolve) => setTimeout(resolve, 500));
        show(error.name);
    """
    assert run_js(code, damaged) == "LoadError"
