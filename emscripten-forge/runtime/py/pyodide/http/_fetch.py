"""pyfetch: JavaScript's fetch with Python's types and errors."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import IO, Any, TypeVar

from ._errors import AbortError, BodyUsedError, raise_for_status

Result = TypeVar("Result")


def _reads_body(method: Callable[..., Awaitable[Result]]) -> Callable[..., Awaitable[Result]]:
    """A method that takes the body: once only, and cancelling it ends the transfer."""

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


def _as_oserror(error: Any, signal: Any) -> OSError:
    """What fetch threw, as Python says it."""
    if signal is not None and signal.aborted:
        return AbortError(signal.reason)
    if error.name == "AbortError":
        return AbortError(error)
    return OSError(error.message)


class FetchResponse:
    """The answer of a server. Its body can be read once; each method that does so is asynchronous.

    js_response is the JavaScript Response, abort_controller and abort_signal those that end the transfer.
    """

    def __init__(self, request: Any, js_response: Any, abort_controller: Any = None, abort_signal: Any = None) -> None:
        self._url = request if isinstance(request, str) else request.url
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
        """Where the response is from, after redirects."""
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
        """End the transfer; who reads the body then gets an AbortError with this reason.

        ValueError if there is no abort_controller.
        """
        if self.abort_controller is None:
            raise ValueError("This response has no abort_controller to abort it with")
        from pyodide.ffi import JsException

        message = "The request was aborted" if reason is None else str(reason)
        self.abort_controller.abort(JsException("AbortError", message))

    @_reads_body
    async def buffer(self) -> Any:
        """The body as a JavaScript ArrayBuffer."""
        return await self.js_response.arrayBuffer()

    @_reads_body
    async def text(self) -> str:
        """The body as text, decoded from UTF-8."""
        return await self.js_response.text()

    async def string(self) -> str:
        """The same as text(), which is newer."""
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

    async def _into_file(self, file: IO[bytes]) -> None:
        """Make the body the content of an empty file that is open for writing."""
        (await self.buffer())._into_file(file)

    async def _create_file(self, path: str) -> None:
        """Write the body to a new file. FileExistsError if there is one of that name."""
        with open(path, "xb") as file:
            await self._into_file(file)

    async def unpack_archive(self, *, extract_dir: str | None = None, format: str | None = None) -> None:
        """Unpack the body into extract_dir (default: the working directory).

        format: as of shutil.unpack_archive; default: what the end of the URL says. ValueError if unknown.
        """
        from pyodide._archives import unpack

        filename = self._url.partition("?")[0].rsplit("/", 1)[-1]
        unpack(await self.memoryview(), filename=filename, format=format, extract_dir=extract_dir)


async def pyfetch(request: Any, /, *, signal: Any = None, fetcher: Any = None, **kwargs: Any) -> FetchResponse:
    """Ask a server for something.

    request: a URL, which may be relative to the page's, or a JavaScript Request. signal: an AbortSignal of your
    own. fetcher: what to call in the place of JavaScript's fetch. kwargs: fetch's options, such as method,
    headers (a dict), body, credentials, redirect. Raises OSError if there is no response, AbortError if it was
    aborted; cancelling the task ends the transfer.
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
