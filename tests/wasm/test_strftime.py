"""strftime gives what glibc's gives, for each code, flag and width: pages show dates that programs wrote for Linux."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import product

import pytest

# Prints what time.strftime gives for each of the times and formats in JSON on stdin.
PROGRAM = """
import json, sys, time
times, formats = json.load(sys.stdin)
print(json.dumps([time.strftime(f, time.gmtime(t)) for t in times for f in formats]))
"""
FLAGS = ["", "-", "_", "0", "^", "#", "_^", "-#"]
WIDTHS = ["", "3", "12"]
CODES = [chr(code) for code in range(ord("!"), 127) if chr(code) not in "0123456789_-0^#+EO"]
FORMATS = [f"a%{flag}{width}{code}z" for flag, width, code in product(FLAGS, WIDTHS, CODES)]
FORMATS += [f"%{modifier}{code}" for modifier, code in product("EO", CODES)] + ["100%", "%", "%-", "%E", "%%", ""]
# Leap days, years whose first and last days belong to weeks of other years, and some of three and five digits.
TIMES = [0, 951782400, 1230768000, 1483228799, 1704067200, 1735689599, -2000000000, -40000000000, 300000000000]


@pytest.mark.skipif(sys.platform != "linux", reason="compares with glibc")
def test_as_in_glibc(python) -> None:
    given = json.dumps([TIMES, FORMATS])
    environment = {**os.environ, "TZ": "UTC"}
    native = subprocess.run(
        [sys.executable, "-c", PROGRAM], input=given, env=environment, text=True, stdout=-1, check=True
    )
    done = python("-c", PROGRAM, input=given, env=environment)
    assert done.stderr == ""
    pairs = zip(json.loads(done.stdout), json.loads(native.stdout), product(TIMES, FORMATS), strict=True)
    assert [(when, got, wanted) for got, wanted, when in pairs if got != wanted] == []


def test_in_datetime(python) -> None:
    code = "import datetime; print(datetime.datetime(2026, 3, 4, 15, 6, 7).strftime('%-d.%-m.%y, %-I:%M %P, %l, %Q, 100%'))"
    assert python("-c", code).stdout == "4.3.26, 3:06 pm,  3, %Q, 100%\n"
