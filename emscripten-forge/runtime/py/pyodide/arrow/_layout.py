"""Data frames in Arrow's layout, as core/arrow.c takes them."""

from __future__ import annotations

from typing import Any, NamedTuple

# Flags of a Schema.
ORDERED = 1
NULLABLE = 2


class Schema(NamedTuple):
    """A field: its type, name and children. flags: ORDERED (of categories), NULLABLE."""

    format: str
    name: str
    metadata: bytes | None
    flags: int
    children: tuple[Schema, ...]
    dictionary: Schema | None


class Array(NamedTuple):
    """A batch of a field's values. null_count -1: not known. buffers: objects with the buffer protocol, or None."""

    length: int
    null_count: int
    offset: int
    buffers: tuple[Any, ...]
    children: tuple[Array, ...]
    dictionary: Array | None
