"""The data frame interchange protocol (`__dataframe__`), in both directions.

Its columns are described in Arrow's layout; values stay where they are, masks become bitmaps.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import Any

import _wasmforge_arrow
import numpy as np

from ._columns import to_numpy, unpack_bits, valid
from ._layout import NULLABLE, ORDERED, Array, Schema

DType = tuple[int, int, str, str]
"""The protocol's type of a column: kind, bits of a value, Arrow's format, byte order."""


class Kind(IntEnum):
    """The protocol's kinds of columns."""

    INT = 0
    UINT = 1
    FLOAT = 2
    BOOL = 20
    STRING = 21
    DATETIME = 22
    CATEGORICAL = 23


class Null(IntEnum):
    """The protocol's ways to mark missing values."""

    NON_NULLABLE = 0
    NAN = 1
    SENTINEL = 2
    BITMASK = 3
    BYTEMASK = 4


# ---- from a data frame of any library ----


def describe(df: Any) -> tuple[Schema, tuple[Array, ...]]:
    """The schema and batches of an object with `__dataframe__`.

    Raises TypeError for a column that the protocol or Arrow does not cover.
    """
    with warnings.catch_warnings():
        # pandas warns that it will drop the protocol.
        warnings.simplefilter("ignore")
        frame = df.__dataframe__()
    names = list(frame.column_names())
    schemas: list[Schema] = []
    batches = []
    for chunk in frame.get_chunks():
        columns = [_column(str(name), chunk.get_column_by_name(name)) for name in names]
        schemas = schemas or [schema for schema, _ in columns]
        batches.append(Array(chunk.num_rows(), 0, 0, (None,), tuple(array for _, array in columns), None))
    return Schema("+s", "", None, 0, tuple(schemas), None), tuple(batches)


def _column(name: str, column: Any) -> tuple[Schema, Array]:
    try:
        kind, _, format, order = column.dtype
    except (NotImplementedError, ValueError) as error:
        duration = _duration(name, column)
        if duration is None:
            raise TypeError(f"the column {name!r} cannot be interchanged: {error}") from error
        return duration
    if order == ">":
        raise TypeError(f"the column {name!r} is big endian, which Arrow does not know; convert it")
    buffers = column.get_buffers()
    length = column.size()
    values: tuple[Any, ...]
    flags, dictionary, categories = NULLABLE, None, None
    if kind == Kind.STRING:
        format, values = _strings(column, buffers)
    elif kind == Kind.BOOL:
        values = (np.packbits(_bools(column, *buffers["data"]), bitorder="little"),)
    else:
        values = (_values(column, *buffers["data"]),)
    if kind == Kind.CATEGORICAL:
        described = column.describe_categorical
        if not described["is_dictionary"]:
            raise TypeError(f"the column {name!r} is categorical without categories")
        flags |= ORDERED if described["is_ordered"] else 0
        dictionary, categories = _column("", described["categories"])
    validity = _validity(column, buffers, values[0])
    bitmap = None if validity is None else np.packbits(validity, bitorder="little")
    nulls = 0 if validity is None else length - int(np.count_nonzero(validity))
    schema = Schema(format, name, None, flags, (), dictionary)
    return schema, Array(length, nulls, 0, (bitmap, *values), (), categories)


def _duration(name: str, column: Any) -> tuple[Schema, Array] | None:
    """A column of timedelta64, which the protocol lacks, from pandas' own attribute; None: it is no such column."""
    try:
        values = np.asarray(getattr(column, "_col", ()))
    except TypeError:
        return None
    if values.dtype.kind != "m":
        return None
    unit, _ = np.datetime_data(values.dtype)
    missing = np.isnat(values)
    bitmap = np.packbits(~missing, bitorder="little") if missing.any() else None
    counts = np.ascontiguousarray(values).view("i8")
    schema = Schema(f"tD{unit[0]}", name, None, NULLABLE, (), None)
    return schema, Array(len(values), int(np.count_nonzero(missing)), 0, (bitmap, counts), (), None)


def _bytes(buffer: Any, start: int = 0, size: int | None = None) -> np.ndarray:
    """A view of some of a buffer's bytes. It keeps the buffer alive."""
    size = buffer.bufsize - start if size is None else size
    return np.frombuffer(_wasmforge_arrow.memory(buffer.ptr + start, size, buffer), np.uint8)


def _values(column: Any, buffer: Any, dtype: DType) -> np.ndarray:
    """The items of a buffer that belong to the column, as integers or floats."""
    width = dtype[1] // 8
    letter = {Kind.UINT: "u", Kind.FLOAT: "f"}.get(Kind(dtype[0]), "i")
    items: np.ndarray = _bytes(buffer, column.offset * width, column.size() * width).view(f"{letter}{width}")
    return items


