"""How long a server may send nothing before its connection counts as dead."""

from __future__ import annotations

import os

from wasmforge.common.errors import UsageError

VARIABLE = "WASMFORGE_TIMEOUT"
_DEFAULT_S = 30.0


def silence_limit() -> float:
    """The seconds that WASMFORGE_TIMEOUT gives, or 30. Raises UsageError for what is no number of seconds."""
    given = os.environ.get(VARIABLE)
    if not given:
        return _DEFAULT_S
    try:
        seconds = float(given)
    except ValueError:
        seconds = 0
    if not 0 < seconds < 1e6:
        raise UsageError(f"{VARIABLE} is {given!r}: give a number of seconds that is greater than 0")
    return seconds
