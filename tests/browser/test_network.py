"""HTTP from Python in a page and in a worker: pyodide.http, the standard library, and libraries from their wheels."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from test_runtime import run_js  # noqa: F401 (a fixture)
from wheels import FOLDER, download

WHEELS = ["requests", "urllib3", "httpx", "httpcore", "h11", "anyio", "certifi", "idna", "charset-normalizer"]
ALL_BYTES = bytes(range(256))

RunJS = Callable[[str], Any]


class Handler(BaseHTTPRequestHandler):
    """A server of another origin than the page's, which lets pages read its answers."""

    wheels: Path

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = self.path.partition("?")[0]
        if path == "/echo":
            sent = {name.lower(): value for name, value in self.headers.items()}
            told = {"method": self.command, "path": self.path, "headers": sent, "body": body.hex()}
            self.reply(200, json.dumps(told).encode(), "application/json")
        elif path == "/bytes":
            self.reply(200, ALL_BYTES * 3, "application/octet-stream")
        elif path == "/redirect":
            self.reply(302, b"", "text/plain", {"Location": "/bytes"})
        elif path.startswith("/status/"):
            self.reply(int(path.rpartition("/")[2]), b"what it says", "text/plain")
        elif path == "/slow":
            time.sleep(3)
            self.reply(200, b"late", "text/plain")
        elif path == "/closed":
            self.reply(200, b"secret", "text/plain", {"Access-Control-Allow-Origin": "http://elsewhere.invalid"})
        elif path.startswith("/wheels/"):
            self.reply(200, (self.wheels / path.rpartition("/")[2]).read_bytes(), "application/zip")
        else:
            self.reply(404, b"no such thing", "text/plain")

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = answer

    def do_OPTIONS(self) -> None:
        self.reply(204, b"", "text/plain", {"Access-Control-Allow-Methods": "GET, POST, PUT, DELETE, PATCH, HEAD"})

    def reply(self, status: int, body: bytes, kind: str, extra: dict[str, str] | None = None) -> None:
        headers = {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Allow-Headers": "*, authorization",
            "Access-Control-Expose-Headers": "*",
            "X-Answer": "42",
        }
        self.send_response(status)
        for name, value in (headers | (extra or {})).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            with suppress(ConnectionError):  # the page has given up
                self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Not to the test's output."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The address of the server, without a slash at its end."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def wheels() -> list[str]:
    """The names of the libraries' unmodified wheels, which the server has."""
    found = download(WHEELS)
    Handler.wheels = FOLDER
    return [found[name].name for name in WHEELS]


def run_python(run_js: RunJS, program: str, site: str, wheels: list[str] | None = None) -> Any:  # noqa: F811
    """Run a program, with top-level await and SITE; return its last value, which is JSON."""
    urls = [f"{site}/wheels/{name}" for name in wheels or []]
    return json.loads(
        run_js(f"""
        const python = await loadPython(quiet);
        await python.loadPackage({json.dumps(urls)}, {{ errorCallback: (text) => {{ throw new Error(text); }} }});
        const program = {json.dumps(program)};
        return await python.runPythonAsync("import json\\nSITE = {site!r}\\n" + program);
        """)
    )


