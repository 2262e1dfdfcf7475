"""The server, over real HTTP."""

from __future__ import annotations

import gzip
import http.client
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
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
