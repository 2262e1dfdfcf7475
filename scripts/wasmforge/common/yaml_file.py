"""Reads YAML files that people write, and says what is wrong with one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from wasmforge.common.errors import WasmforgeError

# Far more than any of our formats needs. The libraries that read recipes and lock files take minutes for 100,000
# brackets, or overflow their stack.
_MAX_DEPTH = 500

_BRACKET = re.compile(r"[\[\]{}]")
# Each level of indentation takes at least a column.
_INDENTATION = re.compile(rf"^[ ?:-]{{{2 * _MAX_DEPTH}}}", re.MULTILINE)


def read_yaml(path: Path) -> Any:
    """The content of a YAML file. Raises WasmforgeError if it cannot be had."""
    text = read_yaml_text(path)
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise WasmforgeError(f"{path} is not YAML: {error}") from error
    except RecursionError as error:
        raise _too_deep(path) from error


def read_yaml_text(path: Path) -> str:
    """The text of a YAML file, for a reader of its own.

    Raises WasmforgeError if the file cannot be read, is not UTF-8, or is nested deeper than all readers take.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise WasmforgeError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise WasmforgeError(f"{path} is not UTF-8 text: {error}; save it as UTF-8") from error
    if _INDENTATION.search(text):
        raise _too_deep(path)
    depth = 0
    for bracket in _BRACKET.finditer(text):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > _MAX_DEPTH:
            raise _too_deep(path)
    return text


def _too_deep(path: Path) -> WasmforgeError:
    return WasmforgeError(f"{path} is nested too deep to be read; a list in a list in a list is enough")
