"""Reads the types of the functions in the main module's table, which are what pointers to functions point to."""

from __future__ import annotations

MAGIC = b"\0asm\1\0\0\0"
TYPES, IMPORTS, FUNCTIONS, ELEMENTS = 1, 2, 3, 9
FUNCTION, TABLE, MEMORY, GLOBAL, TAG = range(5)
I32_CONST = 0x41

# Parameters and results, as bytes: 0x7f is i32.
Signature = tuple[bytes, bytes]


class Reader:
    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data = data
        self.at = at

    def byte(self) -> int:
        self.at += 1
        return self.data[self.at - 1]

    def number(self) -> int:
        """An unsigned integer in LEB128."""
        result = shift = 0
        while True:
            byte = self.byte()
            result |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return result

    def bytes(self) -> bytes:
        length = self.number()
        self.at += length
        return self.data[self.at - length : self.at]

    def limits(self) -> None:
        for _ in range(1 + (self.byte() & 1)):
            self.number()


def read_table(data: bytes) -> dict[int, Signature]:
    """The type of the function at each place in the table of a module that is linked at a fixed address."""
    assert data.startswith(MAGIC)
    whole = Reader(data, len(MAGIC))
    sections = {}
    while whole.at < len(data):
        kind = whole.byte()
        sections[kind] = Reader(whole.bytes())
    types = _types(sections[TYPES])
    functions = _imported(sections[IMPORTS])
    functions += [sections[FUNCTIONS].number() for _ in range(sections[FUNCTIONS].number())]
    table = {}
    elements = sections[ELEMENTS]
    for _ in range(elements.number()):
        assert (elements.number(), elements.byte()) == (0, I32_CONST), "a segment of another kind"
        place = elements.number()
        elements.byte()  # end
        for offset in range(elements.number()):
            table[place + offset] = types[functions[elements.number()]]
    return table


def _types(section: Reader) -> list[Signature]:
    types = []
    for _ in range(section.number()):
        assert section.byte() == 0x60, "a type other than a function's"
        types.append((section.bytes(), section.bytes()))
    return types


def _imported(section: Reader) -> list[int]:
    """The types of the functions that are imported, by their numbers."""
    functions = []
    for _ in range(section.number()):
        section.bytes(), section.bytes()
        kind = section.byte()
        if kind == FUNCTION:
            functions.append(section.number())
        elif kind == TABLE:
            section.byte()
            section.limits()
        elif kind == MEMORY:
            section.limits()
        elif kind == GLOBAL:
            section.byte(), section.byte()
        elif kind == TAG:
            section.byte(), section.number()
    return functions
