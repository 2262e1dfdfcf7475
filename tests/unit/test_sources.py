"""The source store: where files come from, and that they are the right ones."""

from __future__ import annotations

import hashlib
import http.server
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from checkouts import REPOSITORY, Checkout
from wasmforge.common.errors import SourceError
from wasmforge.common.layout import Layout
from wasmforge.sources import registries
from wasmforge.sources.pip_client import IndexFile, project_files
from wasmforge.sources.source import NotAvailable, Source
from wasmforge.sources.store import Store

CONTENT = b"the source of alpha\n" * 100
DIGEST = hashlib.sha256(CONTENT).hexdigest()
COPY = 'mkdir -p "$PREFIX/share/alpha"\ncp alpha.txt "$PREFIX/share/alpha/"\n'


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.delenv("WASMFORGE_MIRROR", raising=False)
    (tmp_path / "root" / "recipes").mkdir(parents=True)
    return Store(Layout(root=tmp_path / "root", cache=tmp_path / "cache"))


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The address of a web server on this machine, and the folder it serves."""
    folder = tmp_path / "served"
    folder.mkdir()

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments, directory=str(folder))  # type: ignore[arg-type]

        def guess_type(self, path: str) -> str:  # type: ignore[override]
            is_json = Path(path).is_file() and Path(path).read_bytes().startswith(b"{")
            return "application/vnd.pypi.simple.v1+json" if is_json else super().guess_type(path)

        def log_message(self, *arguments: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", folder
    server.shutdown()


def source(*urls: str, sha256: str = DIGEST) -> Source:
    return Source(sha256, ("file:///proc/self/cwd/build/sources/alpha.txt", *urls))


def test_build_from_the_mirror(checkout: Checkout) -> None:
    checkout.toy("alpha", sha256=checkout.source("alpha.txt", CONTENT), script=COPY)
    checkout.build("alpha")
    (checkout.mirror / "alpha.txt").unlink()
    with (checkout.root / "recipes/alpha/build.sh").open("a") as script:
        script.write("# again, from the cache\n")
    checkout.build("alpha")


@pytest.mark.parametrize("content", [CONTENT[:-7], b"something else", b""])
def test_damaged_source_stops_the_build(checkout: Checkout, content: bytes) -> None:
    found = checkout.source("alpha.txt", content)
    checkout.toy("alpha", sha256=DIGEST, script=COPY)
    result = checkout.run("build", "alpha")
    assert result.returncode == 1
    for part in (DIGEST, found, str(checkout.mirror / "alpha.txt"), f"{len(content)} bytes"):
        assert part in result.stderr
    assert not checkout.packages() and "alpha build" not in result.stderr
    assert not [path for path in (checkout.cache / "sources").iterdir() if not path.name.startswith(".")]


def test_a_damaged_cache_is_fetched_again(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WASMFORGE_MIRROR", str(tmp_path))
    (tmp_path / "alpha.txt").write_bytes(CONTENT)
    path = store.fetch(source())
    path.write_bytes(CONTENT[:10])
    assert store.fetch(source()).read_bytes() == CONTENT
    assert (tmp_path / "alpha.txt").read_bytes() == CONTENT


def test_mirror_by_hash_whatever_the_name(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mirror = tmp_path / "mirror"
    (mirror / "src").mkdir(parents=True)
    (mirror / "src" / "alpha_1%3a0.txt").write_bytes(CONTENT)
    (mirror / "SHA256SUMS").write_text(f"{'0' * 64}  src/other\n{DIGEST}  src/alpha_1%3a0.txt\n")
    monkeypatch.setenv("WASMFORGE_MIRROR", str(mirror))
    assert store.fetch(source()).read_bytes() == CONTENT


def test_upstream_is_asked_last(store: Store, served: tuple[str, Path]) -> None:
    address, folder = served
    (folder / "alpha.txt").write_bytes(CONTENT)
    assert store.fetch(source(f"{address}/gone.txt", f"{address}/alpha.txt")).read_bytes() == CONTENT


def test_wrong_file_upstream(store: Store, served: tuple[str, Path]) -> None:
    address, folder = served
    (folder / "alpha.txt").write_bytes(b"not found, but politely")
    with pytest.raises(SourceError, match=DIGEST):
        store.fetch(source(f"{address}/alpha.txt"))


def test_nowhere_says_where_it_was_looked_for(store: Store, served: tuple[str, Path]) -> None:
    with pytest.raises(SourceError) as error:
        store.fetch(source(f"{served[0]}/alpha.txt"))
    assert "alpha.txt" in str(error.value) and "404" in str(error.value) and "WASMFORGE_MIRROR" in str(error.value)


PAGE = f"""<html><a href="../files/alpha-0.tar.gz">alpha-0.tar.gz</a>
<a href="../files/alpha-1-py3-none-any.whl#sha256={DIGEST}" data-requires-python="&gt;=3">alpha</a></html>"""
JSON_PAGE = json.dumps(
    {
        "meta": {"api-version": "1.1"},
        "name": "alpha",
        "files": [
            {"filename": "alpha-0.tar.gz", "url": "../files/alpha-0.tar.gz", "hashes": {}, "yanked": False},
            {
                "filename": "alpha-1-py3-none-any.whl",
                "url": "../files/alpha-1-py3-none-any.whl",
                "hashes": {"md5": "0" * 32, "sha256": DIGEST},
                "requires-python": ">=3",
            },
        ],
    }
)


@pytest.mark.parametrize("page", [PAGE, JSON_PAGE], ids=["PEP 503", "PEP 691"])
def test_from_the_index_of_pip(
    store: Store, served: tuple[str, Path], set_up_pip: Callable[..., None], page: str
) -> None:
    """The archive is found by hash under another name; an index that does not answer hides no other."""
    address, folder = served
    (folder / "alpha").mkdir()
    (folder / "files").mkdir()
    (folder / "files" / "alpha-1-py3-none-any.whl").write_bytes(CONTENT)
    (folder / "alpha" / "index.html").write_text(page)
    store.layout.archives.write_text("alpha.txt: {pip: Alpha==1}\n")
    set_up_pip(index_url="http://127.0.0.1:9", extra_index_url=f"{address}/none {address}")
    assert project_files("Alpha") == [
        IndexFile("alpha-0.tar.gz", f"{address}/files/alpha-0.tar.gz", ""),
        IndexFile("alpha-1-py3-none-any.whl", f"{address}/files/alpha-1-py3-none-any.whl", DIGEST, ">=3"),
    ]
    assert store.fetch(source()).read_bytes() == CONTENT


def test_from_a_folder_of_pip(store: Store, set_up_pip: Callable[..., None], tmp_path: Path) -> None:
    """`find-links` gives no hashes: the archive is found by name, and checked by the recipe's hash."""
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "alpha-1.tar.gz").write_bytes(CONTENT)
    (tmp_path / "links" / "beta-1.tar.gz").write_bytes(b"another project")
    (tmp_path / "links" / "beta.html").write_text('<a href="gamma-1.tar.gz">gamma</a>')
    store.layout.archives.write_text("alpha-1.tar.gz: {pip: alpha==1}\n")
    set_up_pip(no_index="1", find_links=str(tmp_path / "links"))
    assert [file.name for file in project_files("alpha")] == ["alpha-1.tar.gz"]
    assert store.fetch(Source(DIGEST, ("file:///build/sources/alpha-1.tar.gz",))).read_bytes() == CONTENT