def test_pyfetch(run_js: RunJS, site: str) -> None:  # noqa: F811
    program = """
import asyncio
from pyodide.http import AbortError, BodyUsedError, HttpStatusError, pyfetch
response = await pyfetch(SITE + "/bytes")
copy = response.clone()
data = await response.bytes()
used = response.body_used
try:
    await response.text()
except BodyUsedError:
    used = [used]
buffer = bytes(await copy.memoryview())
sent = await (await pyfetch(SITE + "/echo?a=b", method="POST", headers={"X-Mine": "yes"}, body="text")).json()
missing = await pyfetch(SITE + "/status/404")
try:
    missing.raise_for_status()
except HttpStatusError as error:
    status = [error.status, error.status_text, error.url == missing.url, missing.ok, await missing.text()]
redirected = await pyfetch(SITE + "/redirect")
try:
    await pyfetch(SITE + "/closed")
except OSError as error:
    closed = type(error).__name__
slow = await pyfetch(SITE + "/bytes")
slow.abort("enough")
try:
    await slow.text()
except AbortError as error:
    aborted = str(error)
task = asyncio.ensure_future(pyfetch(SITE + "/slow"))
await asyncio.sleep(0)
task.cancel()
try:
    await task
except asyncio.CancelledError:
    cancelled = True
await (await pyfetch(SITE + "/bytes"))._create_file("/tmp/fetched")
json.dumps([data.hex(), used, buffer == data, [sent["method"], sent["path"], sent["headers"]["x-mine"], sent["body"]], status,
            [redirected.redirected, redirected.url == SITE + "/bytes", redirected.headers["x-answer"]], closed, aborted,
            cancelled, open("/tmp/fetched", "rb").read() == data])
"""
    assert run_python(run_js, program, site) == [
        (ALL_BYTES * 3).hex(),
        [True],
        True,
        ["POST", "/echo?a=b", "yes", b"text".hex()],
        [404, "Not Found", True, False, "what it says"],
        [True, True, "42"],
        "OSError",
        "enough",
        True,
        True,
    ]


# Called from Python that JavaScript has called, code cannot wait for a promise: this is the XMLHttpRequest's way.
SYNCHRONOUS = """
from pyodide.code import run_js
from pyodide.ffi import create_proxy
def plainly(function):
    proxy = create_proxy(function)
    try:
        return run_js("(f) => f()")(proxy)
    finally:
        proxy.destroy()
"""


def test_pyxhr_and_open_url(run_js: RunJS, site: str) -> None:  # noqa: F811
    program = """
from pyodide.http import HttpStatusError, open_url, pyxhr
got = pyxhr.get(SITE + "/echo", params={"q": "ä b"}, headers={"X-Mine": "yes"}, auth=("user", "pass")).json()
posted = pyxhr.post(SITE + "/echo", json={"a": 1}).json()
missing = pyxhr.get(SITE + "/status/404")
try:
    missing.raise_for_status()
except HttpStatusError as error:
    status = error.status
try:
    pyxhr.get(SITE + "/closed")
except pyxhr.XHRNetworkError as error:
    closed = "CORS" in str(error)
json.dumps([pyxhr.get(SITE + "/bytes").content.hex(), got["path"], got["headers"]["x-mine"], got["headers"]["authorization"],
            [posted["method"], posted["body"], posted["headers"]["content-type"]], status, missing.text, closed,
            open_url(SITE + "/status/200").read(), pyxhr.get(SITE + "/redirect").url == SITE + "/bytes"])
"""
    assert run_python(run_js, program, site) == [
        (ALL_BYTES * 3).hex(),
        "/echo?q=%C3%A4+b",
        "yes",
        "Basic dXNlcjpwYXNz",
        ["POST", b'{"a": 1}'.hex(), "application/json"],
        404,
        "what it says",
        True,
        "what it says",
        True,
    ]


URLLIB = """
import http.client, socket, urllib.error, urllib.request
def work():
    with urllib.request.urlopen(SITE + "/bytes") as response:
        got = [response.status, response.reason, response.headers["x-answer"], response.read().hex()]
    request = urllib.request.Request(SITE + "/echo", data=b"\\x00\\xff", method="PUT", headers={"X-Mine": "yes"})
    sent = json.load(urllib.request.urlopen(request))
    with urllib.request.urlopen(SITE + "/redirect") as response:
        final = [response.geturl() == SITE + "/bytes", len(response.read())]
    try:
        urllib.request.urlopen(SITE + "/status/404")
    except urllib.error.HTTPError as error:
        status = [error.code, error.read().decode()]
    try:
        urllib.request.urlopen(SITE + "/closed")
    except urllib.error.URLError as error:
        closed = "CORS" in str(error.reason)
    connection = http.client.HTTPConnection(SITE.removeprefix("http://"))
    connection.request("HEAD", "/bytes")
    head = connection.getresponse()
    try:
        socket.create_connection(("127.0.0.1", 5432)).sendall(b"\\0\\0\\0\\x08")
    except OSError as error:
        sockets = "js.WebSocket" in str(error)
    return json.dumps([got, [sent["method"], sent["body"], sent["headers"]["x-mine"]], final, status, closed,
                       [head.status, head.read().hex()], sockets])
"""


