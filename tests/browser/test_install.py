"""install() in a page and in a worker: packages of a channel that is served over HTTP, into a bundle with NumPy."""

from __future__ import annotations

import asyncio
import json
import shutil
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import environments
import pytest
from channels import FaultyChannel
from hostile_packages import Hostile, entry, make_channel, symlink
from playwright.sync_api import Browser, Error, Page
from rattler.index import index_fs

from wasmforge.bundle.bundle import bundle
from wasmforge.bundle.compression import Compression
from wasmforge.bundle.prefix import read_prefix
from wasmforge.bundle.rules import Options, Rules
from wasmforge.common.layout import find_layout
from wasmforge.common.platforms import TARGET_PLATFORM
from wasmforge.environment.solver import solve_environment
from wasmforge.host.serve import CHANNEL, Server, start

FIGURES = ["numpy", "pandas", "matplotlib"]
SITE = "lib/python3.13/site-packages"
SOLVE = 'performance.getEntriesByName("wasmforge-install solve").at(-1).duration'

# Runs JavaScript sent to it, with `python` and `files(folder)` at hand.
WORKER = """
const run = Object.getPrototypeOf(async () => {}).constructor;
const state = {};
onmessage = async ({ data: [source, ...args] }) => {
  try {
    postMessage({ value: await new run("state", "args", source)(state, args) });
  } catch (error) {
    postMessage({ error: `${error.name}: ${error.message}` });
  }
};
"""

LOAD = """
const { loadPython } = await import(args[0] + "bootstrap.mjs");
state.python = await loadPython({ baseURL: args[0], packages: args[1] });
"""


