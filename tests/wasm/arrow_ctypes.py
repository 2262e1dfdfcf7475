"""The Arrow C stream interface by ctypes alone: a producer and a consumer that share no code with the bridge."""

from __future__ import annotations

import ctypes
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_void_p, cast
from typing import Any


class Schema(Structure):
    pass


class Array(Structure):
    pass


class Stream(Structure):
    pass


ReleaseSchema = CFUNCTYPE(None, POINTER(Schema))
ReleaseArray = CFUNCTYPE(None, POINTER(Array))
ReleaseStream = CFUNCTYPE(None, POINTER(Stream))
GetSchema = CFUNCTYPE(c_int, POINTER(Stream), POINTER(Schema))
GetNext = CFUNCTYPE(c_int, POINTER(Stream), POINTER(Array))
GetError = CFUNCTYPE(c_void_p, POINTER(Stream))

Schema._fields_ = [
    ("format", c_char_p),
    ("name", c_char_p),
    ("metadata", c_void_p),
    ("flags", c_int64),
    ("n_children", c_int64),
    ("children", POINTER(POINTER(Schema))),
    ("dictionary", POINTER(Schema)),
    ("release", ReleaseSchema),
    ("private_data", c_void_p),
]
Array._fields_ = [
    ("length", c_int64),
    ("null_count", c_int64),
    ("offset", c_int64),
    ("n_buffers", c_int64),
    ("n_children", c_int64),
    ("buffers", POINTER(c_void_p)),
    ("children", POINTER(POINTER(Array))),
    ("dictionary", POINTER(Array)),
    ("release", ReleaseArray),
    ("private_data", c_void_p),
]
Stream._fields_ = [
    ("get_schema", GetSchema),
    ("get_next", GetNext),
    ("get_last_error", GetError),
    ("release", ReleaseStream),
    ("private_data", c_void_p),
]

_capsule_new = ctypes.pythonapi.PyCapsule_New
_capsule_new.restype, _capsule_new.argtypes = ctypes.py_object, [c_void_p, c_char_p, c_void_p]
_capsule_pointer = ctypes.pythonapi.PyCapsule_GetPointer
_capsule_pointer.restype, _capsule_pointer.argtypes = c_void_p, [ctypes.py_object, c_char_p]


class Frame:
    """A data frame of two columns, "number" (float64, one missing) and "text" (utf8), in batches of three rows.

    Both come with an offset of 1. fail: what get_next reports instead of the second batch. released counts what
    the consumer has given back.
    """

    def __init__(self, fail: bytes | None = None) -> None:
        self.fail, self.released, self.batches = fail, {"schema": 0, "array": 0, "stream": 0}, 0
        self._keep: list[Any] = []
        self.numbers = (ctypes.c_double * 4)(-1, 1.5, 2.5, 3.5)
        self.stream = Stream(
            GetSchema(self._get_schema),
            GetNext(self._get_next),
            GetError(self._get_error),
            ReleaseStream(self._release_stream),
        )
        self._on_schema, self._on_array = ReleaseSchema(self._release_schema), ReleaseArray(self._release_array)
        self._message = c_char_p(fail)

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return _capsule_new(ctypes.addressof(self.stream), b"arrow_array_stream", None)

    def _pointers(self, type: Any, items: list[Any]) -> Any:
        made = (type * len(items))(*items)
        self._keep.append((made, items))
        return cast(made, POINTER(type))

    def _schema(self, format: bytes, name: bytes, children: list[Schema]) -> Schema:
        pointers = self._pointers(POINTER(Schema), [ctypes.pointer(child) for child in children])
        return Schema(format, name, None, 2, len(children), pointers, None, self._on_schema, None)

    def _get_schema(self, _stream: Any, out: Any) -> int:
        columns = [self._schema(b"g", b"number", []), self._schema(b"u", b"text", [])]
        out[0] = self._schema(b"+s", b"", columns)
        return 0

    def _array(self, length: int, nulls: int, offset: int, buffers: list[Any], children: list[Array]) -> Array:
        addresses = [None if buffer is None else ctypes.addressof(buffer) for buffer in buffers]
        self._keep.append(buffers)
        pointers = self._pointers(POINTER(Array), [ctypes.pointer(child) for child in children])
        counts = (length, nulls, offset, len(buffers), len(children))
        return Array(*counts, self._pointers(c_void_p, addresses), pointers, None, self._on_array, None)

    def _get_next(self, _stream: Any, out: Any) -> int:
        if self.batches == 2:
            out[0] = Array()
            return 0
        if self.batches == 1 and self.fail is not None:
            return 5
        self.batches += 1
        number = self._array(3, 1, 1, [(ctypes.c_uint8 * 1)(0b1011), self.numbers], [])
        text = self._array(
            3, 0, 1, [None, (ctypes.c_int32 * 5)(0, 1, 3, 3, 7), ctypes.create_string_buffer("xé€a".encode())], []
        )
        out[0] = self._array(3, 0, 0, [None], [number, text])
        return 0

    def _get_error(self, _stream: Any) -> int | None:
        return cast(self._message, c_void_p).value

    def _release_schema(self, schema: Any) -> None:
        self._release_children(schema[0])
        self.released["schema"] += 1
        schema[0].release = ReleaseSchema()

    def _release_array(self, array: Any) -> None:
        self._release_children(array[0])
        self.released["array"] += 1
        array[0].release = ReleaseArray()

    def _release_children(self, parent: Any) -> None:
        for index in range(parent.n_children):
            parent.children[index][0].release(parent.children[index])

    def _release_stream(self, stream: Any) -> None:
        self.released["stream"] += 1
        stream[0].release = ReleaseStream()


def consume(capsule: Any) -> list[Any]:
    """The formats of a stream's columns, then of each batch what its first column's values are as bytes. Releases all."""
    stream = cast(_capsule_pointer(capsule, b"arrow_array_stream"), POINTER(Stream))
    schema, found = Schema(), []
    assert stream[0].get_schema(stream, ctypes.byref(schema)) == 0
    found.append([(schema.children[i][0].name, schema.children[i][0].format) for i in range(schema.n_children)])
    schema.release(ctypes.byref(schema))
    assert not schema.release
    while True:
        batch = Array()
        assert stream[0].get_next(stream, ctypes.byref(batch)) == 0
        if not batch.release:
            break
        # A child may be moved out of its parent, and outlive it.
        child = Array.from_buffer_copy(batch.children[0][0])
        batch.children[0][0].release = ReleaseArray()
        batch.release(ctypes.byref(batch))
        found.append((child.length, child.null_count, ctypes.string_at(child.buffers[1], child.length * 8)))
        child.release(ctypes.byref(child))
    stream[0].release(stream)
    return found