def test_no_index_answers(set_up_pip: Callable[..., None]) -> None:
    set_up_pip(index_url="http://127.0.0.1:9")
    with pytest.raises(NotAvailable, match=r"package alpha: http://127.0.0.1:9/alpha/: .*Connection refused"):
        project_files("alpha")


def test_a_package_that_no_index_has(served: tuple[str, Path], set_up_pip: Callable[..., None]) -> None:
    set_up_pip(index_url=served[0])
    assert project_files("alpha") == []


@pytest.mark.parametrize(
    ("name", "entry", "path"),
    [
        ("alpha_1%3a2-1_all.deb", '{apt: "alpha=1:2-1", source: beta}', "b/beta/alpha_2-1_all.deb"),
        ("libalpha_2.orig.tar.xz", "{apt: libalpha, orig: true}", "liba/libalpha/libalpha_2.orig.tar.xz"),
    ],
)
def test_from_the_mirror_of_apt(
    store: Store,
    served: tuple[str, Path],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    entry: str,
    path: str,
) -> None:
    address, folder = served
    file = folder / "debian" / "pool" / "main" / path
    file.parent.mkdir(parents=True)
    file.write_bytes(CONTENT)
    store.layout.archives.write_text(f"{name}: {entry}\n")
    monkeypatch.setattr(registries, "_apt_mirrors", lambda: [f"{address}/other", f"{address}/debian/"])
    assert store.fetch(Source(DIGEST, (f"file:///build/sources/{name}",))).read_bytes() == CONTENT


def test_every_listed_archive_says_where_it_is() -> None:
    listed = yaml.safe_load(Layout(root=REPOSITORY, cache=Path()).archives.read_text())
    assert listed
    for name, entry in listed.items():
        assert len({"pip", "npm", "apt"} & entry.keys()) == 1, name


def test_fill_links_encoded_and_plain_names(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a_1%3a2.deb").write_bytes(CONTENT)
    monkeypatch.setenv("WASMFORGE_MIRROR", str(tmp_path))
    store.fill([Source(DIGEST, ("file:///x/a_1%3a2.deb",))], tmp_path / "filled")
    assert (tmp_path / "filled" / "a_1%3a2.deb").read_bytes() == CONTENT
    assert (tmp_path / "filled" / "a_1:2.deb").read_bytes() == CONTENT


def test_command_fills_the_store_for_rattler_build(checkout: Checkout) -> None:
    checkout.toy("alpha", sha256=checkout.source("alpha.txt", CONTENT), script=COPY)
    assert checkout.run("sources", "alpha").returncode == 0
    assert (checkout.root / "build" / "sources" / "alpha.txt").read_bytes() == CONTENT
    assert checkout.run("sources").returncode == 2


def test_a_source_without_hash_is_refused(checkout: Checkout) -> None:
    folder = checkout.toy("alpha", sha256=DIGEST)
    recipe = folder / "recipe.yaml"
    recipe.write_text(recipe.read_text().replace(f"  sha256: {DIGEST}\n", ""))
    result = checkout.run("build", "alpha")
    assert result.returncode == 1 and "no sha256" in result.stderr
