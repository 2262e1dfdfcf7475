"""Processor time, alarms, time zones, terminals: what CPython leaves out on emscripten, and programs expect."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys

import pytest

ZONES = [
    "Europe/Berlin",
    "America/Sao_Paulo",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Africa/Cairo",
    "Pacific/Apia",
    "EST+05EDT,M4.1.0,M10.5.0",
    "CET-1CEST,M3.5.0,M10.5.0/3",
    "AEST-10AEDT-11,M10.5.0,M3.5.0",
    "NZST-12NZDT,M9.5.0,M4.1.0/3",
    "<+0330>-3:30",
    "UTC0",
    "XYZ-2ABC,J60/0,J300",
    "XYZ-2ABC,59/0,300/5",
    "no/such/zone",
    "",
]
LOCAL_TIMES = """
import json, os, sys, time
zones, times = json.load(sys.stdin)
result = {}
for zone in zones:
    os.environ["TZ"] = zone
    time.tzset()
    locals = [time.localtime(t) for t in times]
    back = [int(time.mktime(local)) for local in locals]
    assert back == times, (zone, [(t, b) for t, b in zip(times, back) if t != b])
    result[zone] = [time.timezone, time.daylight, [[*local, local.tm_gmtoff, time.strftime("%z", local)] for local in locals]]
print(json.dumps(result))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="compares with glibc")
def test_zones_as_in_glibc(python) -> None:
    """Every day of five years, and far times; mktime() finds each again."""
    noise = random.Random(1)
    times = [1_600_000_000 + day * 86400 + noise.randrange(86400) for day in range(5 * 365)] + [0, 2**31 + 1]
    given = json.dumps([ZONES, times])
    environment = {**os.environ, "TZ": "UTC"}
    native = subprocess.run(
        [sys.executable, "-c", LOCAL_TIMES], input=given, env=environment, text=True, stdout=-1, check=True
    )
    done = python("-c", LOCAL_TIMES, input=given, env=environment)
    assert done.stderr == ""
    ours, theirs = json.loads(done.stdout), json.loads(native.stdout)
    for zone in ZONES:
        assert ours[zone] == theirs[zone], zone


def test_names_of_zones(python) -> None:
    code = """
import os, time
for zone in "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "PST8PDT,M3.2.0,M11.1.0", "UTC":
    os.environ["TZ"] = zone
    time.tzset()
    print(*time.tzname, time.strftime("%Z", time.localtime(1_720_000_000)))
"""
    expected = "CET CEST CEST\nEST EDT EDT\n+0545 +0545 +0545\nPST PDT PDT\nUTC UTC UTC\n"
    assert python("-c", code).stdout == expected


def test_without_tz_it_is_the_engines_zone_again(python) -> None:
    code = """
import os, time
engines = time.localtime(0).tm_gmtoff, time.timezone
os.environ["TZ"] = "Asia/Tokyo"
time.tzset()
tokyo = time.localtime(0).tm_gmtoff
del os.environ["TZ"]
time.tzset()
print(tokyo, (time.localtime(0).tm_gmtoff, time.timezone) == engines)
"""
    assert python("-c", code).stdout == "32400 True\n"


def test_processor_time_does_not_count_waiting(python) -> None:
    code = """
import resource, time
def measure(work):
    start = time.process_time(), time.thread_time(), time.perf_counter()
    work()
    return [end - begin for begin, end in zip(start, (time.process_time(), time.thread_time(), time.perf_counter()))]
def busy():
    end = time.perf_counter() + 0.5
    while time.perf_counter() < end: pass
process, thread, wall = measure(lambda: time.sleep(1))
assert wall >= 1 and process < 0.5 and thread < 0.5, (process, thread, wall)
process, thread, wall = measure(busy)
# Another program may have the processor for some of the time.
assert process > 0.05 and thread > 0.05, (process, thread, wall)
usage = resource.getrusage(resource.RUSAGE_SELF)
assert usage.ru_utime > 0.05 and usage.ru_maxrss > 10_000, usage
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime)
"""
    done = python("-c", code)
    assert (done.stdout, done.stderr) == ("0.0\n", "")


