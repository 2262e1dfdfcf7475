"""Reads the records of a prefix's packages, whose every field any program may have written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeVar

from wasmforge.common.errors import WasmforgeError
from wasmforge.common.inside import folder_leads_out

_Kind = TypeVar("_Kind")


def record_files(prefix: Path) -> list[Path]:
    """The files of the records. Raises WasmforgeError for a folder that is not a conda environment."""
    files = sorted((prefix / "conda-meta").glob("*.json"))
    if not files:
        raise WasmforgeError(f"{prefix} is not a conda environment: it has no conda-meta/*.json")
    return files


class Fields:
    """An object of a record. What gives a field raises WasmforgeError if that has another type.

    place: of the object in the file.
    """

    def __init__(self, file: Path, data: Any, place: str = "") -> None:
        self._file = file
        self._place = place
        if not isinstance(data, dict):
            raise record_error(file, f"{place or 'it'} is not an object")
        self.data: dict[str, Any] = data

    @classmethod
    def read(cls, prefix: Path, file: Path) -> Fields:
        """The record in a file of a prefix. Raises WasmforgeError for a file that cannot be read as one."""
        if folder_leads_out(prefix, str(file.relative_to(prefix))):
            raise record_error(file, f"it is a link that leads out of {prefix}")
        if not file.is_file():  # reading a pipe would wait for ever
            raise record_error(file, "it is not a file")
        try:
            return cls(file, json.loads(file.read_bytes()))
        except (OSError, ValueError, RecursionError) as error:
            raise record_error(file, str(error)) from error

    def text(self, key: str) -> str:
        return self._checked(key, self.data.get(key), str, "a string")

    def optional_text(self, key: str) -> str | None:
        return None if self.data.get(key) is None else self.text(key)

    def texts(self, key: str) -> list[str]:
        """No item if the field is missing."""
        items = self._items(key) if self.data.get(key) is not None else []
        return [self._checked(f"{key}[{number}]", item, str, "a string") for number, item in enumerate(items)]

    def object(self, key: str) -> Fields:
        return Fields(self._file, self.data.get(key), self._place_of(key))

    def objects(self, key: str) -> list[Fields]:
        place = self._place_of(key)
        return [Fields(self._file, item, f"{place}[{number}]") for number, item in enumerate(self._items(key))]

    def error(self, key: str, fault: str) -> WasmforgeError:
        """An error that says what is wrong with a field."""
        return record_error(self._file, f"{self._place_of(key)} is {self.data.get(key)!r}: {fault}")

    def _items(self, key: str) -> list[Any]:
        return self._checked(key, self.data.get(key), list, "a list")

    def _checked(self, key: str, value: Any, kind: type[_Kind], what: str) -> _Kind:
        if not isinstance(value, kind):
            raise record_error(self._file, f"{self._place_of(key)} is not {what}")
        return value

    def _place_of(self, key: str) -> str:
        return f"{self._place}.{key}" if self._place else key


def record_error(file: Path, fault: str) -> WasmforgeError:
    return WasmforgeError(f"{file} is not a record of an installed package: {fault}. Make the environment anew")
