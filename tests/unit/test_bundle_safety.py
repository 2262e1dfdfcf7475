"""bundle reads nothing outside the prefix and writes nothing outside its output, whatever the prefix says."""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
from pathlib import Path
from typing import Any

import pytest

from test_bundle import PYC, STDLIB, WASM, contents_of, manifest_of, with_numpy
from wasmforge.bundle.bundle import bundle
from wasmforge.bundle.compression import Compression
from wasmforge.bundle.contents import Contents
from wasmforge.bundle.modules.import_reader import ImportReader
from wasmforge.bundle.prefix import read_prefix
from wasmforge.bundle.rules import Options, Rules
from wasmforge.common.errors import WasmforgeError
from wasmforge.inventory.inventory import read_inventory

SECRET = b"the user's secret"
WWW = "share/wasmforge/www"


class Place:
    """A folder with the user's files and a prefix."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "home").mkdir()
        (root / "home/secret").write_bytes(SECRET)
        self.prefix = with_numpy(root / "prefix")
        self.out = root / "work/out"
        self.out.parent.mkdir()

    def record(self, name: str = "bad", paths: list[dict[str, Any]] | None = None, **fields: Any) -> Path:
        """Writes a record that says what the test wants; returns its file."""
        data = {"name": name, "version": "1", "build": "0", "subdir": "noarch", "depends": []}
        data |= {"paths_data": {"paths_version": 1, "paths": paths or []}, **fields}
        return self.write("bad", json.dumps(data))

    def write(self, name: str, text: str) -> Path:
        file = self.prefix.path / f"conda-meta/{name}-1-0.json"
        file.write_text(text)
        return file

    def file(self, path: str) -> Path:
        file = self.prefix.path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        return file

    def bundle(self) -> None:
        bundle(self.prefix.path, self.out, compression=Compression.NONE)

    def refuse(self, *says: object) -> None:
        """Bundling fails with a message on one line, and changes nothing that was there."""
        before = tree(self.root)
        with pytest.raises(WasmforgeError) as caught:
            self.bundle()
        for text in says:
            assert str(text) in str(caught.value)
        assert str(caught.value).isprintable(), "what a terminal acts on"
        assert tree(self.root) == before

    def published(self) -> bytes:
        return b"".join(contents_of(self.out).values())


def tree(folder: Path) -> dict[str, object]:
    found: dict[str, object] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        found[name] = path.readlink() if path.is_symlink() else path.read_bytes() if path.is_file() else None
    return found


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


# ---- what records say ----


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("../home/secret", "`..`"),
        (f"{WWW}/../../../../home/secret", "`..`"),
        (f"{WWW}/../../../home/secret", "`..`"),
        ("/etc/passwd", "absolute"),
        (f"{WWW}//etc/passwd", "empty part"),
        (f"{WWW}/./a", "`.`"),
        ("..\\home\\secret", "backslash"),
        ("C:/secret", "drive"),
        ("a\0b", "control"),
        ("a\x1b[2Jb", "control"),
        ("a\udc80", "half of a character"),
        ("", "empty"),
    ],
)
def test_paths_that_lead_out(place: Place, path: str, reason: str) -> None:
    place.refuse(place.record(paths=[{"_path": path, "path_type": "hardlink"}]), "paths[0]._path", reason)


@pytest.mark.parametrize("field", ["name", "version", "build", "subdir"])
@pytest.mark.parametrize(
    "value", ["", ".", "..", "../../home/x", "/etc/x", "a/b", "a\\b", "a\nb", "a b", "a#b", "ä", "%2e"]
)
def test_names_that_are_no_part_of_a_file_name(place: Place, field: str, value: str) -> None:
    place.refuse(place.record(**{field: value}), f"{field} is {value!r}")


def test_a_long_name_is_cut(place: Place) -> None:
    place.prefix.install("long", {f"{STDLIB}/site-packages/{'x' * 200}.so": WASM}, version="1." * 110 + "1")
    place.prefix.install("data", {f"{STDLIB}/site-packages/data.bin": b"x"}, version="2" * 200)
    place.bundle()
    names = [path.name for path in (place.out / "packages").iterdir()]
    assert max(map(len, names)) < 200
    assert f"data-{'2' * 146}" in " ".join(names)


FILE = {
    "_path": f"{STDLIB}/odd.txt", "path_type": "hardlink", "file_mode": "text", "prefix_placeholder": "/placeholder",
    "sha256": None, "sha256_in_prefix": None,
}  # fmt: skip
TEXTS = ["name", "version", "build", "subdir", "depends.0"]
TEXTS += [f"paths_data.paths.0.{field}" for field in FILE]
NO_TEXT: list[Any] = [5, True, 1.5, ["x"], {"x": "x"}]
ODD = [(field, value) for field in TEXTS for value in NO_TEXT]
ODD += [(field, None) for field in ("name", "version", "build", "subdir", "depends.0", "paths_data.paths.0._path")]
ODD += [("depends", value) for value in (5, True, "python", {"python": 1})]
ODD += [("depends.0", text) for text in ("", "[", ">=1")]
ODD += [("paths_data.paths", value) for value in (None, 5, "x", {"x": "x"})]
ODD += [(field, value) for field in ("paths_data", "paths_data.paths.0") for value in (None, 5, "x", ["x"])]
# What the inventory reads besides.
ABOUT = ["sha256", "license", "url", "extracted_package_dir", "package_tarball_full_path"]
ODD += [(field, value) for field in ABOUT for value in NO_TEXT]


@pytest.mark.parametrize(("field", "value"), ODD, ids=lambda value: str(value))
def test_odd_fields(place: Place, field: str, value: Any) -> None:
    place.file(FILE["_path"]).write_text("x")
    record = {"name": "odd", "version": "1", "build": "0", "subdir": "noarch", "depends": ["python"]}
    record["paths_data"] = {"paths": [dict(FILE)]}
    place.write("odd", json.dumps(record))
    place.bundle()
    holder: Any = record
    *path, last = field.split(".")
    for key in path:
        holder = holder[int(key) if key.isdecimal() else key]
    holder[int(last) if last.isdecimal() else last] = value
    place.refuse(place.write("odd", json.dumps(record)))


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "5", "null", "[" * 100_000, '{"name": 1e999999}', "\ud83d", "1" * 5000]
)
def test_records_that_are_none(place: Place, text: str) -> None:
    file = place.write("bad", "")
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    place.refuse(f"{file} is not a record of an installed package")


def test_records_that_are_no_files(place: Place) -> None:
    file = place.record()
    moved = file.rename(place.root / "home/bad.json")
    file.symlink_to(moved)
    place.refuse(file, "a link that leads out")
    with pytest.raises(WasmforgeError, match="a link that leads out"):
        read_inventory(place.prefix.path)
    file.unlink()
    os.mkfifo(file)
    with pytest.raises(WasmforgeError, match=r"bad-1-0\.json .*is not a file"):
        place.bundle()
    file.unlink()
    file.mkdir()
    place.refuse(file, "is not a file")


# ---- what lies in the prefix ----


@pytest.mark.parametrize("where", [WWW, f"{STDLIB}/site-packages"])
@pytest.mark.parametrize("target", ["{home}/secret", "../../../../home/secret", "a/../../../../../home/secret"])
@pytest.mark.parametrize("path_type", ["hardlink", "softlink"])
def test_links_to_files_outside(place: Place, where: str, target: str, path_type: str) -> None:
    file = place.file(f"{where}/leak.txt")
    (file.parent / "a").mkdir()
    up = "" if where == WWW else "../"
    file.symlink_to(target.format(home=place.root / "home") if "{" in target else up + target)
    place.record(paths=[{"_path": f"{where}/leak.txt", "path_type": path_type}])
    place.refuse("leak.txt")


@pytest.mark.parametrize("link", [WWW, f"{WWW}/deep"])
def test_folders_that_are_links_outside(place: Place, link: str, tmp_path: Path) -> None:
    folder = place.file(link)
    if folder.exists():
        folder.rename(place.root / "home/www")
    folder.symlink_to(place.root / "home")
    place.record(paths=[{"_path": f"{link}/secret", "path_type": "hardlink"}])
    place.refuse(f"{link}/", "is outside of")


def test_links_inside(place: Place) -> None:
    """To a file, to a file below a folder that is a link, and over two links."""
    place.prefix.install("real", {"share/real/page.css": b"css", f"{STDLIB}/real.txt": b"text"})
    place.file(f"{WWW}/style.css").symlink_to("../../real/page.css")
    place.file(f"{WWW}/linked").symlink_to("../../real")
    place.file(f"{WWW}/twice.css").symlink_to("style.css")
    place.file(f"{STDLIB}/link.txt").symlink_to("real.txt")
    paths = [{"_path": f"{WWW}/{name}", "path_type": "softlink"} for name in ("style.css", "twice.css")]
    paths += [{"_path": f"{WWW}/linked/page.css", "path_type": "hardlink"}]
    place.record(paths=[*paths, {"_path": f"{STDLIB}/link.txt", "path_type": "softlink"}])
    place.bundle()
    assert [(place.out / name).read_bytes() for name in ("style.css", "twice.css", "linked/page.css")] == [b"css"] * 3
    assert not any(path.is_symlink() for path in place.out.rglob("*"))
    with tarfile.open(place.out / manifest_of(place.out)["packages"]["bad"]["file_name"]) as tar:
        assert tar.getmember(f"{STDLIB}/link.txt").linkname == "real.txt"


@pytest.mark.parametrize("where", [WWW, f"{STDLIB}/site-packages"])
def test_what_is_no_file(place: Place, where: str) -> None:
    file = place.file(f"{where}/odd")
    place.record(paths=[{"_path": f"{where}/odd", "path_type": "hardlink"}])
    os.mkfifo(file)
    with pytest.raises(WasmforgeError, match="odd of the package bad-1-0 is not a file"):
        place.bundle()
    file.unlink()
    file.mkdir()
    place.refuse(file, "is not a file")
    file.rmdir()
    file.symlink_to("odd")
    place.refuse(file, "cannot be read")


@pytest.mark.parametrize("target", ["missing", "folder", "link"])
def test_a_link_for_the_root_needs_a_file(place: Place, target: str) -> None:
    file = place.file(f"{WWW}/link")
    place.file(f"{WWW}/folder").mkdir()
    file.symlink_to(target)
    place.record(paths=[{"_path": f"{WWW}/link", "path_type": "softlink"}])
    place.refuse(file, "bad-1-0")


def test_a_link_does_not_lie_to_the_cache_of_imports(place: Place) -> None:
    """Its record may have the hash of any source, by which the cache keeps what that imports."""
    site = f"{STDLIB}/site-packages"
    honest, digest = b"import csv", hashlib.sha256(b"import csv").hexdigest()
    place.prefix.install("other", {f"{site}/other.py": b"import json"})
    place.file(f"{site}/mod.py").symlink_to("other.py")
    entry = {"_path": f"{site}/mod.py", "sha256": digest, "sha256_in_prefix": digest}

    def imports() -> object:
        [package] = [package for package in read_prefix(place.prefix.path) if package.name == "bad"]
        sources = Contents.of(package, Rules.load(Options())).sources()
        return ImportReader(place.root / "cache", place.prefix.path).read({"bad": sources})["bad"]

    place.record(paths=[{**entry, "path_type": "softlink"}])
    assert imports() == {}
    place.file(f"{site}/mod.py").unlink()
    place.file(f"{site}/mod.py").write_bytes(honest)
    place.record(paths=[{**entry, "path_type": "hardlink"}])
    assert imports() == {"mod": ["csv"]}


@pytest.mark.parametrize(
    "path",
    [
        "packages/evil.tar",
        "Packages/evil.tar",
        "packages",
        "manifest.json",
        "MANIFEST.json",
        "manifest.json.br",
        "manifest.json/x",
        "pyodide-lock.json",
        "inventory.json.gz",
        "service-worker.js",
        "bundle-files.json",
        "bootstrap.mjs",
        "bootstrap.mjs.gz",
        "pyodide.d.ts",
        "index.html.br",
        "assets/a.js.gz",
    ],
)
def test_pages_in_the_place_of_a_file_of_the_bundle(place: Place, path: str) -> None:
    place.prefix.install("evil", {f"{WWW}/{path}": b"evil"})
    place.refuse(f"{WWW}/{path} of the package evil-1.0-h0_0", "the bundle writes itself")


def test_pages_may_bring_compressed_files_of_their_own(place: Place) -> None:
    files = {"data.csv.gz": b"gz", "data.bin": b"bin", "data.bin.br": b"br", "pages/manifest.json": b"{}"}
    place.prefix.install("mine", {f"{WWW}/{path}": data for path, data in files.items()})
    place.prefix.install("latin", {f"{WWW}/latin.html": "<head>ä</head>".encode("latin-1")})
    bundle(place.prefix.path, place.out)
    found = contents_of(place.out)
    assert files.items() <= found.items() and found["latin.html"] == "<head>ä</head>".encode("latin-1")


def test_only_types_of_the_runtime_get_into_the_root(place: Place) -> None:
    place.prefix.install("evil", {"x/share/wasmforge/manifest.d.ts": b"", "share/wasmforge/deep/more.d.ts": b""})
    place.bundle()
    assert not list(place.out.glob("m*.d.ts"))


@pytest.mark.parametrize(
    ("path", "data", "says"),
    [
        (f"{STDLIB}/site-packages/bad.so", WASM + b"\x01\xff\xff\xff\xff\xff", "bad.so of the package evil-1.0-h0_0"),
        ("x.py", b"", None),
        ("lib/python.py", b"", None),
    ],
)
def test_odd_files(place: Place, path: str, data: bytes, says: str | None) -> None:
    """A side module that is none, and sources where Python has none, in a package of the base, too."""
    file = place.file(path)
    file.write_bytes(data)
    python = next(place.prefix.path.glob("conda-meta/python-3*"))
    record = json.loads(python.read_text())
    record["paths_data"]["paths"].append({"_path": path, "path_type": "hardlink"})
    if says:
        place.prefix.install("evil", {path: data})
        place.refuse(says)
    else:
        place.file("lib/__pycache__/python.cpython-py.pyc").write_bytes(PYC)
        record["paths_data"]["paths"].append({"_path": "lib/__pycache__/python.cpython-py.pyc"})
        python.write_text(json.dumps(record))
        place.bundle()


def test_a_source_that_is_too_deep(place: Place) -> None:
    """The prefix's own Python, which is none here, is asked next."""
    place.prefix.install("deep", {f"{STDLIB}/site-packages/deep.py": b"-" * 200_000 + b"1"})
    file = f"{STDLIB}/site-packages/__pycache__/deep.cpython-313.pyc"
    place.prefix.install("bytecode", {file: PYC})
    record = place.prefix.path / "conda-meta/deep-1.0-h0_0.json"
    data = json.loads(record.read_text())
    data["paths_data"]["paths"].append({"_path": file})
    record.write_text(json.dumps(data))
    with pytest.raises(WasmforgeError, match=r"cannot parse .*deep\.py"):
        place.bundle()


@pytest.mark.parametrize("made_as", ["prefix", "link"])
@pytest.mark.parametrize("given_as", ["prefix", "link"])
def test_a_prefix_that_is_a_link(place: Place, made_as: str, given_as: str) -> None:
    link = place.root / "link"
    link.symlink_to("prefix")
    config = place.file(f"{STDLIB}/config.txt")
    config.write_text(f"lib={place.root / made_as}/lib")
    place.record(paths=[{"_path": f"{STDLIB}/config.txt", "prefix_placeholder": "/placeholder", "file_mode": "text"}])
    bundle(place.root / given_as, place.out, compression=Compression.NONE)
    packed = place.published()
    # The link's name is not known where the prefix is given by its own.
    assert (b"lib=/lib" in packed) == ((made_as, given_as) != ("link", "prefix"))
