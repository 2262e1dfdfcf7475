"""The user's config file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

from wasmforge.common.errors import WasmforgeError


def config_file() -> Path:
    """The user's config file, where this system keeps such files."""
    return user_config_path("wasmforge") / "config.toml"


def configured_text(name: str, meaning: str) -> str | None:
    """The text of a setting; None without it. Raises WasmforgeError for anything else; meaning: what it must be."""
    value = _setting(name)
    if value is None or (isinstance(value, str) and value):
        return value
    raise _wrong(name, meaning, value)


def configured_texts(name: str, meaning: str) -> list[str]:
    """The texts of a setting that is a list; empty without it. Raises WasmforgeError for anything else."""
    value = _setting(name)
    if value is None:
        return []
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return value
    raise _wrong(name, meaning, value)


def _wrong(name: str, meaning: str, value: Any) -> WasmforgeError:
    return WasmforgeError(f"{config_file()}: `{name}` is not {meaning} but {value!r}")


def _setting(name: str) -> Any:
    file = config_file()
    try:
        return tomllib.loads(file.read_text()).get(name)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise WasmforgeError(f"cannot read {file}: {error}") from error
