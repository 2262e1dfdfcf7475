"""The channel of an environment for which the user names none."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

from platformdirs import user_config_path

from wasmforge.common.errors import UsageError, WasmforgeError
from wasmforge.common.layout import find_checkout

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
    return os.environ.get(VARIABLE) or _configured()


def config_file() -> Path:
    """The user's config file, where this system keeps such files."""
    return user_config_path("wasmforge") / "config.toml"


def _configured() -> str | None:
    file = config_file()
    try:
        settings = tomllib.loads(file.read_text())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise WasmforgeError(f"cannot read {file}: {error}") from error
    channel = settings.get("channel")
    if channel is not None and not (isinstance(channel, str) and channel):
        raise WasmforgeError(f"{file}: `channel` is not the folder or address of a channel but {channel!r}")
    return channel
