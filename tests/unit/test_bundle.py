"""bundle: what is refused, and what a bundle consists of."""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import io
import json
import marshal
import os
import tarfile
from pathlib import Path

import brotli
import pytest
from rich.console import Console

from wasmforge.bundle.bundle import bundle
from wasmforge.bundle.output import LIST
from wasmforge.bundle.rules import Options
from wasmforge.bundle.sizes import package_sizes
from wasmforge.common.errors import UsageError, WasmforgeError
from wasmforge.common.progress import Reporter

WASM = b"\0asm\x01\0\0\0"


def dylink_needs(library: str) -> bytes:
    """The custom section that says which library a side module needs."""
    name = library.encode()
    needed = bytes([1, len(name)]) + name
    body = b"\x08dylink.0" + bytes([2, len(needed)]) + needed
    return bytes([0, len(body)]) + body


class Prefix:
    """An installed prefix, made of files that need not work."""

    def __init__(self, path: Path) -> None:
        self.path = path
        (path / "conda-meta").mkdir(parents=True)

    def install(
        self,
        name: str,
        files: dict[str, bytes],
        *,
        subdir: str = "emscripten-wasm32",
        depends: tuple[str, ...] = (),
        version: str = "1.0",
    ) -> None:
        paths = []
        for path, data in files.items():
            target = self.path / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
            digest = hashlib.sha256(data).hexdigest()
            paths.append({"_path": path, "path_type": "hardlink", "sha256": digest, "sha256_in_prefix": digest})
        self.record(name, paths, subdir=subdir, depends=depends, version=version)

    def record(
        self, name: str, paths: list[dict[str, object]], *, subdir: str, depends: tuple[str, ...], version: str
    ) -> None:
        record = {
            "name": name, "version": version, "build": "h0_0", "subdir": subdir, "depends": list(depends),
            "paths_data": {"paths_version": 1, "paths": paths},
        }  # fmt: skip
        (self.path / f"conda-meta/{name}-{version}-h0_0.json").write_text(json.dumps(record))


PYC = importlib.util.MAGIC_NUMBER + bytes(12) + marshal.dumps(compile("1", "x", "exec"))
STDLIB = "lib/python3.13"


def with_python(path: Path) -> Prefix:
    prefix = Prefix(path)
    prefix.install(
        "python",
        {
            f"{STDLIB}/os.py": b"source",
            f"{STDLIB}/__pycache__/os.cpython-313.pyc": PYC,
            f"{STDLIB}/email/__init__.py": b"source",
            f"{STDLIB}/email/__pycache__/__init__.cpython-313.pyc": PYC,
            f"{STDLIB}/pydoc_data/topics.py": b"x",
            f"{STDLIB}/pydoc_data/__pycache__/topics.cpython-313.pyc": PYC,
            f"{STDLIB}/LICENSE.txt": b"licence",
            "include/python3.13/Python.h": b"header",
        },
        depends=("wasmforge-runtime", "libz 1.*"),
        version="3.13.15",
    )
    prefix.install(
        "wasmforge-runtime",
        {
            "share/wasmforge/bootstrap.mjs": b"export {};",
            "share/wasmforge/progress.mjs": b"export {};",
            "share/wasmforge/pyodide.mjs": b"export { /* loadPyodide */ };",
            "share/wasmforge/pyodide.js": b"{}",
            **{
                f"share/wasmforge/{name}": b"// types"
                for name in ("bootstrap.d.mts", "progress.d.mts", "pyodide.d.mts", "pyodide.d.ts")
            },
            "share/wasmforge/bridge.mjs": b"export function makeBridge() {}",
            "share/wasmforge/node.mjs": b"node",
            "bin/python": b"#!/bin/sh\n",
        },
    )
    prefix.install(
        "wasmforge-core",
        {"share/wasmforge/glue.mjs": b"export default 1;\n", "share/wasmforge/python.wasm": WASM},
    )
    prefix.install("emscripten-abi", {}, version="6.0.5")
    return prefix


