"""Emulates sockets for HTTP: what a program writes to a connection becomes requests of the browser.

Libraries that speak HTTP (http.client and urllib.request, httpcore under httpx, xmlrpc.client, older urllib3) call
socket.create_connection, write a request and read a response. Here create_connection returns an HTTPSocket, which
collects the request, has the browser send it, and returns the reply as the bytes of a response. No library has to be
changed. Anything but HTTP is an OSError.

The browser follows redirects. A redirected reply is returned as a redirect to its final address and kept for the
request that follows, so that the library learns the address and its own settings for redirects apply.
"""

from __future__ import annotations

import io
import re
import socket
from collections import OrderedDict
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .http._now import Reply

NO_SOCKETS = (
    "Python in WebAssembly has no sockets, only what a browser can do: use urllib.request, requests, httpx or "
    "pyodide.http for HTTP, and js.WebSocket for other connections"
)

_REQUEST_LINE = re.compile(rb"([A-Z]+) (\S+) HTTP/1\.[01]\r\n")
# The beginning of a request line: sent data that does not match it is not HTTP.
_METHOD = re.compile(rb"[A-Z]{0,20}( |$)")
# The browser has undone the encodings, and each connection ends after one reply.
_CHANGED_HEADERS = frozenset({"content-encoding", "transfer-encoding", "connection", "keep-alive"})
_MAX_KEPT = 4
_DEFAULT_TIMEOUT: Any = socket._GLOBAL_DEFAULT_TIMEOUT  # type: ignore[attr-defined] # private, yet a public default

_kept: OrderedDict[str, Reply] = OrderedDict()


class HTTPSocket:
    """A connection to host and port, with the methods of a socket that HTTP clients use."""

    family, type, proto = socket.AF_INET, socket.SOCK_STREAM, 0

    def __init__(self, host: str, port: int, timeout: float | None) -> None:
        self._host, self._port = host, port
        self._timeout = timeout
        self._scheme = "http"
        self._request = bytearray()
        self._response = io.BytesIO()
        self._error: OSError | None = None
        self._closed = False

    @classmethod
    def _create(cls, sock: HTTPSocket, *args: Any, **kwargs: Any) -> HTTPSocket:
        """Make a socket's requests use https: ssl.SSLContext.wrap_socket calls this."""
        if not isinstance(sock, cls):
            import ssl

            raise ssl.SSLError(NO_SOCKETS)
        sock._scheme = "https"
        return sock

    # ---- sending ----

    def sendall(self, data: Any, flags: int = 0) -> None:
        self._check_open()
        self._request += data
        if self._request and not _METHOD.match(self._request):
            self._fail(OSError(NO_SOCKETS))
        while (request := _take_request(self._request)) is not None:
            self._perform(*request)

    def send(self, data: Any, flags: int = 0) -> int:
        self.sendall(data, flags)
        return len(memoryview(data).cast("B"))

    def _perform(self, method: str, target: str, headers: list[tuple[str, str]], body: bytes) -> None:
        if method == "CONNECT":
            self._fail(OSError("A browser's requests cannot go through a proxy of the program's choice"))
        host = next((value for name, value in headers if name.lower() == "host"), f"{self._host}:{self._port}")
        url = target if "://" in target else f"{self._scheme}://{host}{target}"
        from .http._now import request_now  # not before: asyncio imports this module, and most programs send nothing

        kept = _kept.pop(url, None) if method in ("GET", "HEAD") else None
        try:
            reply = kept or request_now(method, url, headers, body or None, self._timeout)
        except TimeoutError as error:
            self._error = error  # raised when the response is read
            return
        except OSError as error:
            self._fail(error)
        at = self._response.tell()
        self._response.seek(0, io.SEEK_END)
        self._response.write(_as_bytes(method, url, reply))
        self._response.seek(at)

    def _fail(self, error: OSError) -> None:
        self._error = error
        raise error

    def _check_open(self) -> None:
        if self._closed:
            raise OSError(9, "Bad file descriptor")

    # ---- receiving ----

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        self._check_open()
        view = memoryview(buffer).cast("B")
        count = self._response.readinto(view[: nbytes or len(view)])
        if count == 0 and self._error is not None:
            raise self._error
        if count == 0 and not self._response.tell():
            raise OSError(NO_SOCKETS)  # the program expects the server to speak first, which is not HTTP
        return count

    def recv(self, bufsize: int, flags: int = 0) -> bytes:
        buffer = bytearray(bufsize)
        return bytes(buffer[: self.recv_into(buffer)])

    def makefile(self, mode: str = "r", buffering: int | None = None, **text_options: Any) -> Any:
        raw = _SocketFile(self, mode)
        if buffering == 0:
            return raw
        file = io.BufferedReader(raw) if "r" in mode else io.BufferedWriter(raw)
        return file if "b" in mode else io.TextIOWrapper(file, **text_options)

    # ---- the rest of a socket ----

    def settimeout(self, timeout: float | None) -> None:
        self._timeout = timeout

    def gettimeout(self) -> float | None:
        return self._timeout

    def setblocking(self, flag: bool) -> None:
        self._timeout = None if flag else 0.0

    def setsockopt(self, *args: Any) -> None:
        """Does nothing: the browser has the real sockets."""

    def getsockopt(self, level: int, name: int, size: int = 0) -> int | bytes:
        return bytes(size) if size else 0

    def getpeername(self) -> tuple[str, int]:
        return self._host, self._port

    def getsockname(self) -> tuple[str, int]:
        return "0.0.0.0", 0

    def fileno(self) -> int:
        return -1

    def shutdown(self, how: int) -> None:
        self._check_open()

    def close(self) -> None:
        self._closed = True

    def __enter__(self) -> HTTPSocket:
        return self

    def __exit__(self, *args: object) -> None:
        self.close()

    # ---- what TLS adds ----

    def selected_alpn_protocol(self) -> str | None:
        return None

    def version(self) -> str | None:
        return "TLSv1.3" if self._scheme == "https" else None

    def getpeercert(self, binary_form: bool = False) -> bytes | dict[str, Any] | None:
        return None if binary_form else {}