def _bools(column: Any, buffer: Any, dtype: DType) -> np.ndarray:
    """Values or a mask of bits or bytes."""
    if dtype[1] == 1:
        return unpack_bits(_bytes(buffer), column.offset, column.size())
    return _bytes(buffer, column.offset, column.size()).astype(bool)


def _strings(column: Any, buffers: Any) -> tuple[str, tuple[Any, Any]]:
    offsets, dtype = buffers["offsets"]
    width = dtype[1] // 8
    cut = _bytes(offsets, column.offset * width, (column.size() + 1) * width)
    return "U" if width == 8 else "u", (cut, _bytes(buffers["data"][0]))


def _validity(column: Any, buffers: Any, values: np.ndarray) -> np.ndarray | None:
    """Which values are not missing; None: all."""
    if column.null_count == 0:
        return None
    null, marker = column.describe_null
    found: np.ndarray | None = None
    match null:
        case Null.NAN:
            found = ~np.isnan(values)
        case Null.SENTINEL:
            found = values != marker
        case Null.BITMASK | Null.BYTEMASK if buffers["validity"]:
            found = _bools(column, *buffers["validity"]) != bool(marker)
    return found


# ---- a Table for other libraries ----


class Buffer:
    """Contiguous memory."""

    def __init__(self, values: np.ndarray) -> None:
        self._values = values

    @property
    def bufsize(self) -> int:
        return self._values.nbytes

    @property
    def ptr(self) -> int:
        address: int = self._values.__array_interface__["data"][0]
        return address

    def __dlpack__(self) -> Any:
        return self._values.__dlpack__()

    def __dlpack_device__(self) -> tuple[int, None]:
        """The CPU's memory."""
        return 1, None


_INTEGERS = {"c": 8, "s": 16, "i": 32, "l": 64}
_FLOATS = {"e": 16, "f": 32, "g": 64}
_BYTE_MASK: DType = (Kind.BOOL, 8, "b", "=")


def _dtype(schema: Schema) -> DType:
    """A column's type. Raises NotImplementedError, as the protocol says, for a type that it does not cover."""
    format = schema.format
    if schema.dictionary:
        return Kind.CATEGORICAL, _dtype(schema._replace(dictionary=None))[1], format, "="
    if format.lower() in _INTEGERS:
        return Kind.INT if format.islower() else Kind.UINT, _INTEGERS[format.lower()], format, "="
    if format in _FLOATS:
        return Kind.FLOAT, _FLOATS[format], format, "="
    if format == "b":
        return Kind.BOOL, 8, "b", "="
    if format in ("u", "U"):
        return Kind.STRING, 8, format, "="
    if format.startswith(("ts", "td")):
        return Kind.DATETIME, 32 if format == "tdD" else 64, format, "="
    raise NotImplementedError(
        f"the data frame interchange protocol has no columns like {schema.name!r}, of Arrow's format {format!r}; "
        "use __arrow_c_stream__"
    )