class Interpreter:
    """Python in a page's thread or in a worker of it; JavaScript runs beside it, as the body of an async function."""

    def __init__(self, page: Page, server: Server, where: str, packages: list[str]) -> None:
        self._page = page
        # Any document of the same origin will do.
        page.goto(server.url + "manifest.json")
        page.set_default_timeout(300_000)
        page.evaluate(
            """async ([where, url]) => {
                 let post;
                 if (where === "worker") {
                   const worker = new Worker(url, { type: "module" });
                   window.ask = (message) => new Promise((resolve, reject) => {
                     worker.onmessage = ({ data }) => resolve(data);
                     worker.onerror = () => reject(new Error("the worker did not start"));
                     worker.postMessage(message);
                   });
                 } else {
                   const run = Object.getPrototypeOf(async () => {}).constructor;
                   const state = {};
                   window.ask = async ([source, ...args]) => {
                     try {
                       return { value: await new run("state", "args", source)(state, args) };
                     } catch (error) {
                       return { error: `${error.name}: ${error.message}` };
                     }
                   };
                 }
               }""",
            [where, server.url + "worker.mjs"],
        )
        self.javascript(LOAD, server.url, packages)

    def javascript(self, source: str, *args: Any) -> Any:
        """What the source returns; an error of it is raised as Error with its name and message."""
        answer = self._page.evaluate("(message) => window.ask(message)", [source, *args])
        if "error" in answer:
            raise Error(answer["error"])
        return answer.get("value")

    def install(self, *specs: str, **options: Any) -> dict[str, tuple[str, str]]:
        """Name -> version and build of what was installed."""
        found = self.javascript("return await state.python.install(...args)", list(specs), options)
        return {one["name"]: (one["version"], one["build"]) for one in found}

    def run(self, source: str) -> Any:
        return self.javascript("return await state.python.runPythonAsync(args[0])", source)

    def files(self, *folders: str) -> set[str]:
        """The files below folders of the prefix, and nothing for one that is not there."""
        source = """
          const { FS } = state.python, found = [];
          const walk = (path) => {
            if (!FS.analyzePath("/" + path).exists) return;
            if (!FS.isDir(FS.lstat("/" + path).mode)) found.push(path);
            else for (const name of FS.readdir("/" + path)) if (name !== "." && name !== "..") walk(`${path}/${name}`);
          };
          args[0].forEach(walk);
          return found;
        """
        return set(self.javascript(source, list(folders)))

    @property
    def loaded(self) -> dict[str, str]:
        return dict(self.javascript("return state.python.loadedPackages"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle with NumPy that can install, whose default channel is what is served beside it."""
    base = tmp_path_factory.mktemp("install")
    folder = base / "bundle"
    bundle(
        environments.create(base / "prefix", ["python", "numpy", "wasmforge-install"], []),
        folder,
        compression=Compression.NONE,
    )
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "channels": [f"{CHANNEL}/"]}))
    (folder / "worker.mjs").write_text(WORKER)
    return folder


@pytest.fixture(scope="module")
def channel() -> Path:
    return find_layout().library_channel


@pytest.fixture(scope="module")
def installing(folder: Path, channel: Path) -> Iterator[Server]:
    with start(folder, channel=channel) as server:
        yield server


@pytest.fixture
def faulty(channel: Path) -> Iterator[FaultyChannel]:
    with FaultyChannel(channel) as faulty:
        yield faulty


@pytest.fixture(scope="module")
def opened(browser: Browser, installing: Server) -> Iterator[Interpreter]:
    """For tests that leave it as it was."""
    context = browser.new_context()
    yield Interpreter(context.new_page(), installing, "page", ["numpy"])
    context.close()


@pytest.fixture(scope="module")
def manifest(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "manifest.json").read_text()))


def created(channel: Path, specs: list[str], cache: Path) -> dict[str, tuple[str, str]]:
    """Name -> version and build of what `wasmforge create` would install."""
    # Playwright may be running an event loop in this thread, in which a second one cannot start.
    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(asyncio.run, solve_environment([channel.as_uri()], specs, TARGET_PLATFORM, cache))
        return {record.name.normalized: (str(record.version), str(record.build)) for record in work.result()}


@pytest.mark.parametrize("where", ["page", "worker"])
def test_pandas(page: Page, installing: Server, where: str) -> None:
    python = Interpreter(page, installing, where, ["numpy"])
    assert set(python.install("pandas>=3")) == {"pandas", "python-dateutil", "tzdata"}
    total = "int(pandas.DataFrame({'kind': list('aab'), 'n': [1, 2, 40]}).groupby('kind').n.sum()['a'])"
    assert python.run(f"import pandas\n{total}") == 3
    assert python.loaded["pandas"].startswith(f"{installing.url}{CHANNEL}/{TARGET_PLATFORM}/pandas-3.")
    assert python.install("pandas>=3") == {}


@pytest.mark.parametrize("where", ["page", "worker"])
def test_as_wasmforge_create(
    page: Page, installing: Server, channel: Path, manifest: dict[str, Any], where: str, tmp_path: Path
) -> None:
    """The same records; and what a figure needs can be used beside the data frame."""
    python = Interpreter(page, installing, where, [])
    found = python.install(*FIGURES)
    assert python.loaded["numpy"] == "default channel", "the bundle has that build"
    packages, builds = manifest["packages"], manifest["builds"]
    there = {name: (record["version"], builds[name]) for name, record in packages.items()}
    expected = created(channel, ["python", *FIGURES], tmp_path)
    assert {**there, **found} == {**expected, "wasmforge-install": there["wasmforge-install"]}
    assert python.javascript(f"return {SOLVE}") <= 2000
    python.run("""
import matplotlib
matplotlib.use("agg")
import matplotlib.pyplot, pandas
pandas.Series([1, 3, 2]).plot()
matplotlib.pyplot.savefig("/tmp/figure.png")
""")
    assert python.run("open('/tmp/figure.png', 'rb').read(4)[1:].decode()") == "PNG"


def test_files_are_those_of_a_bundle(page: Page, installing: Server, tmp_path: Path) -> None:
    python = Interpreter(page, installing, "page", ["numpy"])
    python.install("pandas", "fonttools")
    names = {"pandas", "python-dateutil", "tzdata", "fonttools"}
    prefix = environments.create(tmp_path / "prefix", ["python", *names], [])
    rules = Rules.load(Options())
    paths = {file.path for package in read_prefix(prefix) if package.name in names for file in package.files}
    expected = {path for path in paths if not rules.excludes(path)}
    folders = {"/".join(path.split("/")[:4]) for path in expected}
    assert not [name for name in folders if not name.startswith(SITE)]
    assert without_bytecode(python.files(*folders)) == without_bytecode(expected)


def without_bytecode(paths: set[str]) -> set[str]:
    return {path for path in paths if not path.endswith(".pyc")}


def test_from_python(page: Page, installing: Server) -> None:
    python = Interpreter(page, installing, "page", ["wasmforge-install"])
    source = """
import wasmforge
found = await wasmforge.install("six", "python-dateutil", channels=["channel"])
import six, dateutil
[found[0].name, found[0].version == "4.0.0", found[1].version == six.__version__, found[1].channel]
"""
    found = python.javascript("return (await state.python.runPythonAsync(args[0])).toJs()", source)
    assert found == ["python-dateutil", True, True, f"{installing.url}{CHANNEL}/"]
    assert "no packages satisfy nothing-such" in python.run("""
try:
    await wasmforge.install("nothing-such")
except Exception as error:
    message = str(error)
message
""")


def test_a_wheel_is_not_installed_over(page: Page, installing: Server, folder: Path) -> None:
    with zipfile.ZipFile(folder / "tzdata-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tzdata.py", "")
        wheel.writestr("tzdata-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tzdata\nVersion: 1.0\n")
        wheel.writestr("tzdata-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr("tzdata-1.0.dist-info/RECORD", "tzdata.py,,\n")
    python = Interpreter(page, installing, "page", [])
    python.javascript("await state.python.loadPackage(args[0])", f"{installing.url}tzdata-1.0-py3-none-any.whl")
    with pytest.raises(Error, match="tzdata is there from .*tzdata-1.0-py3-none-any.whl: load Python anew"):
        python.install("python-dateutil")
    assert "python-dateutil" not in python.loaded


def test_calls_at_a_time(page: Page, installing: Server) -> None:
    python = Interpreter(page, installing, "page", [])
    source = """
      const calls = ["six", "python-dateutil", "six"].map((spec) => state.python.install(spec));
      return (await Promise.all(calls)).map((found) => found.map(({ name }) => name));
    """
    assert python.javascript(source) == [["six"], ["python-dateutil", "tzdata"], []]


def test_progress(page: Page, installing: Server, channel: Path) -> None:
    python = Interpreter(page, installing, "page", [])
    source = """
      const seen = [];
      await state.python.install("six", { onProgress: (progress) => seen.push(progress) });
      return seen;
    """
    seen = python.javascript(source)
    [six] = (channel / "noarch").glob("six-*.conda")
    size = six.stat().st_size
    assert [seen[0]["phase"], seen[-1]["phase"]] == ["solve", "start"]
    assert seen[1] == {"phase": "fetch", "name": six.name, "loaded": 0, "total": size}
    assert seen[-2] == {"phase": "fetch", "name": six.name, "loaded": size, "total": size}


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("numpy>=99", "no packages satisfy six, numpy>=99:.*No candidates"),
        ("nothing-such", "No candidates were found for nothing-such"),
        ("six[[", "no packages satisfy.*not a valid package name"),
        (
            "libblas 3.12.1 *_netlib",
            "cannot be installed beside what is loaded: libblas 3.12.1 .*openblas is loaded, and would have to be "
            "libblas 3.12.1 h[0-9a-f]*_[0-9]*_netlib.*Load Python anew",
        ),
    ],
)
def test_specifications_that_nothing_satisfies(opened: Interpreter, spec: str, message: str) -> None:
    before = opened.loaded
    with pytest.raises(Error, match=f"(?s)InstallError: .*{message}"):
        opened.install("six", spec)
    assert opened.loaded == before


def test_no_channel_there(opened: Interpreter, installing: Server) -> None:
    with pytest.raises(Error, match=r"no channel there: .*nowhere/noarch/repodata.json: the server answers 404"):
        opened.install("six", channels=["nowhere"])
    with pytest.raises(Error, match=r"no channel there: http://127.0.0.1:1/.* could not be fetched"):
        opened.install("six", channels=["http://127.0.0.1:1/"])


@pytest.mark.parametrize("fault", ["unavailable", "damaged", "cut", "short"])
def test_passing_faults_are_overcome(page: Page, installing: Server, faulty: FaultyChannel, fault: str) -> None:
    python = Interpreter(page, installing, "page", ["numpy"])
    faulty.spoil("pandas-", [fault])
    assert "pandas" in python.install("pandas>=3", channels=[faulty.url])
    assert python.run("import pandas\npandas.Series([1, 2]).sum().item()") == 3


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("unavailable", "pandas-.*the server answers 503"),
        ("damaged", "pandas-.* is damaged: its sha256 is .*, the channel says"),
        ("cut", "pandas-.* is truncated"),
        ("short", "pandas-.* is truncated: .* of .* bytes"),
        ("missing", "pandas-.* is missing: the server answers 404"),
    ],
)
def test_nothing_is_left_of_a_failure(
    page: Page, installing: Server, faulty: FaultyChannel, fault: str, message: str
) -> None:
    python = Interpreter(page, installing, "worker", ["numpy"])
    before = python.loaded
    faulty.spoil("pandas-", [fault] * 4)  # the first request and three retries
    with pytest.raises(Error, match=f"InstallError: .*{message}"):
        python.install("pandas>=3", channels=[faulty.url])
    assert python.loaded == before
    assert python.files(f"{SITE}/pandas", f"{SITE}/dateutil", f"{SITE}/tzdata") == set()
    faulty.spoil("pandas-", [])
    assert set(python.install("pandas>=3", channels=[faulty.url])) == {"pandas", "python-dateutil", "tzdata"}
    assert python.run("import pandas\npandas.Series([1, 2]).sum().item()") == 3


HOSTILE = {
    "path": ([Hostile("bad", [("ok", b""), ("../evil", b"")], [entry("ok")])], '"../evil": `..` leads out'),
    "absolute": ([Hostile("bad", [("/home/evil", b"")], [])], '"/home/evil": it is absolute'),
    "link": ([Hostile("bad", [("ok", b""), ("link", symlink("/home"))])], 'it is a link to "/home": it is absolute'),
    "target": ([Hostile("bad", [("ok", b""), ("share/link", symlink("../.."))])], "leads out"),
    "list": ([Hostile("bad", [("ok", b"")], [entry("ok"), entry("../evil")])], 'list of files has "../evil"'),
    "own link": (
        [Hostile("bad", [("link", symlink("share")), ("link/evil", b"")])],
        '"link/evil": it goes through link',
    ),
    "other link": (
        [Hostile("one", [("ok", b""), ("link", symlink("share"))]), Hostile("bad", [("link/evil", b"")])],
        '"link/evil": it goes through link, .* of one-1.0-0.conda',
    ),
    "mounted": ([Hostile("bad", [("ok", b""), ("mounted/evil", b"")])], '"mounted/evil": it goes through mounted'),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_packages_are_refused(opened: Interpreter, tmp_path: Path, kind: str) -> None:
    """All or none, as ever: nothing of a package before the hostile one stays."""
    packages, message = HOSTILE[kind]
    channel = make_channel(tmp_path / "channel", *packages)
    (channel / TARGET_PLATFORM).mkdir()
    empty = {"info": {"subdir": TARGET_PLATFORM}, "packages": {}, "packages.conda": {}}
    (channel / TARGET_PLATFORM / "repodata.json").write_text(json.dumps(empty))
    opened.javascript(
        """
          const { FS } = state.python;
          if (FS.analyzePath("/mounted").exists) return;
          FS.mkdir("/mounted");
          FS.mount(FS.filesystems.MEMFS, {}, "/mounted");
        """
    )
    before = opened.loaded
    with FaultyChannel(channel) as served, pytest.raises(Error, match=f"Error: bad-1.0-0.conda .*{message}"):
        opened.install(*(package.name for package in packages), channels=[served.url])
    assert opened.loaded == before
    assert opened.files("ok", "link", "share/link", "evil", "home/evil", "mounted") == set()


def test_faults_of_the_index_are_overcome(page: Page, installing: Server, faulty: FaultyChannel) -> None:
    python = Interpreter(page, installing, "page", [])
    faulty.spoil("repodata.json", ["unavailable", "unavailable"])
    assert set(python.install("six", channels=[faulty.url])) == {"six"}


def test_shards(page: Page, installing: Server, channel: Path, tmp_path: Path) -> None:
    """Of an index in shards only those are fetched that matter, and nothing of the plain index."""
    for subdir in (TARGET_PLATFORM, "noarch"):
        (tmp_path / subdir).mkdir()
    for pattern in ("six-*", "tzdata-*", "python-dateutil-*"):
        for package in (channel / "noarch").glob(f"{pattern}.conda"):
            shutil.copy(package, tmp_path / "noarch")
    index(tmp_path)
    python = Interpreter(page, installing, "page", [])
    with FaultyChannel(tmp_path) as sharded:
        found = python.install("python-dateutil", channels=[sharded.url])
        requests = sharded.requests
    assert set(found) == {"python-dateutil", "tzdata"}
    assert "/noarch/repodata_shards.msgpack.zst" in requests
    assert len([path for path in requests if path.startswith("/noarch/shards/")]) == 2
    assert not [path for path in requests if "/repodata.json" in path]


def index(channel: Path) -> None:
    """Write a channel's indexes, with shards."""
    # Playwright may be running an event loop in this thread, in which a second one cannot start.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, index_fs(channel, write_shards=True)).result()


def test_abort(page: Page, installing: Server) -> None:
    python = Interpreter(page, installing, "page", ["numpy"])
    source = """
      const controller = new AbortController();
      const onProgress = ({ phase, loaded }) => phase === "fetch" && loaded && controller.abort(new Error("enough"));
      await state.python.install("pandas", { signal: controller.signal, onProgress });
    """
    with pytest.raises(Error, match="enough"):
        python.javascript(source)
    assert "pandas" not in python.loaded
    assert "pandas" in python.install("pandas")


def test_a_bundle_that_cannot_install(page: Page, server: Server) -> None:
    # Any document of the same origin will do.
    page.goto(server.url + "manifest.json")
    source = """
      async ([baseURL, channels]) => {
        const { loadPython } = await import(baseURL + "bootstrap.mjs");
        const python = await loadPython({ baseURL });
        return await python.install("six", { channels }).catch((error) => `${error.name}: ${error.message}`);
      }
    """
    answers = [page.evaluate(source, [server.url, channels]) for channels in (["channel/"], [])]
    assert "LoadError: This bundle cannot install packages: add wasmforge-install" in answers[0]
    assert "LoadError: This bundle was made without a channel" in answers[1]