def with_numpy(path: Path) -> Prefix:
    prefix = with_python(path)
    site = f"{STDLIB}/site-packages"
    prefix.install(
        "numpy",
        {
            f"{site}/numpy/__init__.py": b"",
            f"{site}/numpy/__pycache__/__init__.cpython-313.pyc": PYC,
            f"{site}/numpy/core.cpython-313-wasm32-emscripten.so": WASM + b"core",
            f"{site}/numpy/py.typed": b"",
            f"{site}/numpy/__init__.pyi": b"stub",
            f"{site}/numpy/__init__.pxd": b"declarations",
            f"{site}/numpy/_core/include/numpy/arrayobject.h": b"header",
            f"{site}/numpy-2.0.dist-info/METADATA": b"Name: numpy",
            f"{site}/single.py": b"",
            f"{site}/__pycache__/single.cpython-313.pyc": PYC,
            f"{site}/_ext.cpython-313-wasm32-emscripten.so": WASM + b"ext",
            "lib/libnumpy.a": b"archive",
        },
        depends=("python >=3.13,<3.14", "emscripten-abi 6.0.5.*", "not-installed"),
        version="2.0",
    )
    prefix.install(
        "page",
        {"share/wasmforge/www/index.html": b"<p>page", "share/wasmforge/www/assets/a.js": b"js"},
        subdir="noarch",
    )
    return prefix


def names_in(archive: Path) -> list[str]:
    with tarfile.open(archive) as tar:
        return tar.getnames()


def manifest_of(folder: Path) -> dict[str, dict]:
    return json.loads((folder / "manifest.json").read_text())


def contents_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def index_of(folder: Path) -> dict[str, list[dict]]:
    return json.loads((folder / manifest_of(folder)["index"]["file"]).read_text())


def parts_of(folder: Path, package: str) -> list[dict]:
    return [part for part in index_of(folder)["parts"] if part["package"] == package]


def late_files(folder: Path, part: dict) -> dict[str, bytes]:
    """The files that a part sends when they are read."""
    with tarfile.open(folder / part["archive"]["file"]) as tar:
        stores = json.load(tar.extractfile(".late.json"))
    result = {}
    for record, places in zip(part["late"], stores, strict=True):
        data = io.BytesIO((folder / record["file"]).read_bytes())
        result |= {path: data.read(size) for path, size in places}
    return result


