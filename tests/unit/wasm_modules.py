"""Makes small WebAssembly side modules to try the code that reads them on."""

from __future__ import annotations

I32, F64 = 0x7F, 0x7C
Type = tuple[list[int], list[int]]
VOID: Type = ([I32, I32], [])
VALUE: Type = ([I32, I32], [F64])
LONGER: Type = ([I32, I32, I32], [])


def number(value: int) -> bytes:
    """LEB128."""
    low, rest = value & 0x7F, value >> 7
    return bytes([low | 0x80]) + number(rest) if rest else bytes([low])


def text(value: str) -> bytes:
    return number(len(value.encode())) + value.encode()


def vector(items: list[bytes]) -> bytes:
    return number(len(items)) + b"".join(items)


def section(kind: int, content: bytes) -> bytes:
    return bytes([kind]) + number(len(content)) + content


def module(
    imports: dict[str, Type] | None = None, exports: dict[str, Type] | None = None, needed: list[str] | None = None
) -> bytes:
    """A side module with these functions; it also imports a memory and a table and exports a global."""
    imports, exports = imports or {}, exports or {}
    types = [b"\x60" + vector([bytes([t]) for t in p]) + vector([bytes([t]) for t in r])
             for p, r in (*imports.values(), *exports.values())]  # fmt: skip
    libraries = vector([text(name) for name in needed or []])
    return b"".join(
        [
            b"\0asm\1\0\0\0",
            section(0, text("dylink.0") + section(1, number(300) * 4) + section(2, libraries)),
            section(1, vector(types)),
            section(2, vector([
                text("env") + text("memory") + b"\x02\x01" + number(1) + number(65536),
                text("env") + text("table") + b"\x01\x70\x00" + number(300),
                text("env") + text("base") + b"\x03\x7f\x00",
                *(text("env") + text(name) + b"\x00" + number(at) for at, name in enumerate(imports)),
                text("GOT.func") + text("callback") + b"\x03\x7f\x01",
            ])),
            section(3, vector([number(len(imports) + at) for at in range(len(exports))])),
            section(7, vector([
                text("data") + b"\x03" + number(0),
                *(text(name) + b"\x00" + number(len(imports) + at) for at, name in enumerate(exports)),
            ])),
        ]
    )  # fmt: skip
