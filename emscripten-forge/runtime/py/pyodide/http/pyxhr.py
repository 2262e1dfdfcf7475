"""Blocking HTTP in the style of the library requests.

It works in every page and worker. Where Python cannot wait for a promise, it sends a synchronous XMLHttpRequest, which
freezes a page's main thread until the reply is there. Code run by runPythonAsync can use pyfetch instead.
"""

from __future__ import annotations

import json as _json
from typing import Any
from urllib.parse import urlencode

from ._errors import XHRError, XHRNetworkError, XHRTimeoutError, raise_for_status
from ._now import Reply, request_now

__all__ = [
    "XHRError",
    "XHRNetworkError",
    "XHRResponse",
    "delete",
    "get",
    "head",
    "options",
    "patch",
    "post",
    "put",
]


class XHRResponse:
    """A server's whole answer."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply

    @property
    def status_code(self) -> int:
        return self._reply.status

    @property
    def reason(self) -> str:
        return self._reply.reason

    @property
    def content(self) -> bytes:
        return self._reply.body

    @property
    def text(self) -> str:
        """The body decoded from the character set that its type names, or UTF-8."""
        from email.message import Message

        message = Message()
        message["Content-Type"] = self.headers.get("content-type", "")
        try:
            return self.content.decode(message.get_content_charset("utf-8"), errors="replace")
        except LookupError:  # a character set that Python does not know
            return self.content.decode(errors="replace")

    @property
    def headers(self) -> dict[str, str]:
        """Names are in lower case."""
        return dict(self._reply.headers)

    @property
    def ok(self) -> bool:
        """Whether the status is below 400."""
        return self.status_code < 400

    @property
    def url(self) -> str:
        """The address of the response, after redirects."""
        return self._reply.url

    def json(self, **kwargs: Any) -> Any:
        """The body parsed by json.loads(…, **kwargs)."""
        return _json.loads(self.text, **kwargs)

    def raise_for_status(self) -> None:
        """Raise HttpStatusError if the status is 4xx or 5xx."""
        raise_for_status(self.status_code, self.reason, self.url)


def _request(
    method: str,
    url: str,
    *,
    headers: dict[str, str] | None = None,
    params: dict[str, Any] | None = None,
    data: str | bytes | dict[str, Any] | None = None,
    json: Any = None,
    auth: tuple[str, str] | list[str] | None = None,
    timeout: float | None = None,
) -> XHRResponse:
    """See get(); raises XHRNetworkError or XHRTimeoutError if there is no response."""
    if params:
        base, mark, fragment = url.partition("#")
        url = f"{base}{'&' if '?' in base else '?'}{urlencode(params, doseq=True)}{mark}{fragment}"
    sent = {name.lower(): value for name, value in (headers or {}).items()}
    if json is not None:
        data = _json.dumps(json)
        sent.setdefault("content-type", "application/json")
    elif isinstance(data, dict):
        data = urlencode(data, doseq=True)
        sent.setdefault("content-type", "application/x-www-form-urlencoded")
    if auth is not None:
        from base64 import b64encode

        sent["authorization"] = "Basic " + b64encode(":".join(auth).encode()).decode()
    body = data.encode() if isinstance(data, str) else data
    try:
        return XHRResponse(request_now(method, url, list(sent.items()), body, timeout))
    except TimeoutError:
        raise XHRTimeoutError(round(1000 * (timeout or 0))) from None
    except OSError as error:
        raise XHRNetworkError(str(error)) from None


def get(url: str, **kwargs: Any) -> XHRResponse:
    """GET url. kwargs: headers, params (added to the URL), data (str, bytes or a form's fields), json, auth
    (name and password), timeout (in seconds; not in a page's main thread)."""
    return _request("GET", url, **kwargs)


def post(url: str, **kwargs: Any) -> XHRResponse:
    """POST to url; kwargs as of get()."""
    return _request("POST", url, **kwargs)


def put(url: str, **kwargs: Any) -> XHRResponse:
    """PUT to url; kwargs as of get()."""
    return _request("PUT", url, **kwargs)


def patch(url: str, **kwargs: Any) -> XHRResponse:
    """PATCH url; kwargs as of get()."""
    return _request("PATCH", url, **kwargs)


def delete(url: str, **kwargs: Any) -> XHRResponse:
    """DELETE url; kwargs as of get()."""
    return _request("DELETE", url, **kwargs)


def head(url: str, **kwargs: Any) -> XHRResponse:
    """HEAD of url; kwargs as of get()."""
    return _request("HEAD", url, **kwargs)


def options(url: str, **kwargs: Any) -> XHRResponse:
    """OPTIONS of url; kwargs as of get()."""
    return _request("OPTIONS", url, **kwargs)
