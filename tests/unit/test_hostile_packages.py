"""`create` writes, replaces and deletes nothing outside its prefix, whatever packages, records and wheels name."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from channels import FaultyChannel
from hostile_packages import Hostile, entry, fifo, hard_link, make_channel, symlink

from wasmforge.common.errors import WasmforgeError
from wasmforge.common.layout import Layout, find_layout
from wasmforge.common.progress import Reporter
from wasmforge.environment.create import create_environment

PLACEHOLDER = "/opt/placehold_placehold_placehold"
NOTE = b"the user's"


class Place:
    """A folder with the user's files, a channel, a cache and the prefix env."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.layout: Layout = replace(find_layout(), cache=root / "cache", root=root)
        self.channel = root / "channel"
        self.prefix = root / "home" / "env"
        self.note = root / "home" / "note"
        self.note.parent.mkdir()
        self.note.write_bytes(NOTE)
        (root / "home" / "folder").mkdir()
        (root / "home" / "folder" / "file").write_bytes(NOTE)

    def create(self, *packages: Hostile, specs: list[str] | None = None) -> None:
        if packages:
            make_channel(self.channel, *packages)
        self.create_from(str(self.channel), specs or [package.name for package in packages])

    def create_from(self, channel: str, specs: list[str]) -> None:
        create_environment(self.layout, self.prefix, specs, [], [channel], Reporter())

    def refuse(self, *packages: Hostile, says: tuple[str, ...], specs: list[str] | None = None) -> None:
        """Creating fails with a message, and changes nothing of the user's and nothing of the prefix."""
        before = self.tree()
        with pytest.raises(WasmforgeError) as caught:
            self.create(*packages, specs=specs)
        for part in says:
            assert part in str(caught.value)
        assert self.tree() == before

    def tree(self) -> dict[str, object]:
        found: dict[str, object] = {}
        for path in sorted((self.root / "home").rglob("*")):
            if path.name == ".wasmforge-lock":  # Each change leaves it, be the package refused or not.
                continue
            name = path.relative_to(self.root).as_posix()
            found[name] = path.readlink() if path.is_symlink() else path.read_bytes() if path.is_file() else None
        return found

    def mine(self) -> dict[str, object]:
        return {name: content for name, content in self.tree().items() if not name.startswith("home/env")}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def listed(path: str, *, member: str = "ok", **more: str) -> Hostile:
    """A package whose paths.json names a path that its archive need not have."""
    return Hostile("bad", [(member, b"hello")], [entry(path, b"hello", **more)])


def python_package(link: dict[str, Any]) -> Hostile:
    return Hostile("bad", [("site-packages/m.py", b"")], noarch="python", link={"noarch": {"type": "python", **link}})


ONE = Hostile("one", [("share/x", b"first")])
CHANGED = replace(ONE, members=[("share/x", b"other")])

BAD_PATHS = {
    "../note": "`..`",
    "share/../../note": "`..`",
    "/tmp/x": "absolute",
    "..\\note": "backslash",
    "C:/note": "drive",
    "a\nb": "control",
    "conda-meta/other-1-0.json": "must not write to conda-meta",
    "Conda-Meta/other-1-0.json": "must not write to conda-meta",
    "info/index.json": "must not write to info",
}


@pytest.mark.parametrize("path", BAD_PATHS)
def test_paths_of_the_list(place: Place, path: str) -> None:
    place.refuse(listed(path), says=("bad-1.0-0.conda", repr(path), BAD_PATHS[path]))


def test_an_absolute_path_to_a_file_of_the_user(place: Place) -> None:
    place.refuse(listed(str(place.note)), says=(repr(str(place.note)), "absolute"))


