"""The server, over real HTTP."""

from __future__ import annotations

import gzip
import http.client
import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import brotli
import pytest

from wasmforge.common.errors import WasmforgeError
from wasmforge.host.serve import Server, serve, start

WASM = b"\0asm\1\0\0\0" + bytes(1000)
HASHED = "python-0123456789abcdef.wasm"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small folder with a bundle's kinds of files."""
    folder = tmp_path / "bundle"
    (folder / "packages").mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({"format": 1}))
    (folder / "index.html").write_text("<!doctype html>")
    (folder / "bootstrap.mjs").write_text("export {};")
    (folder / "packages" / "numpy-2.0-0123456789abcdef.tar.gz").write_bytes(gzip.compress(b"tar"))
    (folder / "packages" / "_core-0123456789abcdef.so.wasm").write_bytes(WASM)
    (folder / HASHED).write_bytes(WASM)
    (folder / f"{HASHED}.br").write_bytes(brotli.compress(WASM))
    (folder / f"{HASHED}.gz").write_bytes(gzip.compress(WASM))
    (tmp_path / "secret.txt").write_text("not served")
    return folder


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    with start(folder) as server:
        yield server


@pytest.fixture
def channel(tmp_path: Path) -> Path:
    """A small folder with a channel's kinds of files."""
    folder = tmp_path / "packages"
    (folder / "noarch").mkdir(parents=True)
    (folder / "noarch" / "repodata.json").write_text(json.dumps({"packages.conda": {}}))
    (folder / "noarch" / "six-1.17.0-py_0.conda").write_bytes(b"PK")
    return folder


def get(server: Server, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)
    try:
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/manifest.json", "application/json"),
        ("/bootstrap.mjs", "text/javascript; charset=utf-8"),
        (f"/{HASHED}", "application/wasm"),
        ("/packages/_core-0123456789abcdef.so.wasm", "application/wasm"),
        ("/packages/numpy-2.0-0123456789abcdef.tar.gz", "application/octet-stream"),
    ],
)
def test_content_type_and_isolation(server: Server, path: str, content_type: str) -> None:
    response, _ = get(server, path)
    assert response.status == 200
    assert response.headers["Content-Type"] == content_type
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Embedder-Policy"] == "require-corp"


@pytest.mark.parametrize(
    ("accept", "encoding"), [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("identity", None), ("", None)]
)
def test_precompressed_files_are_negotiated(server: Server, accept: str, encoding: str | None) -> None:
    response, body = get(server, f"/{HASHED}", Accept_Encoding=accept)
    assert response.headers["Content-Encoding"] == encoding
    assert response.headers["Content-Type"] == "application/wasm"
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding]
    assert unpack(body) == WASM
    assert len(body) < len(WASM) or encoding is None


def test_archive_is_sent_as_it_is(server: Server, folder: Path) -> None:
    name = "packages/numpy-2.0-0123456789abcdef.tar.gz"
    response, body = get(server, f"/{name}", Accept_Encoding="gzip, br")
    assert response.headers["Content-Encoding"] is None
    assert body == (folder / name).read_bytes()


@pytest.mark.parametrize(
    ("path", "for_ever"),
    [
        (f"/{HASHED}", True),
        ("/packages/numpy-2.0-0123456789abcdef.tar.gz", True),
        ("/packages/_core-0123456789abcdef.so.wasm", True),
        ("/manifest.json", False),
        ("/bootstrap.mjs", False),
        ("/", False),
    ],
)
def test_only_names_with_a_hash_are_cached(server: Server, path: str, for_ever: bool) -> None:
    response, _ = get(server, path)
    assert ("immutable" in response.headers["Cache-Control"]) is for_ever
    assert (response.headers["Cache-Control"] == "no-cache") is not for_ever


def test_unchanged_file_is_not_sent_again(server: Server) -> None:
    first, _ = get(server, "/manifest.json")
    again, body = get(server, "/manifest.json", If_None_Match=first.headers["ETag"])
    assert (again.status, body) == (304, b"")


@pytest.mark.parametrize("path", ["/nothing", "/../secret.txt", "/%2e%2e/secret.txt", "/packages"])
def test_what_is_not_in_the_folder_is_not_found(server: Server, path: str) -> None:
    response, body = get(server, path)
    assert response.status == 404
    assert b"not served" not in body
    assert response.headers["Cross-Origin-Embedder-Policy"] == "require-corp"


def test_isolation_can_be_left_out(folder: Path) -> None:
    with start(folder, isolated=False) as server:
        response, _ = get(server, "/")
    assert response.headers["Cross-Origin-Embedder-Policy"] is None


def test_a_channel_is_served_beside_the_bundle(folder: Path, channel: Path) -> None:
    with start(folder, channel=channel) as server:
        index, body = get(server, "/channel/noarch/repodata.json")
        package, content = get(server, "/channel/noarch/six-1.17.0-py_0.conda")
        page, _ = get(server, "/")
    assert (index.status, json.loads(body)) == (200, {"packages.conda": {}})
    assert index.headers["Content-Type"] == "application/json"
    assert index.headers["Cache-Control"] == "no-cache"
    assert index.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert (package.status, content) == (200, b"PK")
    assert package.headers["Content-Type"] == "application/octet-stream"
    assert page.status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/channel/noarch/nothing.conda",
        "/channel/%2e%2e/secret.txt",
        "/channel/%2e%2e/bundle/manifest.json",
        "/channel/noarch",
    ],
)
def test_what_is_not_in_the_channel_is_not_found(folder: Path, channel: Path, path: str) -> None:
    with start(folder, channel=channel) as server:
        response, body = get(server, path)
    assert response.status == 404
    assert b"not served" not in body
    assert response.headers["Cross-Origin-Embedder-Policy"] == "require-corp"