class _SocketFile(io.RawIOBase):
    """A socket as a raw file. Closing the file leaves the socket open."""

    def __init__(self, connection: HTTPSocket, mode: str) -> None:
        self._connection = connection
        self._reads = "r" in mode

    def readable(self) -> bool:
        return self._reads

    def writable(self) -> bool:
        return not self._reads

    def readinto(self, buffer: Any) -> int:
        connection = self._connection
        if connection._closed:  # http.client closes the socket before it has read the response
            return connection._response.readinto(buffer)
        return connection.recv_into(buffer)

    def write(self, data: Any) -> int:
        return self._connection.send(data)


def _take_request(sent: bytearray) -> tuple[str, str, list[tuple[str, str]], bytes] | None:
    """Remove a whole request from the beginning of sent data: (method, target, headers, body); None: incomplete."""
    end = sent.find(b"\r\n\r\n") + 4
    line = _REQUEST_LINE.match(sent)
    if line is None or end < 4:
        if end >= 4:
            raise OSError(NO_SOCKETS)
        return None
    method, target = line[1].decode(), line[2].decode("latin-1")
    lines = sent[line.end() : end].decode("latin-1").split("\r\n")
    headers = [(name, value.strip()) for name, colon, value in (text.partition(":") for text in lines) if colon]
    known = {name.lower(): value for name, value in headers}
    if "chunked" in known.get("transfer-encoding", "").lower():
        taken = _take_chunks(sent, end)
        if taken is None:
            return None
        body, end = taken
    else:
        size = int(known.get("content-length", 0))
        if len(sent) < end + size:
            return None
        body, end = bytes(sent[end : end + size]), end + size
    del sent[:end]
    return method, target, headers, body


def _take_chunks(sent: bytearray, at: int) -> tuple[bytes, int] | None:
    """A chunked body that begins at an offset, and the offset of its end; None: incomplete."""
    body = bytearray()
    while (newline := sent.find(b"\r\n", at)) >= 0:
        size = int(sent[at:newline].partition(b";")[0], 16)
        at = newline + 2 + size + 2
        if len(sent) < at:
            return None
        if size == 0:
            return bytes(body), at
        body += sent[newline + 2 : at - 2]
    return None


def _as_bytes(method: str, url: str, reply: Reply) -> bytes:
    """The reply as the bytes of an HTTP response."""
    if reply.redirected:
        _kept[reply.url] = reply._replace(redirected=False)
        while len(_kept) > _MAX_KEPT:
            _kept.popitem(last=False)
        status, body, headers = int(HTTPStatus.FOUND), b"", [("location", reply.url)]
    else:
        status, body = reply.status, reply.body
        headers = [(name, value) for name, value in reply.headers if name not in _CHANGED_HEADERS]
    if method != "HEAD":
        headers = [(name, value) for name, value in headers if name != "content-length"]
        headers.append(("content-length", str(len(body))))
    headers.append(("connection", "close"))
    try:
        reason = reply.reason if status == reply.status and reply.reason else HTTPStatus(status).phrase
    except ValueError:  # the server's own status
        reason = ""
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"HTTP/1.1 {status} {reason}\r\n{head}\r\n".encode("latin-1") + body


def create_connection(
    address: tuple[str, int], timeout: Any = _DEFAULT_TIMEOUT, source_address: Any = None, **_: Any
) -> HTTPSocket:
    """socket.create_connection. Nothing is sent until there is a whole request."""
    host, port = address[:2]
    if timeout is _DEFAULT_TIMEOUT:
        timeout = socket.getdefaulttimeout()
    return HTTPSocket(host, port, timeout)


def _refuse(self: socket.socket, *args: Any) -> None:
    raise OSError(NO_SOCKETS)


def _install() -> None:
    """Replace the functions of the module socket."""
    socket.create_connection = create_connection  # type: ignore[assignment]
    for name in "connect", "connect_ex", "bind", "listen", "sendto":
        setattr(socket.socket, name, _refuse)


_install()
