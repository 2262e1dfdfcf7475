"""The errors of HTTP requests, all of them OSErrors."""

from __future__ import annotations

from typing import Any


class HttpStatusError(OSError):
    """A response has the status 4xx or 5xx. Attributes: status, status_text, url."""

    def __init__(self, status: int, status_text: str, url: str) -> None:
        self.status = status
        self.status_text = status_text
        self.url = url
        side = "Client" if status < 500 else "Server"
        super().__init__(f"{status} {side} Error: {status_text} for url: {url}")

    def __reduce__(self) -> tuple[Any, ...]:
        return HttpStatusError, (self.status, self.status_text, self.url)


class BodyUsedError(OSError):
    """The body of a response was read before: it can be read once."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args or ("The body of this response was read already; read a clone() of it before",))


class AbortError(OSError):
    """The request was aborted. reason: the JavaScript value given to abort()."""

    def __init__(self, reason: Any) -> None:
        self.reason = reason
        super().__init__(str(getattr(reason, "message", reason)))


class XHRError(OSError):
    """A synchronous request failed."""


class XHRNetworkError(XHRError):
    """There was no response: no network, no such server, or one that forbids this page to read the answer (CORS)."""

    def __init__(self, message: str = "Network error occurred") -> None:
        super().__init__(message)


class XHRTimeoutError(XHRError, TimeoutError):
    """There was no response within timeout milliseconds."""

    def __init__(self, timeout: int) -> None:
        self.timeout = timeout
        super().__init__(f"No response within {timeout} ms")


def raise_for_status(status: int, status_text: str, url: str) -> None:
    """Raise HttpStatusError if the status is 4xx or 5xx."""
    if 400 <= status < 600:
        raise HttpStatusError(status, status_text, url)
