"""hashlib's functions to derive keys, which CPython takes from OpenSSL (_wasmforge_changes.py)."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

import _wasmforge_scrypt

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_LARGEST = 2**31 - 1  # OpenSSL's int
_SCRYPT_MEMORY = 32 * 1024**2  # bytes: OpenSSL's limit where none is given


def pbkdf2_hmac(
    hash_name: str, password: ReadableBuffer, salt: ReadableBuffer, iterations: int, dklen: int | None = None
) -> bytes:
    """Derive a key of dklen bytes from a password (RFC 8018, section 5.2); None: as many as the hash has.

    ValueError: an unknown hash, or a number that is not positive.
    """
    if iterations < 1:
        raise ValueError("iteration value must be greater than 0.")
    key = hmac.new(memoryview(password).tobytes(), digestmod=hash_name)
    length = key.digest_size if dklen is None else dklen
    if not 0 < length <= _LARGEST:
        raise ValueError("key length must be greater than 0." if length < 1 else "key length is too great.")
    blocks = range(1, -(-length // key.digest_size) + 1)
    return b"".join(_block(key, memoryview(salt), number, iterations) for number in blocks)[:length]


def _block(key: hmac.HMAC, salt: memoryview, number: int, iterations: int) -> bytes:
    """F of RFC 8018. key: the HMAC of the password, before any message."""
    first = key.copy()
    first.update(salt)
    first.update(number.to_bytes(4))
    message = first.digest()
    total = int.from_bytes(message)
    # hmac's own objects, one below: half the time of copying the HMAC and asking for its digest.
    inner, outer = key._inner.copy, key._outer.copy  # type: ignore[attr-defined]
    for _ in range(iterations - 1):
        inside = inner()
        inside.update(message)
        outside = outer()
        outside.update(inside.digest())
        message = outside.digest()
        total ^= int.from_bytes(message)
    return total.to_bytes(key.digest_size)


def scrypt(
    password: ReadableBuffer, *, salt: ReadableBuffer, n: int, r: int, p: int, maxmem: int = 0, dklen: int = 64
) -> bytes:
    """Derive a key of dklen bytes from a password (RFC 7914). maxmem: bytes; 0: 32 MiB.

    ValueError: n is not a power of 2 above 1, another number is out of its range, or this takes more than maxmem.
    """
    if n < 2 or n & (n - 1):
        raise ValueError("n must be a power of 2.")
    if not 0 <= maxmem <= _LARGEST:
        raise ValueError(f"maxmem must be positive and smaller than {_LARGEST}")
    if not 0 < dklen <= _LARGEST:
        raise ValueError(f"dklen must be greater than 0 and smaller than {_LARGEST}")
    if r < 1 or p < 1 or r * p >= 2**30 or 128 * r * (n + p + 2) > (maxmem or _SCRYPT_MEMORY):
        raise ValueError("Invalid parameter combination for n, r, p, maxmem.")
    size = 128 * r
    blocks = pbkdf2_hmac("sha256", password, salt, 1, size * p)
    mixed = b"".join(_wasmforge_scrypt.mix(blocks[i : i + size], n) for i in range(0, size * p, size))
    return pbkdf2_hmac("sha256", password, mixed, 1, dklen)