@pytest.mark.parametrize("path", [path for path in BAD_PATHS if "must not" not in BAD_PATHS[path]])
def test_members_of_the_archive(place: Place, path: str) -> None:
    """Unpacking would leave `..` out, and move absolute paths below its folder, without a word."""
    package = Hostile("bad", [("ok", b""), (path, b"hello")], [entry("ok")])
    # rattler's reader stops at the first two kinds by itself.
    reason = f": {path}" if path[0] == "/" or "/.." in f"/{path}" and "/" in path else BAD_PATHS[path]
    place.refuse(package, says=("bad-1.0-0.conda", reason))


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("/etc", "absolute"),
        ("../../..", "leads out"),
        ("..", "leads out"),
        ("a/../../x", "follows a name"),
        ("..\\x", "backslash"),
        ("C:/x", "drive"),
    ],
)
def test_targets_of_links(place: Place, target: str, reason: str) -> None:
    place.refuse(Hostile("bad", [("link", symlink(target))]), says=("bad-1.0-0.conda", "'link'", target[:2], reason))


def test_hard_links_of_the_archive(place: Place) -> None:
    package = Hostile("bad", [("copy", hard_link("../../../../home/note"))])
    place.refuse(package, says=("bad-1.0-0.conda", "'copy'", "`..`"))


def test_a_path_through_an_own_link(place: Place) -> None:
    outside = Hostile("bad", [("d", symlink("../folder")), ("d/file", b"evil")])
    place.refuse(outside, says=("'d'", "leads out"))
    # Also where the link stays inside: what is behind it may be another package's.
    inside = Hostile("bad", [("d", symlink("share")), ("d/file", b"evil")])
    place.refuse(inside, says=("'d/file'", "through d"))
    hidden = Hostile("bad", [("d", symlink("share")), ("share/file", b"evil")], [entry("d/file", b"evil")])
    place.refuse(Hostile("ok", []), hidden, says=("bad-1.0-0.conda",), specs=["bad"])


def test_two_packages_that_escape_together(place: Place) -> None:
    one = Hostile("one", [("share/x", symlink("y"))])
    other = Hostile("other", [("share/x/file", b"evil")])
    place.refuse(one, other, says=("other-1.0-0.conda", "'share/x/file'", "share/x", "link of one-1.0-0.conda"))
    other = Hostile("other", [("Share/X/file", b"evil")])
    place.refuse(one, other, says=("other-1.0-0.conda", "link of one-1.0-0.conda"))
    # A link that is plain by itself, and leads out by way of the other's.
    up = Hostile("up", [("share/a/b", symlink("../.."))])
    out = Hostile("out", [("share/a/out", symlink("b/../folder"))])
    place.refuse(up, out, says=("out-1.0-0.conda", "follows a name"))


def test_an_update_checks_against_what_is_installed(place: Place) -> None:
    one = Hostile("one", [("share/x", symlink("y"))])
    other = Hostile("other", [("share/x/file", b"evil")])
    place.create(one)
    place.refuse(one, other, says=("other-1.0-0.conda", "through share/x"))


def test_a_file_where_another_package_has_a_folder(place: Place) -> None:
    one, other = Hostile("one", [("share/x", b"")]), Hostile("other", [("share/x/file", b"")])
    place.refuse(one, other, says=("other-1.0-0.conda", "through share/x", "file of one-1.0-0.conda"))


def test_odd_members(place: Place) -> None:
    place.refuse(Hostile("bad", [("pipe", fifo())], []), says=("bad-1.0-0.conda",))
    twice = Hostile("bad", [("x", b"1"), ("x", symlink("y"))], [entry("x", b"1")])
    place.refuse(twice, says=("bad-1.0-0.conda", "'x'", "twice"))
    twice = Hostile("bad", [("x", b"1")], [entry("x", b"1"), entry("x", b"1")])
    place.refuse(twice, says=("bad-1.0-0.conda", "'x'", "twice"))
    own = Hostile("bad", [("x", b"1"), ("info/paths.json", b'{"paths_version": 1, "paths": []}')], [entry("x", b"1")])
    place.refuse(own, says=("bad-1.0-0.conda", "info/paths.json"))
    mixed = Hostile("bad", [("x", symlink("y")), ("y", b"")], [entry("x"), entry("y")])
    place.refuse(mixed, says=("bad-1.0-0.conda", "'x'", "not in both"))