class Column:
    """A column of a Table."""

    def __init__(self, schema: Schema, arrays: Sequence[Array], allow_copy: bool) -> None:
        self._schema = schema
        self._arrays = arrays
        self._allow_copy = allow_copy

    def size(self) -> int:
        return sum(array.length for array in self._arrays)

    offset = 0
    metadata: dict[str, Any] = {}

    @property
    def dtype(self) -> DType:
        return _dtype(self._schema)

    @property
    def null_count(self) -> int:
        masks = map(valid, self._arrays)
        return sum(int(np.count_nonzero(~mask)) for mask in masks if mask is not None)

    @property
    def describe_null(self) -> tuple[int, int | None]:
        if all(valid(array) is None for array in self._arrays):
            return Null.NON_NULLABLE, None
        return Null.BYTEMASK, 0

    @property
    def describe_categorical(self) -> dict[str, Any]:
        dictionary = self._schema.dictionary
        if dictionary is None:
            raise TypeError(f"the column {self._schema.name!r} is not categorical")
        categories = [array.dictionary for array in self._arrays[:1] if array.dictionary]
        return {
            "is_ordered": bool(self._schema.flags & ORDERED),
            "is_dictionary": True,
            "categories": Column(dictionary, categories, self._allow_copy),
        }

    @property
    def _col(self) -> np.ndarray:
        """The values; pandas takes categories from here."""
        return to_numpy(self._schema, list(self._arrays))

    def num_chunks(self) -> int:
        return len(self._arrays)

    def get_chunks(self, n_chunks: int | None = None) -> Iterator[Column]:
        for array in _split(self._arrays, n_chunks):
            yield Column(self._schema, [array], self._allow_copy)

    def get_buffers(self) -> dict[str, tuple[Buffer, DType] | None]:
        if len(self._arrays) != 1:
            raise TypeError(
                f"the column has {len(self._arrays)} chunks, each with buffers of its own: use get_chunks()"
            )
        (array,) = self._arrays
        mask = valid(array)
        if mask is not None:
            self._copies("a mask of missing values")
        kind, bits, format, order = self.dtype
        data: tuple[Buffer, DType]
        offsets: tuple[Buffer, DType] | None = None
        if kind == Kind.STRING:
            width = 32 if format == "u" else 64
            offsets = Buffer(self._cut(array, width, 1)), (Kind.INT, width, "i" if width == 32 else "l", "=")
            data = Buffer(np.frombuffer(array.buffers[2], np.uint8)), (Kind.UINT, 8, "C", "=")
        elif kind == Kind.BOOL:
            self._copies("bits as booleans")
            data = Buffer(unpack_bits(array.buffers[1], array.offset, array.length)), _BYTE_MASK
        else:
            plain = Kind.INT if kind in (Kind.CATEGORICAL, Kind.DATETIME) else kind
            data = Buffer(self._cut(array, bits)), (plain, bits, format, order)
        return {
            "data": data,
            "validity": None if mask is None else (Buffer(mask), _BYTE_MASK),
            "offsets": offsets,
        }

    def _cut(self, array: Array, bits: int, more: int = 0) -> np.ndarray:
        """The bytes of the array's own values or offsets. more: items after its last one."""
        values = np.frombuffer(array.buffers[1], np.uint8)
        return values[array.offset * bits // 8 : (array.offset + array.length + more) * bits // 8]

    def _copies(self, what: str) -> None:
        if not self._allow_copy:
            raise RuntimeError(
                f"the column {self._schema.name!r} needs a copy ({what}), which allow_copy=False forbids"
            )


class DataFrame:
    """A Table in the protocol's terms. schema: the struct of all columns; batches: its rows, piece by piece."""

    version = 0
    metadata: dict[str, Any] = {}

    def __init__(self, schema: Schema, batches: tuple[Array, ...], allow_copy: bool) -> None:
        self._schema = schema
        self._batches = batches
        self._allow_copy = allow_copy

    def __dataframe__(self, nan_as_null: bool = False, allow_copy: bool = True) -> DataFrame:
        return DataFrame(self._schema, self._batches, allow_copy)

    def num_columns(self) -> int:
        return len(self._schema.children)

    def num_rows(self) -> int:
        return sum(batch.length for batch in self._batches)

    def num_chunks(self) -> int:
        return len(self._batches)

    def column_names(self) -> list[str]:
        return [column.name for column in self._schema.children]

    def get_column(self, i: int) -> Column:
        arrays = [batch.children[i] for batch in self._batches]
        return Column(self._schema.children[i], arrays, self._allow_copy)

    def get_column_by_name(self, name: str) -> Column:
        return self.get_column(self.column_names().index(name))

    def get_columns(self) -> list[Column]:
        return [self.get_column(index) for index in range(self.num_columns())]

    def select_columns(self, indices: Sequence[int]) -> DataFrame:
        schema = self._schema._replace(children=tuple(self._schema.children[index] for index in indices))
        batches = (
            batch._replace(children=tuple(batch.children[index] for index in indices)) for batch in self._batches
        )
        return DataFrame(schema, tuple(batches), self._allow_copy)

    def select_columns_by_name(self, names: Sequence[str]) -> DataFrame:
        return self.select_columns([self.column_names().index(name) for name in names])

    def get_chunks(self, n_chunks: int | None = None) -> Iterator[DataFrame]:
        for batch in _split(self._batches, n_chunks):
            yield DataFrame(self._schema, (batch,), self._allow_copy)


def _split(arrays: Sequence[Array], n_chunks: int | None) -> Iterator[Array]:
    """The arrays, cut into n_chunks pieces in all: a multiple of the number of arrays. Raises ValueError if not."""
    if n_chunks is not None and (n_chunks < 1 or n_chunks % max(len(arrays), 1)):
        raise ValueError(f"n_chunks must be a multiple of {len(arrays)}")
    pieces = 1 if n_chunks is None else n_chunks // max(len(arrays), 1)
    for array in arrays:
        step = -(-array.length // pieces)
        for start in range(0, step * pieces, step) if step else [0] * pieces:
            yield _slice(array, start, max(0, min(step, array.length - start)))


def _slice(array: Array, start: int, length: int) -> Array:
    """A part of an array's values; for a batch, of its rows."""
    nulls = array.null_count if length == array.length else -1 if array.null_count else 0
    if array.children:
        children = tuple(_slice(child, start, length) for child in array.children)
        return array._replace(length=length, null_count=nulls, children=children)
    return array._replace(length=length, null_count=nulls, offset=array.offset + start)