def test_without_a_channel_there_is_none(server: Server) -> None:
    response, _ = get(server, "/channel/noarch/repodata.json")
    assert response.status == 404


def test_folder_that_is_no_channel_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(WasmforgeError, match="not a channel.*repodata.json"):
        start(folder, channel=tmp_path / "bundle")


def test_only_this_machine_is_answered(server: Server) -> None:
    assert urlsplit(server.url).hostname == "127.0.0.1"


def test_taken_port_is_an_error_with_advice(server: Server, folder: Path) -> None:
    port = urlsplit(server.url).port
    assert port
    with pytest.raises(WasmforgeError, match=f"Port {port} is taken.*--port"):
        start(folder, port)
    # In a thread without the event loop that Playwright leaves in this one.
    with ThreadPoolExecutor(1) as pool, pytest.raises(WasmforgeError, match=f"Port {port} is taken.*--port"):
        pool.submit(serve, folder, port).result()


def test_folder_that_is_no_bundle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WasmforgeError, match="not a bundle.*wasmforge bundle"):
        start(tmp_path)


def test_closing_frees_the_port(folder: Path) -> None:
    server = start(folder)
    server.close()
    start(folder, urlsplit(server.url).port or 0).close()


def speak(server: Server, *lines: str) -> bytes:
    """The answer to a request of these lines, as they are."""
    address = urlsplit(server.url)
    assert address.hostname and address.port
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall("".join(f"{line}\r\n" for line in (*lines, "")).encode())
        return connection.makefile("rb").read()


def status_for(server: Server, host: str) -> int:
    return int(speak(server, "GET / HTTP/1.1", f"Host: {host}", "Connection: close").split()[1])


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST:80", "[::1]", "[::1]:8000", "127.0.0.1:1"])
def test_this_machine_is_answered_by_its_names(server: Server, host: str) -> None:
    assert status_for(server, host) == 200


@pytest.mark.parametrize(
    "host", ["rebound.example", "rebound.example:8000", "localhost.rebound.example", "0.0.0.0", "", "[::1", "a@b"]
)
def test_another_host_is_not_answered(server: Server, host: str) -> None:
    """DNS rebinding: a page's own name leads to 127.0.0.1, so the page could read what is served there."""
    assert 400 <= status_for(server, host) < 500


def test_two_hosts_or_none_are_not_answered(server: Server) -> None:
    for hosts in ([], ["Host: localhost", "Host: rebound.example"]):
        assert int(speak(server, "GET / HTTP/1.1", *hosts, "Connection: close").split()[1]) in (400, 421)


def test_another_host_can_be_allowed(folder: Path) -> None:
    with start(folder, names=["Notebooks.example"]) as server:
        assert status_for(server, "notebooks.example") == 200
        assert status_for(server, "rebound.example") == 421


@pytest.mark.parametrize(
    "path", ["/a%00b", "/loop", "/loop/x", "/" + 300 * "x", "/" + 100 * "long/" + "x", "/out", "/up/"]
)
def test_names_that_no_file_can_have_are_not_found(server: Server, folder: Path, path: str) -> None:
    (folder / "loop").symlink_to("loop")
    (folder / "out").symlink_to(folder.parent / "secret.txt")
    (folder / "up").mkdir()
    (folder / "up" / "index.html").symlink_to(folder.parent / "secret.txt")
    response, body = get(server, path)
    assert response.status == 404
    assert b"not served" not in body


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ("bytes=0-3", 206),
        ("bytes=1000-", 206),
        ("bytes=-8", 206),
        ("bytes=0-999999", 206),
        ("bytes=2000-", 416),
        ("bytes=2000-3000", 416),
        ("bytes=5-2", 200),
        ("bytes=a-b", 200),
        ("bytes=-", 200),
        ("bytes=0-1,5-6", 200),
        ("lines=0-3", 200),
        ("bytes", 200),
        ("bytes=" + 5000 * "9" + "-", 200),
    ],
)
def test_ranges_are_those_of_rfc_9110(server: Server, wanted: str, status: int) -> None:
    response, body = get(server, f"/{HASHED}", Range=wanted)
    assert response.status == status
    if status == 200:
        assert body == WASM
    if status == 206:
        first, last = response.headers["Content-Range"].removeprefix("bytes ").split("/")[0].split("-")
        assert body == WASM[int(first) : int(last) + 1]
    if status == 416:
        assert response.headers["Content-Range"] == f"bytes */{len(WASM)}"


def test_headers_that_take_too_long_end_the_connection(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wasmforge.host.serve.PATIENCE", 0.5)
    with start(folder) as server:
        address = urlsplit(server.url)
        assert address.hostname and address.port
        with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
            began = time.monotonic()
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
            with suppress(ConnectionError):
                while time.monotonic() - began < 8:
                    connection.sendall(b"X-Slow: 1\r\n")
                    time.sleep(0.1)
            assert time.monotonic() - began < 5
