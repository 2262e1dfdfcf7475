"""Columns in Arrow's layout as NumPy arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from ._layout import Array, Schema

# Arrow's formats of fixed-width values -> NumPy's types.
_DTYPES = {
    "c": "i1", "C": "u1", "s": "i2", "S": "u2", "i": "i4", "I": "u4", "l": "i8", "L": "u8",
    "e": "f2", "f": "f4", "g": "f8",
    "tdm": "M8[ms]", "tDs": "m8[s]", "tDm": "m8[ms]", "tDu": "m8[us]", "tDn": "m8[ns]",
    "tss": "M8[s]", "tsm": "M8[ms]", "tsu": "M8[us]", "tsn": "M8[ns]",
}  # fmt: skip


def unpack_bits(bits: Any, offset: int, length: int) -> np.ndarray:
    """The bits of a bitmap as an array of bool."""
    if not length:
        return np.zeros(0, bool)
    packed = np.frombuffer(bits, np.uint8)
    return np.unpackbits(packed, count=offset + length, bitorder="little")[offset:].view(bool)


def valid(array: Array) -> np.ndarray | None:
    """Which values are not missing; None: all."""
    if array.null_count == 0 or not array.buffers or array.buffers[0] is None:
        return None
    return unpack_bits(array.buffers[0], array.offset, array.length)


def to_numpy(schema: Schema, arrays: list[Array]) -> np.ndarray:
    """A column of several pieces as one array, masked if any value is missing.

    Raises TypeError if NumPy has no such type.
    """
    read = _reader(schema)
    pieces = [read(array) for array in arrays] or [read_nothing(schema)]
    values = pieces[0] if len(pieces) == 1 else np.concatenate(pieces)
    masks = [valid(array) for array in arrays]
    if all(mask is None for mask in masks):
        return values
    whole = [np.ones(len(piece), bool) if mask is None else mask for piece, mask in zip(pieces, masks, strict=True)]
    return np.ma.MaskedArray(values, ~np.concatenate(whole))


def read_nothing(schema: Schema) -> np.ndarray:
    """The array of a column without rows."""
    return np.zeros(0, _DTYPES.get(schema.format.partition(":")[0], object))


def _reader(schema: Schema) -> Callable[[Array], np.ndarray]:
    if schema.dictionary:
        return lambda array: _decoded(schema, array)
    kind = schema.format.partition(":")[0]
    if kind in _DTYPES:
        return lambda array: _fixed(array, _DTYPES[kind])
    match kind:
        case "b":
            return lambda array: unpack_bits(array.buffers[1], array.offset, array.length)
        case "tdD":
            return lambda array: _fixed(array, "i4").astype("M8[D]")
        case "u" | "z":
            return lambda array: _strings(array, "i4", kind == "u")
        case "U" | "Z":
            return lambda array: _strings(array, "i8", kind == "U")
        case "n":
            return lambda array: np.full(array.length, None, object)
    raise TypeError(f"NumPy has no type for the column {schema.name!r} of Arrow's format {schema.format!r}")


def _fixed(array: Array, dtype: str) -> np.ndarray:
    if not array.length:
        return np.zeros(0, dtype)
    return np.frombuffer(array.buffers[1], np.uint8).view(dtype)[array.offset : array.offset + array.length]


def _strings(array: Array, dtype: str, text: bool) -> np.ndarray:
    """Strings as an array of objects; missing ones are None."""
    values = np.full(array.length, None, object)
    if not array.length:
        return values
    offsets = np.frombuffer(array.buffers[1], np.uint8).view(dtype)[array.offset :].tolist()
    content = bytes(array.buffers[2])
    present = valid(array)
    for index in range(array.length):
        if present is None or present[index]:
            piece = content[offsets[index] : offsets[index + 1]]
            values[index] = piece.decode() if text else piece
    return values


def _decoded(schema: Schema, array: Array) -> np.ndarray:
    """A categorical column's values, looked up in its dictionary."""
    assert schema.dictionary is not None and array.dictionary is not None
    categories = to_numpy(schema.dictionary, [array.dictionary])
    codes = _fixed(array, _DTYPES[schema.format])
    present = valid(array)
    if present is not None:
        codes = np.where(present, codes, 0)
    return categories[codes] if len(categories) else np.full(array.length, None, object)