@pytest.mark.parametrize("placeholder", ["", "e", "lib", "/", "/a\nb", "/a\0b"])
def test_placeholders(place: Place, placeholder: str) -> None:
    package = listed("ok", prefix_placeholder=placeholder, file_mode="text")
    place.refuse(package, says=("bad-1.0-0.conda", "'ok'", "prefix_placeholder"))


def test_a_placeholder_of_a_link(place: Place) -> None:
    link = entry("x", path_type="softlink", prefix_placeholder=PLACEHOLDER, file_mode="text")
    package = Hostile(
        "bad", [("x", symlink("y")), ("y", PLACEHOLDER.encode())], [link, entry("y", PLACEHOLDER.encode())]
    )
    place.refuse(package, says=("bad-1.0-0.conda", "'x'", "link"))


@pytest.mark.parametrize("name", ["../../note", "/tmp/x", "a/b", "..", "a\\b"])
def test_names_of_entry_points(place: Place, name: str) -> None:
    python = Hostile("python", [("bin/python", b"")], version="3.13.15")
    package = python_package({"entry_points": [f"{name} = m:main"]})
    place.refuse(python, package, says=("bad-1.0-0.conda", repr(name), "entry point"))


def test_entry_points_that_are_code(place: Place) -> None:
    package = python_package({"entry_points": ["x = m:main()\nimport os"]})
    place.refuse(package, says=("bad-1.0-0.conda", "NAME = MODULE:FUNCTION"))


def test_the_folder_that_python_names_for_other_packages(place: Place) -> None:
    python = Hostile("python", [], version="3.13.15", record={"python_site_packages_path": "../folder"})
    package = Hostile("mod", [("site-packages/m.py", b"")], noarch="python")
    place.refuse(python, package, says=("python-3.13.15-0.conda", "python_site_packages_path", "`..`"))
    python = replace(python, record={"python_site_packages_path": "conda-meta"})
    place.refuse(python, package, says=("python-3.13.15-0.conda", "must not write to conda-meta"))


def test_a_link_in_the_way_of_a_noarch_package(place: Place) -> None:
    """Its paths are checked where they will lie: site-packages/m.py is a path below the folder of Python."""
    python = Hostile("python", [("lib/python3.13/site-packages", symlink("x"))], version="3.13.15")
    package = Hostile("mod", [("site-packages/m.py", b"")], noarch="python")
    place.refuse(python, package, says=("mod-1.0-0.conda", "through lib/python3.13/site-packages"))


def test_another_package_than_the_index_says(place: Place) -> None:
    for record in ({"version": "2.0"}, {"build": "1"}, {"noarch": "python"}):
        place.refuse(Hostile("bad", [], record=record), says=("bad-1.0-0.conda", "another package"))


def test_plain_packages_are_installed(place: Place) -> None:
    text = f"home = {PLACEHOLDER}".encode()
    python = Hostile("python", [("bin/python", b""), ("bin/python3", symlink("python"))], version="3.13.15")
    plain = Hostile(
        "plain",
        [
            ("site-packages/plain.py", b""),
            ("python-scripts/plain-script", b""),
            ("share/plain/conf", text),
            ("share/plain/deep/link", symlink("../../plain/conf")),
            ("share/plain/copy", hard_link("share/plain/conf")),
            ("share/Plain/conf", b"upper"),
        ],
        noarch="python",
        link={"noarch": {"type": "python", "entry_points": ["plain = plain:main"]}},
    )
    plain.paths = [entry("share/plain/conf", text, prefix_placeholder=PLACEHOLDER, file_mode="text")]
    plain.paths += [entry("share/plain/deep/link", path_type="softlink"), entry("share/plain/copy", text)]
    plain.paths += [
        entry("site-packages/plain.py"),
        entry("python-scripts/plain-script"),
        entry("share/Plain/conf", b"upper"),
    ]
    place.create(python, plain)
    place.create(python, plain)  # again, in place
    assert (place.prefix / "share/plain/deep/link").read_text() == f"home = {place.prefix}"
    for path in ("lib/python3.13/site-packages/plain.py", "bin/plain-script", "bin/plain", "share/plain/copy"):
        assert (place.prefix / path).is_file()