def test_the_manifest_says_what_is_there(tmp_path: Path) -> None:
    out = tmp_path / "out"
    bundle(with_numpy(tmp_path / "prefix").path, out)
    manifest, index = manifest_of(out), index_of(out)
    assert (manifest["format"], manifest["python"], manifest["info"]["abi_version"], manifest["compressed"]) == (
        4,
        "3.13.15",
        "6.0.5",
        True,
    )
    assert sorted(manifest["packages"]) == ["numpy", "page", "python", "wasmforge-core", "wasmforge-runtime"]
    numpy = manifest["packages"]["numpy"]
    assert (numpy["version"], manifest["builds"]["numpy"], numpy["depends"]) == ("2.0", "h0_0", ["python"])
    lock = json.loads((out / "pyodide-lock.json").read_text())
    assert lock == {"info": manifest["info"], "packages": manifest["packages"]}
    assert numpy["imports"] == ["_ext", "numpy", "single"]
    assert [(module["name"], module["package"]) for module in index["modules"]] == [
        ("_ext", "numpy"),
        ("numpy.core", "numpy"),
    ]
    records = [*manifest["runtime"].values(), *manifest["base"].values(), manifest["index"], *index["modules"]]
    records += [record for part in index["parts"] for record in (part.get("archive"), *part.get("late", ())) if record]
    for record in records:
        data = (out / record["file"]).read_bytes()
        assert (record["size"], record["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
        assert record["sha256"][:16] in record["file"]
    assert numpy["file_name"] in {record["file"] for record in records}
    assert (out / "bootstrap.mjs").read_bytes() == b"export {};"
    assert (out / "index.html").read_bytes() == b"<p>page"
    assert (out / "assets/a.js").read_bytes() == b"js"


def test_archives_hold_what_a_page_can_use(tmp_path: Path) -> None:
    out = tmp_path / "out"
    bundle(with_numpy(tmp_path / "prefix").path, out)
    assert names_in(out / manifest_of(out)["base"]["python"]["file"]) == [f"{STDLIB}/os.pyc"]
    [library] = parts_of(out, "python")
    assert names_in(out / library["archive"]["file"]) == [f"{STDLIB}/LICENSE.txt", f"{STDLIB}/email/__init__.pyc"]
    [numpy] = parts_of(out, "numpy")
    site = f"{STDLIB}/site-packages"
    assert names_in(out / numpy["archive"]["file"]) == [
        ".late.json",
        f"{site}/__pycache__/single.cpython-313.pyc",
        f"{site}/numpy-2.0.dist-info/METADATA",
        f"{site}/numpy/__pycache__/__init__.cpython-313.pyc",
        f"{site}/numpy/py.typed",
    ]


def test_sources_and_much_data_are_sent_when_they_are_read(tmp_path: Path) -> None:
    out = tmp_path / "out"
    prefix = with_numpy(tmp_path / "prefix")
    site = f"{STDLIB}/site-packages"
    much = bytes(40_000)
    prefix.install(
        "data",
        {
            f"{site}/data/__init__.py": b"pass",
            f"{site}/data/__pycache__/__init__.cpython-313.pyc": PYC,
            f"{site}/data/much": much,
        },
    )
    bundle(prefix.path, out)
    [numpy] = parts_of(out, "numpy")
    assert late_files(out, numpy) == {f"{site}/numpy/__init__.py": b"", f"{site}/single.py": b""}
    [data] = parts_of(out, "data")
    assert late_files(out, data) == {f"{site}/data/__init__.py": b"pass", f"{site}/data/much": much}
    bundle(prefix.path, out, options=Options(include=("*/data/much",), lazy=("*/py.typed",)))
    [data], [numpy] = parts_of(out, "data"), parts_of(out, "numpy")
    assert list(late_files(out, data)) == [f"{site}/data/__init__.py"]
    assert f"{site}/numpy/py.typed" in late_files(out, numpy)


def test_what_is_excluded_can_be_included(tmp_path: Path) -> None:
    out = tmp_path / "out"
    bundle(with_numpy(tmp_path / "prefix").path, out, options=Options(include=("*/numpy/__init__.pyi",)))
    [numpy] = parts_of(out, "numpy")
    assert f"{STDLIB}/site-packages/numpy/__init__.pyi" in names_in(out / numpy["archive"]["file"])


def test_packages_can_be_loaded_at_the_start(tmp_path: Path) -> None:
    prefix = with_numpy(tmp_path / "prefix").path
    bundle(prefix, tmp_path / "out", options=Options(eager=("numpy",), channels=("../channel",)))
    manifest = manifest_of(tmp_path / "out")
    assert (manifest["eager"], manifest["channels"]) == (["numpy"], ["../channel"])
    bundle(prefix, tmp_path / "out", options=Options(eager=("all",)))
    assert manifest_of(tmp_path / "out")["eager"] == ["numpy", "page", "python", "wasmforge-core", "wasmforge-runtime"]
    with pytest.raises(
        UsageError, match="no such package, only numpy, page, python, wasmforge-core, wasmforge-runtime"
    ):
        bundle(prefix, tmp_path / "out", options=Options(eager=("pandas",)))


def test_an_import_names_what_it_takes(tmp_path: Path) -> None:
    """What is imported when a module runs, in parts of other packages too; but no package that is only tried."""
    out = tmp_path / "out"
    prefix = with_python(tmp_path / "prefix")
    site = f"{STDLIB}/site-packages"

    def module(name: str, source: str, size: int = 0) -> dict[str, bytes]:
        folder, _, stem = name.rpartition("/")
        return {
            f"{site}/{name}.py": source.encode(),
            f"{site}/{folder}/__pycache__/{stem}.cpython-313.pyc": PYC + bytes(size),
        }

    prefix.install("low", {**module("low/__init__", ""), "lib/liblow.so": WASM + b"low"})
    prefix.install("other", module("other/__init__", ""))
    files = {
        **module("big/__init__", "from . import core\ntry:\n    import other\nexcept ImportError:\n    pass"),
        **module("big/core", "def later():\n    import big.stats", 300_000),
        **module("big/stats/__init__", "from ._fit import fit\nimport low", 60_000),
        **module("big/stats/_fit", ""),
        **module("big/tests/__init__", "import big.stats", 60_000),
        f"{site}/big/stats/_c.cpython-313-wasm32-emscripten.so": WASM + dylink_needs("liblow.so"),
        f"{site}/big/stats/__init__.py": b"from . import _c, _fit\nimport low",
    }
    prefix.install("big", files, depends=("low",))
    bundle(prefix.path, out)
    index = index_of(out)
    parts = index["parts"]
    main, stats, tests = parts_of(out, "big")
    assert (main["modules"], stats["modules"], tests["modules"]) == (
        ["big", "big.core"],
        ["big.stats", "big.stats._fit"],
        ["big.tests"],
    )
    assert main["needs"] == []
    assert [parts[number]["modules"] for number in stats["needs"]] == [["big", "big.core"], ["low"]]
    assert [index["modules"][number]["name"] for number in stats["opens"]] == ["big.stats._c"]
    [module_c] = [module for module in index["modules"] if module.get("name") == "big.stats._c"]
    assert [index["modules"][number]["path"] for number in module_c["needs"]] == ["lib/liblow.so"]


def test_pages_get_hints_and_a_service_worker(tmp_path: Path) -> None:
    prefix = with_numpy(tmp_path / "prefix")
    html = b"<head><!-- wasmforge: preload --></head>"
    prefix.install("mine", {"share/wasmforge/www/a/own.html": html}, subdir="noarch")
    bundle(prefix.path, tmp_path / "out")
    manifest = manifest_of(tmp_path / "out")
    page = (tmp_path / "out/a/own.html").read_text()
    assert f'href="../{manifest["index"]["file"]}"' in page and "serviceWorker" not in page
    assert manifest["runtime"]["wasm"]["file"] not in page, "Chromium would compile it anew on each visit"
    assert (tmp_path / "out/index.html").read_text() == "<p>page"
    assert "const FILES = {};" in (tmp_path / "out/service-worker.js").read_text(), "which ends an earlier one"
    bundle(prefix.path, tmp_path / "out", options=Options(offline=True))
    assert 'register("../service-worker.js")' in (tmp_path / "out/a/own.html").read_text()
    worker = (tmp_path / "out/service-worker.js").read_text()
    for name in ("index.html", "manifest.json", manifest["index"]["file"], manifest["runtime"]["wasm"]["file"]):
        assert f'"{name}"' in worker


def test_sizes_add_up(tmp_path: Path) -> None:
    out = tmp_path / "out"
    bundle(with_numpy(tmp_path / "prefix").path, out)
    sizes = {size.name: size for size in package_sizes(out)}
    manifest, index = manifest_of(out), index_of(out)
    records = [*manifest["runtime"].values(), *manifest["base"].values(), *index["modules"]]
    records += [record for part in index["parts"] for record in (part.get("archive"), *part.get("late", ())) if record]
    assert sum(size.total for size in sizes.values()) == sum(
        (out / f"{record['file']}.br").stat().st_size for record in records
    )
    assert sizes["python"].start == (out / f"{manifest['base']['python']['file']}.br").stat().st_size
    assert (sizes["numpy"].wanted_by, sizes["python"].wanted_by) == ((), ("numpy",))


def test_bytecode_does_not_look_at_its_source(tmp_path: Path) -> None:
    out = tmp_path / "out"
    bundle(with_python(tmp_path / "prefix").path, out)
    with tarfile.open(out / manifest_of(out)["base"]["python"]["file"]) as tar:
        pyc = tar.extractfile(f"{STDLIB}/os.pyc").read()
    assert pyc[:8] == PYC[:4] + b"\1\0\0\0"
    assert pyc[16:] == PYC[16:]


def test_missing_bytecode_needs_a_node_that_runs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prefix = with_python(tmp_path / "prefix")
    prefix.install("pure", {f"{STDLIB}/site-packages/pure.py": b"x = 1"}, subdir="noarch")
    old = tmp_path / "node"
    old.write_text("#!/bin/sh\necho v18.20.0\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("wasmforge.common.node.find_spec", lambda name: None)
    with pytest.raises(WasmforgeError, match=r"pure\.py .* node 20 or newer is needed"):
        bundle(prefix.path, tmp_path / "out")


def test_compressed_files_lie_next_to_the_plain_ones(tmp_path: Path) -> None:
    out = tmp_path / "out"
    bundle(with_numpy(tmp_path / "prefix").path, out)
    plain = {path for path in contents_of(out) if not path.endswith((".br", ".gz"))} - {LIST}
    assert plain
    for path in plain:
        data = (out / path).read_bytes()
        assert brotli.decompress((out / f"{path}.br").read_bytes()) == data
        assert gzip.decompress((out / f"{path}.gz").read_bytes()) == data


def test_the_same_prefix_gives_the_same_bytes_anywhere(tmp_path: Path) -> None:
    for place in ("here", "some/where/else"):
        prefix = with_numpy(tmp_path / place / "prefix")
        text = f"prefix={prefix.path}\nlib={prefix.path}/lib\n".encode()
        target = prefix.path / f"{STDLIB}/config.txt"
        target.write_bytes(text)
        entry = {
            "_path": f"{STDLIB}/config.txt", "path_type": "hardlink", "prefix_placeholder": "/placeholder", "file_mode": "text",
            "sha256": "0" * 64, "sha256_in_prefix": hashlib.sha256(text).hexdigest(),
        }  # fmt: skip
        prefix.record("config", [entry], subdir="emscripten-wasm32", depends=(), version="1")
        os.utime(target, (1, len(place)))
        bundle(prefix.path, tmp_path / place / "out")
    here, there = (contents_of(tmp_path / place / "out") for place in ("here", "some/where/else"))
    assert here == there
    archive = manifest_of(tmp_path / "here/out")["packages"]["config"]["file_name"]
    with tarfile.open(fileobj=io.BytesIO(here[archive])) as tar:
        assert tar.extractfile(f"{STDLIB}/config.txt").read() == b"prefix=/\nlib=/lib\n"


def test_a_cache_that_cannot_be_written_costs_time_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prefix = with_numpy(tmp_path / "prefix").path
    bundle(prefix, tmp_path / "out")
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("WASMFORGE_CACHE", str(tmp_path / "file"))
    said = io.StringIO()
    bundle(prefix, tmp_path / "again", Reporter(Console(file=said)))
    assert contents_of(tmp_path / "again") == contents_of(tmp_path / "out")
    assert "could not be kept in the cache" in said.getvalue()


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    prefix = with_python(tmp_path / "prefix")
    (prefix.path / "lib/libx.so.1").write_bytes(b"data")
    (prefix.path / "lib/libx.txt").symlink_to("libx.so.1")
    digest = hashlib.sha256(b"data").hexdigest()
    paths = [
        {"_path": "lib/libx.so.1", "path_type": "hardlink", "sha256": digest},
        {"_path": "lib/libx.txt", "path_type": "softlink", "sha256": digest},
    ]
    prefix.record("libx", paths, subdir="emscripten-wasm32", depends=(), version="1")
    bundle(prefix.path, tmp_path / "out")
    with tarfile.open(tmp_path / "out" / manifest_of(tmp_path / "out")["packages"]["libx"]["file_name"]) as tar:
        assert tar.getmember("lib/libx.txt").linkname == "libx.so.1"


def refusal(prefix: Path, out: Path) -> str:
    with pytest.raises(WasmforgeError) as caught:
        bundle(prefix, out)
    assert not (out / "manifest.json").exists()
    assert [path.name for path in out.parent.iterdir() if path.name.startswith(".")] == []
    return str(caught.value)


def test_a_folder_that_is_no_prefix_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    assert "is not a conda environment" in refusal(tmp_path / "folder", tmp_path / "out")
    assert "is not a conda environment" in refusal(tmp_path / "nothing", tmp_path / "out")


def test_a_prefix_for_another_platform_is_refused(tmp_path: Path) -> None:
    prefix = with_python(tmp_path / "prefix")
    prefix.install("ncurses", {"lib/x": b""}, subdir="linux-64")
    message = refusal(prefix.path, tmp_path / "out")
    assert "is not for emscripten-wasm32" in message and "ncurses-1.0-h0_0 is for linux-64" in message


@pytest.mark.parametrize("name", ["python", "wasmforge-runtime"])
def test_a_prefix_without_python_is_refused(tmp_path: Path, name: str) -> None:
    prefix = with_python(tmp_path / "prefix")
    next(prefix.path.glob(f"conda-meta/{name}-*")).unlink()
    assert f"has no {name}" in refusal(prefix.path, tmp_path / "out")


def test_a_changed_file_is_named(tmp_path: Path) -> None:
    prefix = with_numpy(tmp_path / "prefix")
    file = prefix.path / f"{STDLIB}/site-packages/numpy/__init__.py"
    file.write_bytes(b"changed")
    message = refusal(prefix.path, tmp_path / "out")
    assert str(file) in message and "numpy-2.0-h0_0" in message and hashlib.sha256(b"changed").hexdigest() in message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    prefix = with_numpy(tmp_path / "prefix")
    file = prefix.path / f"{STDLIB}/os.py"
    file.unlink()
    message = refusal(prefix.path, tmp_path / "out")
    assert str(file) in message and "No such file" in message


def test_a_record_that_is_no_record_is_named(tmp_path: Path) -> None:
    prefix = with_python(tmp_path / "prefix")
    (prefix.path / "conda-meta/broken.json").write_text("{")
    assert "broken.json is not a record" in refusal(prefix.path, tmp_path / "out")


def test_a_failure_leaves_the_earlier_bundle(tmp_path: Path) -> None:
    prefix, out = with_python(tmp_path / "prefix"), tmp_path / "out"
    bundle(prefix.path, out)
    before = contents_of(out)
    (prefix.path / f"{STDLIB}/os.py").write_bytes(b"changed")
    with pytest.raises(WasmforgeError):
        bundle(prefix.path, out)
    assert contents_of(out) == before


def test_no_module_comes_before_its_package(tmp_path: Path) -> None:
    """Else the import system takes the folder for a package without a file of its own."""
    prefix = with_python(tmp_path / "prefix")
    package = {f"{STDLIB}/zipfile/{name}.py": b"" for name in ("__init__", "_path/__init__", "_path/glob")}
    cached = {
        f"{STDLIB}/zipfile/{folder}__pycache__/{name}.cpython-313.pyc": PYC
        for folder, name in (("", "__init__"), ("_path/", "__init__"), ("_path/", "glob"))
    }
    prefix.install("python-more", {**package, **cached}, depends=("python",))
    record = next(prefix.path.glob("conda-meta/python-more-*"))
    data = json.loads(record.read_text())
    python = next(prefix.path.glob("conda-meta/python-3*"))
    merged = json.loads(python.read_text())
    merged["paths_data"]["paths"] += data["paths_data"]["paths"]
    python.write_text(json.dumps(merged))
    record.unlink()
    bundle(prefix.path, tmp_path / "out")
    assert names_in(tmp_path / "out" / manifest_of(tmp_path / "out")["base"]["python"]["file"]) == [f"{STDLIB}/os.pyc"]
    [part] = [part for part in parts_of(tmp_path / "out", "python") if "zipfile" in part["modules"]]
    assert {"zipfile._path", "zipfile._path.glob"} <= set(part["modules"])