ALARMS = {
    "busy": "while not rung: pass",
    "sleeping": "time.sleep(5)\nassert rung",
    "waiting": "import asyncio\nasyncio.run(asyncio.sleep(1))\nassert rung",
}


@pytest.mark.parametrize("what", ALARMS)
def test_alarm(python, what: str) -> None:
    code = f"""
import signal, time
rung = []
signal.signal(signal.SIGALRM, lambda number, frame: rung.append(number))
assert signal.setitimer(signal.ITIMER_REAL, 0.2) == (0.0, 0.0)
assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 0.2
{ALARMS[what]}
assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
print(rung == [signal.SIGALRM])
"""
    done = python("-c", code)
    if what == "waiting" and "stack switching not supported" in done.stderr:
        pytest.skip("this node cannot wait")
    assert (done.stdout, done.stderr) == ("True\n", "")


def test_alarms_that_raise_repeat_and_are_taken_back(python) -> None:
    code = """
import signal, time
class Late(Exception): pass
def ring(number, frame): raise Late
signal.signal(signal.SIGALRM, ring)
signal.setitimer(signal.ITIMER_REAL, 0.1, 0.1)
for _ in range(3):
    try:
        while True: pass
    except Late: print("late")
print(signal.alarm(0) > 0)
time.sleep(0.3)
print(signal.alarm(20), signal.alarm(0))
"""
    done = python("-c", code)
    assert (done.stdout, done.stderr) == ("late\nlate\nlate\nTrue\n0 20\n", "")


def test_keys_as_openssl_derives_them(python) -> None:
    code = """
import hashlib, sys
print([hashlib.pbkdf2_hmac(name, b"password" * n, b"salt", count, size).hex()
       for name in ("sha1", "sha256", "sha512", "md5", "sha3_256") for n in (1, 40) for count in (1, 3, 1000) for size in (None, 1, 70)])
print([hashlib.scrypt(b"pleaseletmein", salt=b"SodiumChloride", n=n, r=r, p=p, dklen=size).hex()
       for n, r, p, size in ((2, 1, 1, 64), (1024, 8, 16, 64), (16384, 8, 1, 64), (16, 1, 1, 1), (64, 3, 2, 100))])
errors = []
for call in (
    lambda: hashlib.pbkdf2_hmac("none", b"", b"", 1), lambda: hashlib.pbkdf2_hmac("sha1", b"", b"", 0),
    lambda: hashlib.pbkdf2_hmac("sha1", b"", b"", 1, 0), lambda: hashlib.pbkdf2_hmac("sha1", "", b"", 1),
    lambda: hashlib.scrypt(b"", salt=b"", n=3, r=1, p=1), lambda: hashlib.scrypt(b"", salt=b"", n=2**20, r=8, p=1),
    lambda: hashlib.scrypt(b"", salt=b"", n=2, r=1, p=1, dklen=0), lambda: hashlib.scrypt("", salt=b"", n=2, r=1, p=1)):
    try: call()
    except Exception as error: errors.append([kind.__name__ for kind in (ValueError, TypeError) if isinstance(error, kind)])
print(errors)
"""
    native = subprocess.run([sys.executable, "-c", code], text=True, stdout=-1, check=True)
    done = python("-c", code)
    assert (done.stdout, done.stderr) == (native.stdout, "")


def test_terminal(python) -> None:
    """Standard streams that are none."""
    code = """
import os, pty, resource, shutil, termios, tty
for call in os.get_terminal_size, lambda: termios.tcgetattr(1):
    try: call()
    except (OSError, termios.error) as error: print(type(error).__name__)
print(shutil.get_terminal_size((7, 8)))
"""
    done = python("-c", code, stdin=subprocess.DEVNULL, env={**os.environ, "COLUMNS": "", "LINES": ""})
    assert (done.stdout, done.stderr) == ("OSError\nerror\nos.terminal_size(columns=7, lines=8)\n", "")
