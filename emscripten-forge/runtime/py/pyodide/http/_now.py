"""Sends an HTTP request and blocks until the reply is there: through fetch if Python can wait for a promise, else
through a synchronous XMLHttpRequest.

The browser follows redirects, decompresses bodies and adds the page's cookies.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ._errors import AbortError
from ._fetch import pyfetch

# A browser sets these itself and complains when a page does.
FORBIDDEN = frozenset({
    "accept-charset", "accept-encoding", "access-control-request-headers", "access-control-request-method",
    "connection", "content-length", "cookie", "date", "dnt", "expect", "host", "keep-alive", "origin",
    "permissions-policy", "referer", "te", "trailer", "transfer-encoding", "upgrade", "user-agent", "via",
})  # fmt: skip

NO_WAITING = (
    "This engine lets Python neither wait for the network (it has no JavaScript Promise Integration, or Python was "
    "not entered through runPythonAsync) nor make a synchronous request (it has no XMLHttpRequest). "
    "Use 'await pyodide.http.pyfetch(...)', or start node 24 with --experimental-wasm-jspi."
)


class Reply(NamedTuple):
    """What a server sent. url: after redirects. Names of headers are in lower case; body is decompressed."""

    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: bytes
    url: str
    redirected: bool


def request_now(
    method: str, url: str, headers: list[tuple[str, str]], body: bytes | None, timeout: float | None = None
) -> Reply:
    """Send a request and wait for the whole reply.

    url: may be relative to the page's. timeout: in seconds; None: no limit. In the main thread of a page without
    JavaScript Promise Integration it has no effect. Raises TimeoutError, and OSError if there is no reply.
    """
    from pyodide.ffi import can_run_sync

    try:
        import js
    except ImportError:  # in the command python
        raise OSError(NO_WAITING) from None
    headers = [(name, value) for name, value in headers if name.lower() not in FORBIDDEN]
    if can_run_sync():
        from pyodide.ffi import run_sync

        return run_sync(_fetch(method, url, headers, body, timeout))
    if hasattr(js, "XMLHttpRequest"):
        return _send(method, url, headers, body, timeout)
    raise OSError(NO_WAITING)


async def _fetch(
    method: str, url: str, headers: list[tuple[str, str]], body: bytes | None, timeout: float | None
) -> Reply:
    from js import AbortSignal

    from pyodide.ffi import to_js

    options: dict[str, Any] = {} if timeout is None else {"signal": AbortSignal.timeout(round(1000 * timeout))}
    if body is not None and method not in ("GET", "HEAD"):
        options["body"] = to_js(body)
    try:
        response = await pyfetch(url, method=method, headers=headers, **options)
        content = await response.bytes()
    except AbortError as error:
        raise TimeoutError(f"No response from {url} within {timeout} s") from error
    except OSError as error:
        raise OSError(_no_response(url, str(error))) from error
    headers = list(response.headers.items())
    return Reply(response.status, response.status_text, headers, content, response.url, response.redirected)


def _send(method: str, url: str, headers: list[tuple[str, str]], body: bytes | None, timeout: float | None) -> Reply:
    import js

    from pyodide.ffi import JsException, to_js

    request = js.XMLHttpRequest.new()
    request.open(method, url, False)
    # Only a worker may ask for bytes and set a timeout. This character set maps each byte to one character.
    in_worker = not hasattr(js, "document")
    if in_worker:
        request.responseType = "arraybuffer"
        if timeout is not None:
            request.timeout = round(1000 * timeout)
    else:
        request.overrideMimeType("text/plain; charset=x-user-defined")
    for name, value in headers:
        request.setRequestHeader(name, value)
    try:
        request.send(None if body is None else to_js(body))
    except JsException as error:
        if error.name == "TimeoutError":
            raise TimeoutError(f"No response from {url} within {timeout} s") from error
        raise OSError(_no_response(url, error.message)) from error
    if request.status == 0:  # Firefox's workers throw nothing
        raise OSError(_no_response(url, "no answer"))
    # In text, U+F780 to U+F7FF are the bytes from 0x80 on.
    content = request.response.to_bytes() if in_worker else request.responseText.encode("utf-16-le")[::2]
    lines = (line.partition(": ") for line in request.getAllResponseHeaders().split("\r\n") if line)
    received = [(name.lower(), value) for name, _, value in lines]
    asked = js.URL.new(url, js.location.href).href.partition("#")[0]
    final = request.responseURL
    return Reply(request.status, request.statusText, received, content, final, redirected=final != asked)


def _no_response(url: str, reason: str) -> str:
    return (
        f"No response from {url} ({reason}): the server cannot be reached, or does not allow pages of this origin "
        "to read its answers (CORS)"
    )
