"""`wasmforge verify` builds a package again and says what differs."""

from __future__ import annotations

from pathlib import Path

import pytest

from checkouts import Checkout
from packages import make_package
from wasmforge.channel.compare import compare

# A wasm module with one custom section: its name, then a byte.
MODULE = b"\0asm\1\0\0\0" + bytes([0, 6, 4]) + b"name"


def test_the_same_bytes(checkout: Checkout) -> None:
    checkout.toy("one")
    checkout.toy("two", host=("one",), run=("one",))
    checkout.build("two")
    before = checkout.packages()
    done = checkout.run("verify", "two")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("same bytes") == 1 and "two-1.0-" in done.stdout
    assert checkout.run("verify", "--all").stdout.count("same bytes") == 2
    assert checkout.packages() == before
    assert not list(checkout.cache.glob("verify-*"))


def test_the_build_number_of_the_channel_is_kept(checkout: Checkout) -> None:
    for word in ("first", "second"):
        checkout.toy("one", script=f'mkdir -p "$PREFIX/share"\necho {word} > "$PREFIX/share/one"\n')
        checkout.build("one")
    assert [name for name in checkout.packages() if name.endswith("_1.conda")]
    assert checkout.run("verify", "one").returncode == 0


def test_a_build_that_gives_other_bytes(checkout: Checkout) -> None:
    checkout.toy(
        "odd", script='mkdir -p "$PREFIX/share"\necho fixed > "$PREFIX/share/odd"\ndate +%s%N >> "$PREFIX/share/odd"\n'
    )
    checkout.build("odd")
    before = checkout.packages()
    done = checkout.run("verify", "odd")
    assert done.returncode == 1 and "1 of 1 packages differ" in done.stderr
    assert "share/odd" in done.stdout and "line 2" in done.stdout
    assert checkout.packages() == before


def test_a_package_that_is_out_of_date(checkout: Checkout) -> None:
    checkout.toy("one")
    done = checkout.run("verify", "one")
    assert done.returncode == 2 and "wasmforge build one" in done.stderr
    assert checkout.run("verify").returncode == 2


def test_a_build_that_fails(checkout: Checkout) -> None:
    flag = checkout.root / "flag"
    flag.touch()
    checkout.toy("one", script=f'test -e "{flag}"\nmkdir -p "$PREFIX/share"\ntouch "$PREFIX/share/one"\n')
    checkout.build("one")
    flag.unlink()
    before = checkout.packages()
    assert checkout.run("verify", "one").returncode == 1
    assert checkout.packages() == before and not list(checkout.cache.glob("verify-*"))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"a\nb\n", b"a\nc\n", "line 2: 'b' in the channel, 'c' in the new build"),
        (b"a\n", b"a\nc\n", "line 2: '' in the channel, 'c' in the new build"),
        (b"\0\1\2", b"\0\1\3", "differ from byte 2 (3 bytes)"),
        (MODULE + b"\1", MODULE + b"\2", "sections name of the module differ (16 bytes)"),
        (b"a", None, "only in the channel"),
        (None, b"a", "only in the new build"),
    ],
    ids=["line", "end", "binary", "wasm", "gone", "new"],
)
def test_reasons(tmp_path: Path, old: bytes | None, new: bytes | None, reason: str) -> None:
    packages = []
    for folder, content in (("old", old), ("new", new)):
        (tmp_path / folder).mkdir()
        files = {"share/same": b"", **({} if content is None else {"share/file": content})}
        packages.append(make_package(tmp_path / folder / "one-1-0.conda", files))
    assert reason in [one.reason for one in compare(*packages) if one.file == "share/file"]


def test_modes_and_links(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    old = make_package(tmp_path / "old" / "one-1-0.conda", {"file": b""}, {"link": "a"}, mode=0o600)
    new = make_package(tmp_path / "new" / "one-1-0.conda", {"file": b""}, {"link": "b"}, mode=0o700)
    reasons = [(one.file, one.reason) for one in compare(old, new)]
    assert ("link", "linkname: 'a' in the channel, 'b' in the new build") in reasons
    assert ("file", "mode: '0o600' in the channel, '0o700' in the new build") in reasons
    assert compare(old, old) == []
