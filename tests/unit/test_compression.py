"""Compressed files of a bundle: right, the same whichever way, kept between runs, with progress."""

from __future__ import annotations

import errno
import gzip
import io
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import brotli
import pytest
from rich.console import Console

from wasmforge.bundle import compressed_cache
from wasmforge.bundle.compressed_cache import CompressedCache, read_limit
from wasmforge.bundle.compression import Compression, Method
from wasmforge.bundle.precompress import Precompressor
from wasmforge.common.errors import UsageError
from wasmforge.common.progress import Reporter, TimeLeft

EXTENSIONS = frozenset({".js", ".tar"})
LIMIT = 10_000_000
FULL_DISK = """
import sys
from pathlib import Path
from wasmforge.bundle import compressed_cache
from wasmforge.bundle.compressed_cache import CompressedCache
from wasmforge.bundle.compression import Compression
from wasmforge.bundle.precompress import Precompressor

compressed_cache._KEEP_FREE = int(sys.argv[3])
cache = CompressedCache(Path(sys.argv[1]), 10_000_000)
Precompressor(cache).run(Path(sys.argv[2]), {".js", ".tar"}, Compression.FAST)
print(cache.problem.errno)
"""


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """A folder of files, some alike, one that nothing makes smaller."""
    folder = tmp_path / "plain"
    (folder / "packages").mkdir(parents=True)
    source = random.Random(1)
    for number in range(6):
        text = " ".join(source.choices(["import", "def", "return", "self", "numpy", "array"], k=3000 * (number + 1)))
        (folder / f"packages/{number}.js").write_text(text)
    (folder / "noise.tar").write_bytes(source.randbytes(200_000))
    (folder / "empty.js").write_bytes(b"")
    (folder / "image.png").write_bytes(b"png")
    return folder


