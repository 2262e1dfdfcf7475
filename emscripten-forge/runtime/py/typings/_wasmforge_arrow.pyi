"""The Arrow C interfaces, core/arrow.c."""

from collections.abc import Sequence
from types import CapsuleType

from pyodide.arrow._layout import Array, Schema

def stream(schema: Schema, batches: Sequence[Array], /) -> CapsuleType: ...
def schema(schema: Schema, /) -> CapsuleType: ...
def memory(address: int, size: int, owner: object, /) -> memoryview: ...
