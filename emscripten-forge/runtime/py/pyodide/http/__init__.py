"""HTTP from Python: pyfetch for asynchronous code, pyxhr and open_url for code that waits."""

from io import StringIO

from . import pyxhr
from ._errors import AbortError, BodyUsedError, HttpStatusError
from ._fetch import FetchResponse, pyfetch

__all__ = ["AbortError", "BodyUsedError", "FetchResponse", "HttpStatusError", "open_url", "pyfetch", "pyxhr"]


def open_url(url: str) -> StringIO:
    """The text at url, whatever the response's status. Blocks until it is there.

    For bytes, use pyfetch or pyxhr. Raises OSError if there is no response.
    """
    return StringIO(pyxhr.get(url).text)
