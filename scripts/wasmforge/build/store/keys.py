"""The keys of a store's owner: ed25519. The private one signs builds, the public one is what others trust."""

from __future__ import annotations

import base64
import binascii
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from wasmforge.common.errors import UsageError, WasmforgeError


class SigningKey:
    """A private key in a file."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @property
    def public(self) -> str:
        """The public key as text: 44 characters."""
        return base64.b64encode(self._key.public_key().public_bytes_raw()).decode()

    def sign(self, data: bytes) -> str:
        return base64.b64encode(self._key.sign(data)).decode()


def is_signed(data: bytes, signature: str, public: str) -> bool:
    """Whether a signature of these bytes was made with the private key of a public one."""
    try:
        _public_key(public).verify(base64.b64decode(signature, validate=True), data)
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def check_public(text: str) -> str:
    """Returns a public key; raises WasmforgeError if it is none."""
    try:
        _public_key(text)
    except ValueError as error:
        raise WasmforgeError(
            f"{text!r} is no public key of a store; `wasmforge store-key` prints one when it makes a pair"
        ) from error
    return text


def make_key(file: Path) -> SigningKey:
    """Write a new private key to a file that only its owner can read. Raises UsageError if there is a file."""
    key = Ed25519PrivateKey.generate()
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise UsageError(f"{file} exists, and what it signed needs it; name a new file") from error
    with open(descriptor, "wb") as out:
        out.write(text)
    return SigningKey(key)


def read_key(file: Path) -> SigningKey:
    """Raises WasmforgeError if the file has no private key of a store."""
    try:
        key = serialization.load_pem_private_key(file.read_bytes(), None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise WasmforgeError(f"cannot read the private key {file}: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise WasmforgeError(f"the private key {file} is not of ed25519; make one with `wasmforge store-key`")
    return SigningKey(key)


def _public_key(text: str) -> Ed25519PublicKey:
    """Raises ValueError (binascii.Error is one)."""
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))
