"""micropip in a page: libraries from a package index, and wheels by their addresses, are fetched, installed and used."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import environments
import pytest
from playwright.sync_api import Page
from wheels import download, pack_installed

from wasmforge.bundle.bundle import bundle
from wasmforge.bundle.compression import Compression
from wasmforge.host.serve import Server, start

LIBRARIES = [
    "attrs", "jinja2", "requests", "networkx", "rich",
    # what these need
    "urllib3", "certifi", "idna", "charset-normalizer", "markdown-it-py", "mdurl", "pygments",
]  # fmt: skip
INDEX_TYPE = "application/vnd.pypi.simple.v1+json"

# Each gives 42 if the library does its work.
PROGRAMS = {
    "attrs": "import attrs\n@attrs.define\nclass A:\n    x: int\nattrs.asdict(A(42))['x']",
    "jinja2": "import jinja2\nint(jinja2.Template('{{ a * 6 }}').render(a=7))",
    "requests": "import requests\nlen(requests.Request('GET', 'http://x/', params={'q': 'y' * 30}).prepare().url)",
    "networkx": "import networkx as nx\n42 * len(nx.shortest_path(nx.path_graph(3), 0, 2)) // 3",
    "rich": "from rich.text import Text\nText.from_markup('[bold]' + 'x' * 42 + '[/]').cell_len",
}

SCRIPT = """
async ([baseURL, program, names]) => {
  const { loadPython } = await import(baseURL + "bootstrap.mjs");
  const python = await loadPython({ baseURL });
  await python.loadPackage(names);
  return await python.runPythonAsync(program);
}
"""


class Index(BaseHTTPRequestHandler):
    """A package index of another origin than the page's: its projects as JSON, and its files."""

    folder: Path

    def do_GET(self) -> None:
        kind, _, name = self.path.strip("/").rpartition("/")
        files = sorted(self.folder.glob(f"{name.replace('-', '_')}-*.whl")) if kind == "simple" else []
        if files:
            self.reply(200, INDEX_TYPE, json.dumps(self.project(name, files)).encode())
        elif kind == "files" and (self.folder / name).is_file():
            self.reply(200, "application/zip", (self.folder / name).read_bytes())
        else:
            self.reply(404, "text/plain", b"no such thing")

    def project(self, name: str, files: list[Path]) -> dict[str, object]:
        described = [
            {
                "filename": file.name,
                "url": f"http://{self.headers['Host']}/files/{file.name}",
                "hashes": {"sha256": hashlib.sha256(file.read_bytes()).hexdigest()},
                "requires-python": ">=3.8",
                "yanked": False,
            }
            for file in files
        ]
        return {"meta": {"api-version": "1.0"}, "name": name, "files": described}

    def reply(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            "Access-Control-Allow-Origin": "*",
            "Cross-Origin-Resource-Policy": "cross-origin",
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Not to the test's output."""


@dataclass
class Site:
    """A bundle with micropip and MarkupSafe, and where a package index is."""

    bundle: Server
    prefix: Path
    index: str
    folder: Path

    def wheel(self, path: Path) -> str:
        return f"{self.index}/files/{path.name}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("micropip")
    prefix = environments.create(folder / "prefix", ["python", "micropip", "markupsafe"], [])
    bundle(prefix, folder / "bundle", compression=Compression.NONE)
    Index.folder = folder / "wheels"
    Index.folder.mkdir()
    with start(folder / "bundle") as server, ThreadingHTTPServer(("127.0.0.1", 0), Index) as index:
        threading.Thread(target=index.serve_forever, daemon=True).start()
        yield Site(server, prefix, f"http://127.0.0.1:{index.server_port}", Index.folder)
        index.shutdown()


@pytest.fixture(scope="module")
def libraries(site: Site) -> None:
    """The index has the libraries and what they need, but for what is compiled: MarkupSafe."""
    for path in download(LIBRARIES).values():
        shutil.copy(path, site.folder)


def run(page: Page, site: Site, program: str, names: tuple[str, ...] = ()) -> object:
    """Run a program that sees micropip, which knows of no index but this one; with packages of the bundle loaded."""
    # Any document of the same origin will do.
    page.goto(site.bundle.url + "manifest.json")
    page.set_default_timeout(300_000)
    head = f"import micropip\nmicropip.set_index_urls('{site.index}/simple')\n"
    return page.evaluate(SCRIPT, [site.bundle.url, head + program, list(names)])


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_library_from_an_index(page: Page, site: Site, libraries: None, name: str) -> None:
    needed = ("markupsafe",) if name == "jinja2" else ()
    assert run(page, site, f"await micropip.install({name!r})\n{PROGRAMS[name]}", needed) == 42


def test_what_neither_index_nor_page_has_is_named(page: Page, site: Site, libraries: None) -> None:
    program = (
        "try:\n    await micropip.install('no-such-thing')\nexcept ValueError as error:\n    told = str(error)\ntold"
    )
    assert "no-such-thing" in str(run(page, site, program))


def test_a_wheel_by_its_address(page: Page, site: Site) -> None:
    path = site.folder / "sample-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("sample.py", "answer = 42\n")
        archive.writestr("sample-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: sample\nVersion: 1.0\n")
        archive.writestr("sample-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr("sample-1.0.dist-info/RECORD", "sample.py,,\n")
    assert run(page, site, f"await micropip.install({site.wheel(path)!r})\nimport sample\nsample.answer") == 42


def platform_tag(page: Page, site: Site) -> str:
    """What this Python calls its platform in the names of wheels."""
    program = "import sysconfig\nsysconfig.get_platform().replace('-', '_').replace('.', '_')"
    return str(run(page, site, program))


def test_a_compiled_wheel_of_this_abi(page: Page, site: Site) -> None:
    platform = platform_tag(page, site)
    wheel = pack_installed(site.prefix, "markupsafe", f"cp313-cp313-{platform}", site.folder)
    program = f"""
await micropip.install({site.wheel(wheel)!r})
import markupsafe, markupsafe._speedups
from importlib.metadata import distribution
markupsafe._speedups.__file__.endswith(".so") and str(markupsafe.escape("<")) + distribution("markupsafe").read_text("INSTALLER")
"""
    assert run(page, site, program) == "&lt;micropip"


@pytest.mark.parametrize(
    ("tag", "says"),
    [
        ("cp313-cp313-emscripten_3_1_58_wasm32", "Emscripten v3.1.58"),
        ("cp313-cp313-manylinux_2_17_x86_64", "Wheel platform 'manylinux_2_17_x86_64' is not compatible"),
        ("cp312-cp312-{platform}", "Wheel abi 'cp312' is not supported"),
    ],
    ids=["other emscripten", "other system", "other python"],
)
def test_a_wheel_of_another_abi_is_refused(page: Page, site: Site, tag: str, says: str) -> None:
    wheel = pack_installed(site.prefix, "markupsafe", tag.format(platform=platform_tag(page, site)), site.folder)
    program = f"""
try:
    await micropip.install({site.wheel(wheel)!r})
except ValueError as error:
    told = str(error)
told
"""
    assert says in str(run(page, site, program))
