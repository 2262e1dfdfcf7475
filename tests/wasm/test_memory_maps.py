"""Memory maps are copies that are written back: into the right file, whatever has become of the descriptor."""

from __future__ import annotations

from pathlib import Path

import pytest

# `f` is a map of the file `path`, whose own descriptor is closed. Another file has got that number.
START = """
import mmap, os, sys
path, other = sys.argv[1:]
open(path, "wb").write(bytes(100_000))
file = open(path, "r+b")
f = mmap.mmap(file.fileno(), 0)
file.close()
taken = open(other, "w+b")
taken.write(b"other" * 20_000)
taken.flush()
f[:4] = f[70_000:70_004] = b"here"
"""


@pytest.mark.parametrize("end", ["f.flush()", "f.close()", "del f", "f.flush(65536, 8192); f.flush(0, 4096)"])
def test_a_map_outlives_its_file_object(python, tmp_path: Path, end: str) -> None:
    path, other = tmp_path / "mapped", tmp_path / "other"
    done = python("-c", START + end, str(path), str(other))
    assert done.stderr == ""
    data = path.read_bytes()
    assert (data[:5], data[70_000:70_005], len(data)) == (b"here\0", b"here\0", 100_000)
    assert other.read_bytes() == b"other" * 20_000


def test_numpy_memmap(python, tmp_path: Path) -> None:
    code = """
import sys, numpy as np
a = np.memmap(sys.argv[1], dtype="f8", mode="w+", shape=(3, 4), offset=16)
a[:] = np.arange(12).reshape(3, 4)
a.flush()
b = np.memmap(sys.argv[1], dtype="f8", mode="r+", shape=(3, 4), offset=16)
b[1, 1] = 50
del b
c = np.lib.format.open_memmap(sys.argv[2], mode="w+", dtype="i4", shape=(5,))
c[:] = 7
del c
d = np.memmap(sys.argv[1], dtype="f8", mode="c", shape=(3, 4), offset=16)
d[0, 0] = 99
d.flush()
print(np.memmap(sys.argv[1], dtype="f8", mode="r", offset=16).tolist(), np.load(sys.argv[2]).tolist())
"""
    done = python("-c", code, str(tmp_path / "a"), str(tmp_path / "b.npy"))
    expected = [float(i) for i in range(12)]
    expected[5] = 50.0
    assert (done.stdout, done.stderr) == (f"{expected} {[7] * 5}\n", "")
