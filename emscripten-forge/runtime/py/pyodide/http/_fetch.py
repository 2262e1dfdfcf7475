"""pyfetch: JavaScript's fetch with Python's types and errors."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import IO, TYPE_CHECKING, Any, TypeVar

from ._errors import AbortError, BodyUsedError, raise_for_status

if TYPE_CHECKING:
    from js import AbortController, AbortSignal

    from ..ffi import JsBuffer, JsException, JsFetchResponse, JsProxy

BinaryFile = IO[bytes]
Result = TypeVar("Result")


def _reads_body(method: Callable[..., Awaitable[Result]]) -> Callable[..., Awaitable[Result]]:
    """Make a method that reads the body do so only once, and end the transfer when it is cancelled."""

    @wraps(method)
    async def wrapper(self: FetchResponse, *args: Any, **kwargs: Any) -> Result:
        from asyncio import CancelledError

        from pyodide.ffi import JsException

        self._raise_if_failed()
        try:
            return await method(self, *args, **kwargs)
        except JsException as error:
            raise _as_oserror(error, self.abort_signal) from None
        except CancelledError:
            if self.abort_controller:
                self.abort()
            raise

    return wrapper


def _as_oserror(error: JsException, signal: AbortSignal | None) -> OSError:
    """The exception for an error of JavaScript's fetch."""
    if signal is not None and signal.aborted:
        return AbortError(signal.reason)
    if error.name == "AbortError":
        return AbortError(error)
    return OSError(error.message)


class FetchResponse:
    """A server's answer. Its body can be read once; the methods that read it are asynchronous.

    js_response: the JavaScript Response. abort_controller, abort_signal: what ends the transfer.
    """

    def __init__(
        self,
        request: str | JsProxy,
        js_response: JsFetchResponse,
        abort_controller: AbortController | None = None,
        abort_signal: AbortSignal | None = None,
    ) -> None:
        self._url: str = request if isinstance(request, str) else request.url
        self.js_request = None if isinstance(request, str) else request
        self.js_response = js_response
        self.abort_controller = abort_controller
        self.abort_signal = abort_signal

    @property
    def body_used(self) -> bool:
        return self.js_response.bodyUsed

    @property
    def headers(self) -> dict[str, str]:
        """Names are in lower case."""
        return {name: value for name, value in self.js_response.headers.entries()}

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return self.js_response.ok

    @property
    def redirected(self) -> bool:
        return self.js_response.redirected

    @property
    def status(self) -> int:
        return self.js_response.status

    @property
    def status_text(self) -> str:
        return self.js_response.statusText

    @property
    def type(self) -> str:
        return self.js_response.type

    @property
    def url(self) -> str:
        """The address of the response, after redirects."""
        return self.js_response.url

    def _raise_if_failed(self) -> None:
        if self.abort_signal is not None and self.abort_signal.aborted:
            raise AbortError(self.abort_signal.reason)
        if self.body_used:
            raise BodyUsedError

    def raise_for_status(self) -> None:
        """Raise HttpStatusError if the status is 4xx or 5xx."""
        raise_for_status(self.status, self.status_text, self.url)

    def clone(self) -> FetchResponse:
        """A second response with the same body, to read it twice."""
        self._raise_if_failed()
        request = self._url if self.js_request is None else self.js_request
        return FetchResponse(request, self.js_response.clone(), self.abort_controller, self.abort_signal)

    def abort(self, reason: Any = None) -> None:
        """End the transfer. Reading the body then raises AbortError with this reason.

        Raises ValueError if there is no abort_controller.
        """
        if self.abort_controller is None:
            raise ValueError("This response has no abort_controller to abort it with")
        from pyodide.ffi import JsException

        message = "The request was aborted" if reason is None else str(reason)
        self.abort_controller.abort(JsException("AbortError", message))

    @_reads_body
    async def buffer(self) -> JsBuffer:
        """The body as a JavaScript ArrayBuffer."""
        return await self.js_response.arrayBuffer()

    @_reads_body
    async def text(self) -> str:
        """The body as text, decoded from UTF-8."""
        return await self.js_response.text()

    async def string(self) -> str:
        """The same as text(): its older name."""
        return await self.text()

    async def json(self, **kwargs: Any) -> Any:
        """The body parsed by json.loads(…, **kwargs)."""
        return json.loads(await self.text(), **kwargs)

    async def memoryview(self) -> memoryview:
        """The body, copied once into Python's memory."""
        return (await self.buffer()).to_memoryview()

    async def bytes(self) -> bytes:
        return (await self.buffer()).to_bytes()

    async def bytearray(self) -> bytearray:
        return bytearray(await self.memoryview())

    async def _into_file(self, file: BinaryFile) -> None:
        """Write the body to an empty file that is open for writing."""
        (await self.buffer())._into_file(file)

    async def _create_file(self, path: str) -> None:
        """Write the body to a new file. Raises FileExistsError if the file exists."""
        with open(path, "xb") as file:
            await self._into_file(file)

    async def unpack_archive(self, *, extract_dir: str | None = None, format: str | None = None) -> None:
        """Unpack the body into extract_dir (default: the working directory).

        format: as of shutil.unpack_archive; default: by the URL's extension. Raises ValueError if it is unknown.
        """
        from pyodide._archives import unpack

        filename = self._url.partition("?")[0].rsplit("/", 1)[-1]
        unpack(await self.memoryview(), filename=filename, format=format, extract_dir=extract_dir)


async def pyfetch(
    request: str | JsProxy,
    /,
    *,
    signal: AbortSignal | None = None,
    fetcher: Callable[..., Awaitable[JsFetchResponse]] | None = None,
    **kwargs: Any,
) -> FetchResponse:
    """Send a request.

    request: a URL, which may be relative to the page's, or a JavaScript Request. signal: your own AbortSignal.
    fetcher: called instead of JavaScript's fetch. kwargs: fetch's options, such as method, headers (a dict), body,
    credentials, redirect. Cancelling the task ends the transfer. Raises OSError if there is no response, AbortError
    if the transfer was aborted.
    """
    from asyncio import CancelledError

    from js import AbortController, AbortSignal, Object
    from js import fetch as js_fetch

    from pyodide.ffi import JsException, to_js

    controller = AbortController.new()
    signals = [controller.signal, *([] if signal is None else [signal])]
    combined = controller.signal if signal is None else AbortSignal.any(to_js(signals))
    options = to_js(kwargs, dict_converter=Object.fromEntries)
    options.signal = combined
    try:
        response = await (js_fetch if fetcher is None else fetcher)(request, options)
    except JsException as error:
        raise _as_oserror(error, combined) from None
    except CancelledError:
        controller.abort()
        raise
    return FetchResponse(request, response, controller, combined)
