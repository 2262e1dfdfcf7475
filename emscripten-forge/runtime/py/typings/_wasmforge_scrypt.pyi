"""scryptROMix, core/scrypt.c."""

from _typeshed import ReadableBuffer

def mix(block: ReadableBuffer, n: int, /) -> bytes: ...
