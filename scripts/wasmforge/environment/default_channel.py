"""The channel of an environment for which the user names none."""

from __future__ import annotations

import os

from wasmforge.common.errors import UsageError
from wasmforge.common.layout import find_checkout
from wasmforge.common.user_config import config_file, configured_text

VARIABLE = "WASMFORGE_CHANNEL"


def default_channel() -> str:
    """The folder or address of the channel: the checkout's, else WASMFORGE_CHANNEL's, else the config file's.

    Raises UsageError if there is none, and WasmforgeError for a config file that cannot be read.
    """
    channel = find_default_channel()
    if channel is None:
        raise UsageError(
            f"no channel: give one with -c, in the variable {VARIABLE}, "
            f'or as a line `channel = "ADDRESS"` in {config_file()}'
        )
    return channel


def find_default_channel() -> str | None:
    """As default_channel, but None if there is none."""
    checkout = find_checkout()
    if checkout is not None:
        return str(checkout / "emscripten-forge" / "channel")
    return os.environ.get(VARIABLE) or configured_text("channel", "the folder or address of a channel")