def test_packages_of_the_older_format(place: Place) -> None:
    place.refuse(replace(listed("../note"), suffix=".tar.bz2"), says=("bad-1.0-0.tar.bz2", "`..`"))
    link = Hostile("bad", [("ok", b""), ("link", symlink("/etc"))], suffix=".tar.bz2")
    place.refuse(link, says=("bad-1.0-0.tar.bz2", "'link'", "absolute"))
    twice = Hostile("bad", [("x", b"1"), ("x", symlink("y"))], [entry("x", b"1")], suffix=".tar.bz2")
    place.refuse(twice, says=("bad-1.0-0.tar.bz2", "'x'", "twice"))
    place.create(replace(ONE, suffix=".tar.bz2"))
    assert (place.prefix / "share/x").read_bytes() == b"first"


# ---- records and links in a prefix that exists ----


def name_outside(place: Place, package: Hostile, *paths: str) -> None:
    """Has the record of an installed package name more files, as a hostile package's would."""
    file = place.prefix / "conda-meta" / f"{Path(package.file_name).stem}.json"
    record = json.loads(file.read_text())
    record["files"] += paths
    record["paths_data"]["paths"] += [entry(path, NOTE) for path in paths]
    file.write_text(json.dumps(record))


def test_old_records_delete_nothing_outside(place: Place, capfd: pytest.CaptureFixture[str]) -> None:
    old = Hostile("old", [("share/old", b""), ("share/out", symlink("x"))])
    place.create(old)
    (place.prefix / "share/out").unlink()
    (place.prefix / "share/out").symlink_to(place.root / "home" / "folder")
    before = place.mine()
    name_outside(place, old, "../note", str(place.note), "share/out/file")
    updated = replace(old, members=[("share/new", b"")], version="2.0")
    place.create(updated)
    assert (place.prefix / "share/new").is_file() and not (place.prefix / "share/old").exists()
    assert place.mine() == before
    assert "outside" in capfd.readouterr().err
    # Removed rather than updated.
    name_outside(place, updated, "../note", str(place.note))
    place.create(Hostile("other", [("share/other", b"")]))
    assert not (place.prefix / "share/new").exists()
    assert place.mine() == before


def test_a_link_in_the_prefix_that_leads_out(place: Place) -> None:
    place.create(Hostile("one", [("bin/one", b"")]))
    (place.prefix / "share").symlink_to(place.root / "home" / "folder")
    place.refuse(Hostile("two", [("share/file", b"evil")]), says=("two-1.0-0.conda", "'share/file'", "leads out"))
    folder = Hostile("two", [], [entry("share/made", path_type="directory")])
    place.refuse(folder, says=("two-1.0-0.conda", "'share/made'", "leads out"))


def test_records_that_are_not_those_of_packages(place: Place) -> None:
    one = Hostile("one", [("bin/one", b"")])
    place.create(one)
    meta = place.prefix / "conda-meta"
    record = (meta / "one-1.0-0.json").read_text()
    (meta / "two-1.0-0.json").write_text(record)
    place.refuse(one, says=("two-1.0-0.json", "another name"))
    (meta / "two-1.0-0.json").write_text("[" * 10)
    place.refuse(one, says=("two-1.0-0.json", "no record"))
    (meta / "two-1.0-0.json").unlink()
    meta.rename(place.root / "home" / "meta")
    meta.symlink_to(place.root / "home" / "meta")
    place.refuse(one, says=("conda-meta", "symbolic link"))


# ---- what the index says of a file ----


@pytest.mark.parametrize("record", [{"sha256": "0" * 64}, {"md5": "0" * 32}, {"size": 3}])
def test_a_folder_whose_index_says_something_else(place: Place, record: dict[str, Any]) -> None:
    what = next(iter(record))
    place.refuse(replace(ONE, record=record), says=("one-1.0-0.conda", f"its {what} is", f"says {record[what]}"))


def test_an_index_without_sha256(place: Place) -> None:
    place.refuse(replace(ONE, record={"sha256": None}), says=("one-1.0-0.conda", "no sha256"))


