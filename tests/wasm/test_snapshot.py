"""Snapshots: Python that goes on from where it was after some imports, and snapshots that cannot be taken."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import environments
import pytest

from wasmforge.bundle.bundle import bundle
from wasmforge.bundle.compression import Compression
from wasmforge.bundle.rules import Options
from wasmforge.bundle.sizes import snapshot_sizes
from wasmforge.common.errors import WasmforgeError

# A package whose modules cannot be in a snapshot, each for a reason of its own.
UNFIT = {
    "failing": "raise ValueError('not today')",
    "opening": "kept = open(__file__)",
    "holding": "from js import Object as kept",
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return environments.create(tmp_path_factory.mktemp("snapshot") / "prefix", ["python", "numpy", "contourpy"], [])


@pytest.fixture(scope="module")
def folder(small: Path) -> Path:
    """A bundle with a snapshot of Python alone and one of NumPy."""
    folder = small.parent / "bundle"
    bundle(small, folder, options=Options(snapshots=((), ("numpy",))), compression=Compression.NONE)
    return folder


@pytest.mark.parametrize(
    ("options", "goes_on"),
    [
        ({"imports": ["numpy"]}, True),
        ({"imports": ["numpy.fft", "json"]}, True),  # which imports numpy, too
        ({}, False),
        ({"imports": ["json"]}, False),
        ({"imports": ["numpy"], "snapshot": False}, False),
        ({"imports": ["numpy"], "args": ["-X", "utf8"]}, False),
        ({"imports": ["numpy"], "env": {"PYTHONHASHSEED": "1"}}, False),
    ],
)
def test_a_snapshot_is_used_where_it_fits(run_js, folder: Path, options: dict, goes_on: bool) -> None:
    code = f"""
    const python = await loadPython({{ ...quiet, ...{json.dumps(options)} }});
    show(python.runPython("import sys; 'numpy' in sys.modules"));
    show(await python.runPythonAsync("import numpy as np; float(np.linalg.det(np.array([[2., 1.], [1., 3.]])))"));
    """
    there, determinant = run_js(code, folder)
    assert there == goes_on
    assert determinant == pytest.approx(5)


def test_what_was_imported_and_what_was_not(run_js, folder: Path) -> None:
    """Side modules of the snapshot and others, which throw and catch, find each other."""
    code = """
    const python = await loadPython({ ...quiet, imports: ["numpy"] });
    await python.runPythonAsync(`
import numpy as np, numpy.fft, numpy.random, contourpy
results = [
    float(np.abs(np.fft.fft(np.ones(8)))[0]),
    len(numpy.random.default_rng(1).integers(0, 9, 5)),
    len(contourpy.contour_generator(z=[[0, 1], [1, 2]]).lines(0.5)),
]
for attempt in lambda: np.linalg.inv(np.zeros((2, 2))), lambda: contourpy.contour_generator(z=[1, 2]), lambda: 1 / 0:
    try:
        attempt()
    except Exception as error:
        results.append(type(error).__name__)
`);
    show(python.globals.get("results").toJs());
    """
    assert run_js(code, folder) == [8.0, 5, 1, "LinAlgError", "TypeError", "ZeroDivisionError"]


def test_sources_and_data_are_there(run_js, folder: Path) -> None:
    code = """
    const python = await loadPython({ ...quiet, imports: ["numpy"] });
    const error = await failure(() => python.runPython("import numpy as np; np.linalg.inv(np.zeros((2, 2)))"));
    show(error.message.includes('raise LinAlgError("Singular matrix")'));
    show(python.runPython("import inspect, numpy; inspect.getsource(numpy.matrixlib.defmatrix._convert_from_string).splitlines()[0]"));
    show(python.runPython("import importlib.metadata; importlib.metadata.version('numpy') == numpy.__version__"));
    """
    assert run_js(code, folder) == [True, "def _convert_from_string(data):", True]


def test_each_page_has_its_own_surroundings(run_js, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    code = """
    const python = await loadPython({ ...quiet, imports: ["numpy"], env: { MINE: "yes", HOME: "/tmp" } });
    show(python.runPython(`
import os, random, sys, time
import numpy as np
[
    os.environ["MINE"], os.environ["HOME"], os.environ.get("PYTHONHASHSEED", ""), "PATH" in os.environ,
    time.timezone, time.tzname[0], time.localtime(0).tm_hour, abs(time.time() - ${Date.now() / 1000}) < 60,
    random.random(), np.random.rand(), sys.flags.hash_randomization,
]`).toJs());
    """
    first, second = run_js(code, folder), run_js(code, folder)
    assert first[:8] == ["yes", "/tmp", "", True, -9 * 3600, "+09", 9, True]
    assert first[8] != second[8]
    assert first[9] != second[9]
    assert first[10] == 1


def test_python_alone(run_js, folder: Path) -> None:
    """Nothing that says it was used is seen but the file, without which Python starts only if it is told to."""
    record = next(
        record for record in json.loads((folder / "manifest.json").read_text())["snapshots"] if not record["imports"]
    )
    copy = folder.with_name("without")
    shutil.copytree(folder, copy, copy_function=os.link)
    (copy / record["file"]).unlink()
    code = """
    const error = await failure(() => loadPython(quiet));
    show([error.name, error.file]);
    show((await loadPython({ ...quiet, snapshot: false })).runPython("6 * 7"));
    """
    assert run_js(code, copy) == [["LoadError", record["file"]], 42]
    assert run_js("show((await loadPython(quiet)).runPython('6 * 7'))", folder) == 42


def test_sizes(folder: Path) -> None:
    sizes = snapshot_sizes(folder)
    assert list(sizes) == ["Python", "numpy"]
    assert 2_000_000 < sizes["Python"] < sizes["numpy"]


def test_offline_visits_have_it(small: Path, tmp_path: Path) -> None:
    bundle(
        small, tmp_path / "bundle", options=Options(offline=True, snapshots=(("numpy",),)), compression=Compression.NONE
    )
    record = json.loads((tmp_path / "bundle/manifest.json").read_text())["snapshots"][0]
    assert json.dumps(record["file"]) in (tmp_path / "bundle/service-worker.js").read_text()


def test_the_command_says_what_failed(small: Path, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "wasmforge",
        "bundle",
        str(small),
        "-o",
        str(tmp_path / "bundle"),
        "--snapshot",
        "numpy,missing",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "a snapshot with numpy, missing could not be taken" in " ".join(done.stderr.split())
    assert "No module named 'missing'" in " ".join(done.stderr.split())
    assert not any(tmp_path.iterdir())


def test_the_same_prefix_gives_the_same_snapshot(small: Path, folder: Path) -> None:
    again = folder.with_name("again")
    bundle(small, again, options=Options(snapshots=((), ("numpy",))), compression=Compression.NONE)
    assert (again / "manifest.json").read_bytes() == (folder / "manifest.json").read_bytes()


@pytest.mark.parametrize(
    ("module", "says"),
    [
        ("failing", "ValueError: not today"),
        ("opening", "has left a file open: /lib/python3.13/site-packages/opening.py"),
        ("holding", "No module named 'js'"),
        ("missing", "No module named 'missing'"),
    ],
)
def test_what_no_snapshot_can_keep(small: Path, tmp_path: Path, module: str, says: str) -> None:
    copy = tmp_path / "prefix"
    shutil.copytree(small, copy, symlinks=True, copy_function=os.link)
    record = json.loads((path := next((copy / "conda-meta").glob("contourpy-*.json"))).read_text())
    for name, source in UNFIT.items():
        file = f"lib/python3.13/site-packages/{name}.py"
        (copy / file).write_text(source)
        record["paths_data"]["paths"].append({"_path": file, "path_type": "hardlink"})
        record["files"].append(file)
    path.unlink()  # it is the other prefix's, too
    path.write_text(json.dumps(record))
    out = tmp_path / "bundle"
    with pytest.raises(WasmforgeError, match=f"a snapshot with {module} could not be taken") as caught:
        bundle(copy, out, options=Options(snapshots=((module,),)), compression=Compression.NONE)
    assert says in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["prefix"]


def test_interpreters_of_a_snapshot_are_freed(run_js, folder: Path) -> None:
    code = """
    const dropped = [];
    const once = async () => {
      const python = await loadPython({ ...quiet, imports: ["numpy"] });
      python.runPython("import numpy");
      dropped.push(new WeakRef(python.FS));
    };
    for (let i = 0; i < 4; i++) {
      await once();
      for (let j = 0; j < 5; j++) { gc(); await new Promise((resolve) => setTimeout(resolve, 20)); }
    }
    show(dropped.filter((ref) => ref.deref()).length);
    """
    # The engine may still hold the last one in a register or a stack slot.
    assert run_js(code, folder, options=("--expose-gc",)) <= 1
