"""What the owner of a store says of a build, signed.

A file of JSON: `statement`, the text that is signed, `key`, the public key, and `signature`. The text is JSON, too.
It is signed as it stands, so no two ways to write it can be confused.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass

from wasmforge.build.store.keys import SigningKey, is_signed

FORMAT = 1
# What is signed starts with this, so that no signature made for something else is one of a build.
_CONTEXT = b"wasmforge build\n"


class Refused(Exception):
    """A build of the store must not be used. The message says why, and what to do about it."""


@dataclass(frozen=True)
class Statement:
    """A package: the hash of its inputs, where it belongs in a channel (SUBDIR/FILE), its sha256 and its bytes."""

    input_hash: str
    place: str
    sha256: str
    size: int


def sign(statement: Statement, key: SigningKey) -> bytes:
    text = json.dumps({"format": FORMAT, **asdict(statement)}, sort_keys=True)
    signed = {"statement": text, "key": key.public, "signature": key.sign(_CONTEXT + text.encode())}
    return json.dumps(signed, indent=1).encode() + b"\n"


def check(data: bytes, trusted: Collection[str]) -> Statement:
    """The statement in a file that one of the trusted public keys signed; raises Refused for any other."""
    try:
        signed = json.loads(data)
        text, key, signature = (str(signed[name]) for name in ("statement", "key", "signature"))
        message = _CONTEXT + text.encode()
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Refused("what the store says of it cannot be read") from error
    if key not in trusted:
        raise Refused(f"it is signed with the key {key}, which is not one of the trusted keys")
    if not is_signed(message, signature, key):
        raise Refused("its signature is wrong: someone has changed it")
    return _parse(text)


def _parse(text: str) -> Statement:
    """The statement that a trusted key has signed, perhaps a newer program."""
    try:
        said = json.loads(text)
        version = said.pop("format")
        if version != FORMAT:
            raise Refused(f"it is of format {version}, and this wasmforge knows {FORMAT}; take a newer one")
        return Statement(str(said["input_hash"]), str(said["place"]), str(said["sha256"]), int(said["size"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refused("its signed text has no input hash, place, sha256 or size") from error