@pytest.mark.parametrize("call", ["work()", SYNCHRONOUS + "plainly(work)"], ids=["waiting", "plain"])
def test_urllib(run_js: RunJS, site: str, call: str) -> None:  # noqa: F811
    assert run_python(run_js, URLLIB + call, site) == [
        [200, "OK", "42", (ALL_BYTES * 3).hex()],
        ["PUT", "00ff", "yes"],
        [True, 768],
        [404, "what it says"],
        True,
        [200, ""],
        True,
    ]


def test_requests(run_js: RunJS, site: str, wheels: list[str]) -> None:  # noqa: F811
    program = """
import requests
def work():
    response = requests.get(SITE + "/bytes")
    posted = requests.post(SITE + "/echo", json={"a": [1, 2]}, headers={"X-Mine": "yes"}).json()
    missing = requests.get(SITE + "/status/404")
    try:
        missing.raise_for_status()
    except requests.HTTPError as error:
        status = error.response.status_code
    try:
        requests.get(SITE + "/closed")
    except requests.ConnectionError as error:
        closed = True
    with requests.Session() as session:
        form = session.post(SITE + "/echo", data={"x": "y z"}).json()
    return json.dumps([response.content.hex(), response.headers["X-Answer"],
                       [posted["method"], posted["body"], posted["headers"]["x-mine"]], status, closed, form["body"]])
work()
"""
    assert run_python(run_js, program, site, wheels) == [
        (ALL_BYTES * 3).hex(),
        "42",
        ["POST", b'{"a": [1, 2]}'.hex(), "yes"],
        404,
        True,
        b"x=y+z".hex(),
    ]


def test_httpx(run_js: RunJS, site: str, wheels: list[str]) -> None:  # noqa: F811
    program = """
import httpx
def work():
    response = httpx.get(SITE + "/bytes")
    posted = httpx.post(SITE + "/echo", content=b"\\x00\\xff", headers={"X-Mine": "yes"}).json()
    missing = httpx.get(SITE + "/status/404")
    try:
        missing.raise_for_status()
    except httpx.HTTPStatusError as error:
        status = error.response.status_code
    try:
        httpx.get(SITE + "/closed")
    except httpx.NetworkError as error:
        closed = "CORS" in str(error)
    with httpx.Client(follow_redirects=True) as client:
        redirected = client.get(SITE + "/redirect")
    return [response.content.hex(), response.headers["x-answer"],
            [posted["method"], posted["body"], posted["headers"]["x-mine"]], status, closed,
            [str(redirected.url) == SITE + "/bytes", len(redirected.history), len(redirected.content)]]
json.dumps(work())
"""
    assert run_python(run_js, program, site, wheels) == [
        (ALL_BYTES * 3).hex(),
        "42",
        ["POST", "00ff", "yes"],
        404,
        True,
        [True, 1, 768],
    ]


def test_timeouts(run_js: RunJS, site: str, wheels: list[str]) -> None:  # noqa: F811
    """A limit holds wherever Python can wait for a promise, and each library has its own error for it."""
    program = """
import httpx, requests, urllib.request
from pyodide.http import pyxhr
slow = SITE + "/slow"
def happened(get):
    try:
        get()
    except OSError as error:
        return type(error).__name__
    except httpx.HTTPError as error:
        return type(error).__name__
def work():
    return [
        happened(lambda: urllib.request.urlopen(slow, timeout=0.2)),
        happened(lambda: pyxhr.get(slow, timeout=0.2)),
        happened(lambda: requests.get(slow, timeout=0.2)),
        happened(lambda: httpx.get(slow, timeout=0.2)),
    ]
json.dumps(work())
"""
    # urllib3's own support for browsers tells requests of a timeout without saying in which phase.
    expected = ["TimeoutError", "XHRTimeoutError", "ConnectionError", "ReadTimeout"]
    assert run_python(run_js, program, site, wheels) == expected
