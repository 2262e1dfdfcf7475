"""Data frames and tables of JavaScript's package apache-arrow.

    import apache_arrow                      # the module, given by the page with registerJsModule
    from pyodide.arrow import from_arrow, to_arrow

    table = to_arrow(df, apache_arrow)       # its numeric columns are the data frame's own memory
    table.release()
    frame = from_arrow(table)                # any library reads it: __arrow_c_stream__, __dataframe__

All data passes through the Arrow C interfaces (core/arrow.c). Frames that offer only the data frame interchange
protocol, such as those of pandas without pyarrow, are first described in Arrow's layout.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import _wasmforge_arrow

from ._layout import Array, Schema

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Table", "from_arrow", "to_arrow"]


def to_arrow(df: Any, arrow: Any, *, copy: bool = False) -> Any:
    """A data frame as a JavaScript Table of apache-arrow.

    df: an object with `__arrow_c_stream__` or `__dataframe__`. arrow: the JavaScript module. copy: copy the columns to
    JavaScript's memory; otherwise they are views of the data frame's until the table's `release()`.
    """
    import pyodide_js

    return pyodide_js.toArrow(df, arrow, copy=copy)


def from_arrow(table: Any) -> Table:
    """A JavaScript Table or RecordBatch of apache-arrow as a data frame, its columns copied to Python's memory."""
    import pyodide_js

    return pyodide_js.fromArrow(table)


def stream_of(df: Any) -> Any:
    """A PyCapsule "arrow_array_stream" of a data frame of any library. Raises TypeError if df is no data frame."""
    if hasattr(df, "__arrow_c_stream__"):
        try:
            return df.__arrow_c_stream__()
        except ImportError:
            # pandas needs pyarrow for this protocol, but not for the older one.
            if not hasattr(df, "__dataframe__"):
                raise
    if hasattr(df, "__dataframe__"):
        from ._interchange import describe

        schema, batches = describe(df)
        return _wasmforge_arrow.stream(schema, batches)
    raise TypeError(f"{type(df).__name__} is no data frame: it has neither __arrow_c_stream__ nor __dataframe__")


@dataclass(frozen=True)
class Table:
    """A data frame in Arrow's layout. schema: the struct of all columns; batches: its rows, piece by piece."""

    schema: Schema
    batches: tuple[Array, ...]

    @property
    def column_names(self) -> list[str]:
        return [column.name for column in self.schema.children]

    @property
    def num_rows(self) -> int:
        return sum(batch.length for batch in self.batches)

    def __len__(self) -> int:
        return self.num_rows

    def __repr__(self) -> str:
        columns = ", ".join(f"{column.name}: {column.format}" for column in self.schema.children)
        return f"<pyodide.arrow.Table of {self.num_rows} rows: {columns}>"

    def __arrow_c_schema__(self) -> Any:
        return _wasmforge_arrow.schema(self.schema)

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """A PyCapsule "arrow_array_stream". requested_schema is ignored, which the specification allows."""
        return _wasmforge_arrow.stream(self.schema, self.batches)

    def __dataframe__(self, nan_as_null: bool = False, allow_copy: bool = True) -> Any:
        from ._interchange import DataFrame

        return DataFrame(self.schema, self.batches, allow_copy)

    def to_numpy(self) -> dict[str, np.ndarray]:
        """The columns as NumPy arrays, masked where values are missing; views where the layout allows it."""
        from ._columns import to_numpy

        return {
            column.name: to_numpy(column, [batch.children[index] for batch in self.batches])
            for index, column in enumerate(self.schema.children)
        }

    def chunks(self) -> Iterator[Table]:
        """Tables of one batch each."""
        return (Table(self.schema, (batch,)) for batch in self.batches)


def from_description(schema: list[Any], batches: list[list[Any]]) -> Table:
    """A table from the lists that js/bridge/buffers/arrow-tables.mjs makes."""
    return Table(_schema(schema), tuple(map(_array, batches)))


def _schema(described: list[Any]) -> Schema:
    format, name, metadata, flags, children, dictionary = described
    return Schema(
        format,
        name,
        None if metadata is None else bytes(metadata),
        flags,
        tuple(map(_schema, children)),
        None if dictionary is None else _schema(dictionary),
    )


def _array(described: list[Any]) -> Array:
    length, null_count, offset, buffers, children, dictionary = described
    return Array(
        length,
        null_count,
        offset,
        tuple(buffers),
        tuple(map(_array, children)),
        None if dictionary is None else _array(dictionary),
    )