def compress(
    plain: Path,
    out: Path,
    cache: CompressedCache | None = None,
    compression: Compression = Compression.FAST,
    workers: int | None = None,
) -> dict[str, bytes]:
    """The files of a copy of `plain` with the compressed ones."""
    shutil.copytree(plain, out)
    Precompressor(cache, workers).run(out, EXTENSIONS, compression, ["packages/0.js"])
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def entries(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def forbid_compressing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(method: Method, data: bytes) -> bytes:
        raise AssertionError(f"compressed anew: {method}, {len(data)} bytes")

    monkeypatch.setattr(Method, "compress", fail)


@pytest.mark.parametrize("compression", [Compression.FAST, Compression.BEST])
def test_compressed_files_hold_their_plain_ones(plain: Path, tmp_path: Path, compression: Compression) -> None:
    files = compress(plain, tmp_path / "out", None, compression)
    names = {name for name in files if name.endswith((".js", ".tar"))}
    assert len(names) == 8
    assert set(files) == names | {"image.png"} | {f"{name}{suffix}" for name in names for suffix in (".br", ".gz")}
    for name in names:
        assert brotli.decompress(files[f"{name}.br"]) == gzip.decompress(files[f"{name}.gz"]) == files[name]


def test_best_is_smaller_and_fast_is_as_good_where_every_visit_fetches(plain: Path, tmp_path: Path) -> None:
    fast = compress(plain, tmp_path / "fast")
    best = compress(plain, tmp_path / "best", None, Compression.BEST)
    assert fast["packages/0.js.br"] == best["packages/0.js.br"]
    assert fast["packages/0.js.gz"] == best["packages/0.js.gz"]
    for number in range(1, 6):
        assert len(best[f"packages/{number}.js.br"]) < len(fast[f"packages/{number}.js.br"])


def test_none_writes_nothing(plain: Path, tmp_path: Path) -> None:
    files = compress(plain, tmp_path / "out", CompressedCache(tmp_path / "cache", LIMIT), Compression.NONE)
    assert set(files) == {str(path.relative_to(plain)) for path in plain.rglob("*") if path.is_file()}


def test_the_bytes_depend_on_neither_workers_nor_the_cache(plain: Path, tmp_path: Path) -> None:
    cache = CompressedCache(tmp_path / "cache", LIMIT)
    one = compress(plain, tmp_path / "one", None, workers=1)
    assert compress(plain, tmp_path / "four", None, workers=4) == one
    assert compress(plain, tmp_path / "first", cache) == one
    assert compress(plain, tmp_path / "again", cache) == one


def test_gzip_says_nothing_of_time_and_python() -> None:
    data = Method(".gz", 6).compress(b"text")
    assert data[4:8] == bytes(4) and data[:3] == b"\x1f\x8b\x08"


def test_what_is_kept_is_not_compressed_again(plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = CompressedCache(tmp_path / "cache", LIMIT)
    first = compress(plain, tmp_path / "first", cache)
    assert len(entries(cache.folder)) == 2 * 8
    forbid_compressing(monkeypatch)
    (plain / "packages/1.js").rename(plain / "packages/renamed.js")
    again = compress(plain, tmp_path / "again", CompressedCache(cache.folder, LIMIT))
    assert {name.replace("renamed", "1"): data for name, data in again.items()} == first


def test_another_content_level_or_version_is_compressed(
    plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = CompressedCache(tmp_path / "cache", LIMIT)
    compress(plain, tmp_path / "first", cache)
    (plain / "packages/1.js").write_text("changed")
    changed = compress(plain, tmp_path / "changed", cache)
    assert brotli.decompress(changed["packages/1.js.br"]) == b"changed"
    assert len(entries(cache.folder)) == 2 * 9
    compress(plain, tmp_path / "best", cache, Compression.BEST)
    # All but the one that every visit fetches.
    assert len(entries(cache.folder)) == 2 * (9 + 7)
    monkeypatch.setattr(brotli, "__version__", "0.0.1")
    compress(plain, tmp_path / "other", cache)
    assert len(entries(cache.folder)) == 2 * (9 + 7) + 8


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


def exchange(path: Path) -> None:
    """Put another entry in its place, which is whole."""
    other = next(one for one in entries(path.parents[1]) if one != path)
    shutil.copyfile(other, path)


@pytest.mark.parametrize("damage", [cut, empty, flip, exchange])
def test_damaged_entries_are_made_anew(plain: Path, tmp_path: Path, damage) -> None:
    cache = CompressedCache(tmp_path / "cache", LIMIT)
    first = compress(plain, tmp_path / "first", cache)
    whole = {path: path.read_bytes() for path in entries(cache.folder)}
    for path in whole:
        damage(path)
    assert all(path.read_bytes() != data for path, data in whole.items() if damage is not exchange)
    assert compress(plain, tmp_path / "again", cache) == first
    assert {path: path.read_bytes() for path in entries(cache.folder)} == whole


def test_the_entries_unused_for_longest_go_first(tmp_path: Path) -> None:
    cache = CompressedCache(tmp_path / "cache", 3500)
    for number in range(5):
        cache.put(str(number), "method", bytes([number]) * 1000)
        os.utime(cache._place(str(number), "method"), (number, number))
    assert cache.get("0", "method") == bytes(1000)
    cache.trim()
    kept = [number for number in range(5) if cache.get(str(number), "method") is not None]
    assert kept == [0, 3, 4]
    assert sum(path.stat().st_size for path in entries(cache.folder)) <= 3500


def test_drafts_of_killed_runs_count_and_go(tmp_path: Path) -> None:
    cache = CompressedCache(tmp_path / "cache", 2000)
    cache.put("content", "method", bytes(1000))
    draft = cache.folder / "ab" / ".key-x.part" / "new"
    draft.parent.mkdir(parents=True)
    draft.write_bytes(bytes(1500))
    os.utime(draft, (1, 1))
    cache.trim()
    assert not draft.exists() and cache.get("content", "method") == bytes(1000)


def test_a_limit_of_0_keeps_nothing(plain: Path, tmp_path: Path) -> None:
    cache = CompressedCache(tmp_path / "cache", 0)
    compress(plain, tmp_path / "out", cache)
    assert entries(cache.folder) == [] and cache.problem is None


def test_the_limit_is_set_by_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WASMFORGE_COMPRESSED_MB", raising=False)
    assert read_limit() == 2_000_000_000
    monkeypatch.setenv("WASMFORGE_COMPRESSED_MB", "50")
    assert read_limit() == 50_000_000
    for wrong in ("2 GB", "-1", "1.5"):
        monkeypatch.setenv("WASMFORGE_COMPRESSED_MB", wrong)
        with pytest.raises(UsageError, match="WASMFORGE_COMPRESSED_MB is .*in MB"):
            read_limit()


def test_a_cache_that_cannot_be_written_is_no_failure(plain: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("not a folder")
    cache = CompressedCache(tmp_path / "cache", LIMIT)
    assert compress(plain, tmp_path / "out", cache) == compress(plain, tmp_path / "other")
    assert isinstance(cache.problem, FileExistsError)


@pytest.mark.parametrize("keep_free", [0, compressed_cache._KEEP_FREE], ids=["full", "almost full"])
def test_a_full_disk_of_the_cache_is_no_failure(plain: Path, tmp_path: Path, keep_free: int) -> None:
    """On a real file system of 64 kB."""
    (tmp_path / "disk").mkdir()
    shutil.copytree(plain, tmp_path / "out")
    mount = 'mount -t tmpfs -o size=64k none "$1" && exec "$2" -c "$3" "$1/cache" "$4" "$5"'
    arguments = [tmp_path / "disk", sys.executable, FULL_DISK, tmp_path / "out", str(keep_free)]
    if subprocess.run(["unshare", "-rm", "true"], check=False, capture_output=True).returncode:
        pytest.skip("this system lets no user mount a file system")
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", mount, "sh", *arguments], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == str(errno.ENOSPC), done.stderr
    made = {str(path.relative_to(tmp_path / "out")): path.read_bytes() for path in (tmp_path / "out").rglob("*.br")}
    assert len(made) == 8
    assert all(brotli.decompress(data) == (plain / name).with_suffix("").read_bytes() for name, data in made.items())


def repeat(plain: Path, out: Path, cache: Path, limit: int) -> list[dict[str, bytes]]:
    return [compress(plain, out / str(number), CompressedCache(cache, limit), workers=2) for number in range(8)]


def test_runs_share_a_cache_that_they_fill_and_trim(plain: Path, tmp_path: Path) -> None:
    expected = compress(plain, tmp_path / "expected")
    # A third of all entries fits.
    arguments = [(plain, tmp_path / str(number), tmp_path / "cache", 200_000) for number in range(3)]
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        results = pool.starmap(repeat, arguments)
    assert all(made == expected for run in results for made in run)
    assert sum(path.stat().st_size for path in entries(tmp_path / "cache")) <= 200_000


def test_a_failure_is_raised_and_ends_the_rest(plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []

    def fail(method: Method, data: bytes) -> bytes:
        started.append(method)
        raise MemoryError

    monkeypatch.setattr(Method, "compress", fail)
    with pytest.raises(MemoryError):
        compress(plain, tmp_path / "out", workers=1)
    assert len(started) == 1


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_time_left_follows_the_pace_of_what_is_done() -> None:
    clock = Clock()
    left = TimeLeft(2, clock)
    assert left.text() == ""
    left.expect([60, 30, 30])
    assert left.text() == "0 of 3 files, 0%, about 1:00 left"
    with left.job(60):
        clock.now = 30
        assert left.text() == "0 of 3 files, 25%, about 0:45 left"
        clock.now = 120
    # It took twice as long as expected, and so will the others: 60 seconds each, both at once.
    assert left.text() == "1 of 3 files, 50%, about 1:00 left"
    with left.job(30), left.job(30):
        clock.now = 150
        assert left.text() == "1 of 3 files, 75%, about 0:30 left"
        clock.now = 180
    assert left.text() == "3 of 3 files, 100%, about 0:00 left"


def test_a_long_job_outlasts_the_others() -> None:
    clock = Clock()
    left = TimeLeft(4, clock)
    left.expect([100, 4])
    with left.job(100), left.job(4):
        assert left.text() == "0 of 2 files, 0%, about 1:40 left"


def test_the_terminal_shows_progress(plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown, seen = io.StringIO(), threading.Event()

    class Screen(io.StringIO):
        def write(self, text: str) -> int:
            if "left" in text:
                seen.set()
            return shown.write(text)

    original = Method.compress

    def slow(method: Method, data: bytes) -> bytes:
        assert seen.wait(10)
        return original(method, data)

    monkeypatch.setattr(Method, "compress", slow)
    precompressor = Precompressor(None)
    shutil.copytree(plain, tmp_path / "out")
    reporter = Reporter(Console(file=Screen(), force_terminal=True, color_system=None, width=100))
    with reporter.step("compress", precompressor.progress.text):
        precompressor.run(tmp_path / "out", EXTENSIONS, Compression.BEST)
    assert "of 16 files" in shown.getvalue()