def test_a_package_that_is_gone_or_damaged(place: Place) -> None:
    make_channel(place.channel, ONE)
    file = place.channel / "noarch" / ONE.file_name
    content = file.read_bytes()
    file.unlink()
    place.refuse(specs=["one"], says=(str(file), "cannot be read"))
    file.write_bytes(content[:-1] + b"!")
    place.refuse(specs=["one"], says=(str(file), "sha256"))


def test_a_package_that_was_exchanged_after_it_was_cached(place: Place) -> None:
    """The index is the new file's: what the cache has under the name is not taken."""
    place.create(ONE)
    place.create(CHANGED)
    assert (place.prefix / "share/x").read_bytes() == b"other"
    make_channel(place.root / "elsewhere", ONE)
    shutil.copy(place.root / "elsewhere" / "noarch" / ONE.file_name, place.channel / "noarch")
    # The file is not what the index says, but the cache has the package that it says.
    place.create(specs=["one"])
    assert (place.prefix / "share/x").read_bytes() == b"other"


def test_two_channels_share_the_cache(place: Place) -> None:
    """As two checkouts do that have packages of one name and of different bytes."""
    for content, package in ((b"first", ONE), (b"other", CHANGED), (b"first", ONE)):
        channel = make_channel(place.root / f"channel-{content.decode()}", package)
        shutil.rmtree(place.prefix, ignore_errors=True)
        place.create_from(str(channel), ["one"])
        assert (place.prefix / "share/x").read_bytes() == content


def test_a_file_of_the_cache_that_was_changed(place: Place) -> None:
    """Prefixes share the files of the cache as hard links, so that a change of one may be a change of all."""
    place.create(ONE)
    (cached,) = place.layout.packages.glob("*/*/share/x")
    cached.write_bytes(b"worse")
    shutil.rmtree(place.prefix)
    place.create(specs=["one"])
    assert (place.prefix / "share/x").read_bytes() == b"first"


def test_a_cache_that_is_named_for_other_content(place: Place) -> None:
    """Earlier versions recorded the index's sha256 for what they had not checked."""
    old = place.layout.package_cache / "one-1.0-0"
    old.mkdir(parents=True)
    shutil.copytree(make_unpacked(place, CHANGED), old, dirs_exist_ok=True)
    place.create(ONE)
    assert (place.prefix / "share/x").read_bytes() == b"first"


def test_many_runs_fill_the_cache_at_once(place: Place) -> None:
    packages = [Hostile(f"p{number}", [(f"share/{number}", b"x" * 10_000)]) for number in range(10)]
    make_channel(place.channel, *packages)

    def run(number: int) -> Path:
        prefix = place.root / f"env{number}"
        names = [package.name for package in packages]
        create_environment(place.layout, prefix, names, [], [str(place.channel)], Reporter())
        return prefix

    with ThreadPoolExecutor(8) as pool:
        for prefix in pool.map(run, range(8)):
            assert len(list((prefix / "share").iterdir())) == len(packages)
    assert not list(place.layout.packages.rglob("*.wasmforge-part"))


def make_unpacked(place: Place, package: Hostile) -> Path:
    from rattler.package_streaming import extract

    channel = make_channel(place.root / "unpacked", package)
    folder = place.root / "unpacked" / "folder"
    extract(channel / "noarch" / package.file_name, folder)
    return folder


# ---- over HTTP ----


@pytest.fixture
def served(place: Place) -> Iterator[str]:
    with FaultyChannel(place.channel) as channel:
        yield channel.url


def test_http(place: Place, served: str) -> None:
    false = replace(CHANGED, name="false", record={"sha256": "0" * 64})
    make_channel(place.channel, ONE, false, listed("../note"))
    place.create_from(served, ["one"])
    assert (place.prefix / "share/x").read_bytes() == b"first"
    record = json.loads((place.prefix / "conda-meta" / "one-1.0-0.json").read_text())
    assert record["url"] == served + "noarch/one-1.0-0.conda"
    before = place.tree()
    for name, says in (("false", "sha256"), ("bad", "`..`")):
        with pytest.raises(WasmforgeError, match=says):
            place.create_from(served, [name])
        assert place.tree() == before
