"""What the build can get wrong: modules that are missing, libraries linked wrongly, a wrong platform."""

import bz2
import ctypes
import decimal
import hashlib
import json
import lzma
import math
import platform
import sqlite3
import struct
import sys
import sysconfig
import unicodedata
import urllib.request
import zlib
import zoneinfo
from xml.etree import ElementTree

assert sys.platform == "emscripten" and struct.calcsize("P") == 4
assert platform.machine() == "wasm32", platform.machine()
assert sysconfig.get_config_var("EXT_SUFFIX") == ".cpython-313-wasm32-emscripten.so"

# Nothing of the machine that built it may be left in the build configuration.
leaks = {k: v for k, v in sysconfig.get_config_vars().items() if isinstance(v, str) and "rattler-build" in v}
assert not leaks, leaks

text = b"wasm " * 1000
for codec in (zlib, bz2, lzma):
    packed = codec.compress(text)
    assert len(packed) < 200 and codec.decompress(packed) == text, codec

with sqlite3.connect(":memory:") as database:
    database.execute("create table point (x real, y real)")
    database.executemany("insert into point values (?, ?)", [(i, i * i) for i in range(10)])
    assert database.execute("select sum(y), avg(x) from point").fetchone() == (285.0, 4.5)

assert decimal.Decimal(2).sqrt(decimal.Context(prec=30)) == decimal.Decimal("1.41421356237309504880168872421")
assert decimal.__name__ == "decimal" and "_decimal" in sys.builtin_module_names
assert hashlib.sha256(b"abc").hexdigest().startswith("ba7816bf") and hashlib.blake2b(b"abc").hexdigest().startswith("ba80a53f")
assert hashlib.sha3_256(b"").hexdigest().startswith("a7ffc6f8") and hashlib.md5(b"").hexdigest().startswith("d41d8cd9")
assert math.fsum([0.1] * 10) == 1.0 and math.gamma(5) == 24.0
assert unicodedata.name("é") == "LATIN SMALL LETTER E WITH ACUTE"
assert "你好".encode("gb18030").decode("gb18030") == "你好"
assert json.loads(json.dumps({"a": [1, 2.5, None, "ü"]})) == {"a": [1, 2.5, None, "ü"]}
assert ElementTree.fromstring("<a><b>text</b></a>").findtext("b") == "text"
assert zoneinfo.ZoneInfo and urllib.request.urlopen

callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int))
numbers = (ctypes.c_int * 5)(5, 3, 9, 1, 7)
libc = ctypes.CDLL(None)
libc.qsort(numbers, 5, ctypes.sizeof(ctypes.c_int), callback(lambda a, b: a[0] - b[0]))
assert list(numbers) == [1, 3, 5, 7, 9]
assert ctypes.pythonapi.Py_GetVersion is not None


def recurse():
    return sorted([1], key=lambda _: recurse())


try:
    recurse()
except RecursionError:
    pass
else:
    raise AssertionError("no RecursionError")
