"""Reads the interface of a WebAssembly module: the functions that it imports and exports."""

from __future__ import annotations

from dataclasses import dataclass, field

_MAGIC = b"\0asm\1\0\0\0"
_CUSTOM, _TYPE, _IMPORT, _FUNCTION, _EXPORT = 0, 1, 2, 3, 7
# https://webassembly.github.io/spec/core/binary/modules.html#sections
_SECTIONS = {
    **{1: "type", 2: "import", 3: "function", 4: "table", 5: "memory", 6: "global", 7: "export", 8: "start"},
    **{9: "element", 10: "code", 11: "data", 12: "datacount", 13: "tag"},
}
_KIND_FUNCTION, _KIND_TABLE, _KIND_MEMORY, _KIND_GLOBAL, _KIND_TAG = range(5)
_DYLINK_NEEDED = 2
_VALUE_TYPES = {0x7F: "i32", 0x7E: "i64", 0x7D: "f32", 0x7C: "f64", 0x7B: "v128", 0x70: "funcref", 0x6F: "externref"}


class NotWasm(ValueError):
    """The bytes are not a WebAssembly module that this reader knows. The message says where."""


@dataclass(frozen=True)
class Signature:
    """The type of a function."""

    parameters: tuple[str, ...]
    results: tuple[str, ...]

    def __str__(self) -> str:
        return f"({', '.join(self.parameters)}) -> {', '.join(self.results) or 'nothing'}"


@dataclass
class Module:
    """The functions that a module imports from its environment and exports, by name.

    needed: the libraries it must be loaded with (section dylink.0).
    """

    imports: dict[str, Signature] = field(default_factory=dict)
    exports: dict[str, Signature] = field(default_factory=dict)
    needed: tuple[str, ...] = ()


def read_module(data: bytes) -> Module:
    """Raises NotWasm."""
    if not data.startswith(_MAGIC):
        raise NotWasm("it does not begin like a WebAssembly module")
    try:
        return _Reader(data).module()
    except (IndexError, UnicodeDecodeError) as error:
        raise NotWasm(f"it ends in the middle of a section, or a name in it is damaged ({error})") from error


def section_names(data: bytes) -> dict[str, bytes]:
    """The content of each section by its name; of those with one name, all together. Raises NotWasm."""
    if not data.startswith(_MAGIC):
        raise NotWasm("it does not begin like a WebAssembly module")
    try:
        return _Reader(data).sections()
    except (IndexError, UnicodeDecodeError) as error:
        raise NotWasm(f"it ends in the middle of a section, or a name in it is damaged ({error})") from error


class _Reader:
    """A cursor over the bytes of a module."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = len(_MAGIC)
        self._types: list[Signature | None] = []
        self._functions: list[int] = []  # the type of each function, imported ones first
        self._exported: dict[str, int] = {}
        self._module = Module()

    def module(self) -> Module:
        while self._at < len(self._data):
            section = self._data[self._at]
            self._at += 1
            size = self._number()
            end = self._at + size
            if section == _CUSTOM:
                self._custom(end)
            elif section == _TYPE:
                self._read_types()
            elif section == _IMPORT:
                self._read_imports()
            elif section == _FUNCTION:
                self._read_functions()
            elif section == _EXPORT:
                self._read_exports()
            self._at = end
        for name, index in self._exported.items():
            if signature := self._types[self._functions[index]]:
                self._module.exports[name] = signature
        return self._module

    def sections(self) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        while self._at < len(self._data):
            section = self._data[self._at]
            self._at += 1
            size = self._number()
            start = self._at
            name = self._text() if section == _CUSTOM else _SECTIONS.get(section, str(section))
            self._at = start + size
            found[name] = found.get(name, b"") + self._data[start : self._at]
        return found

    def _number(self) -> int:
        """An unsigned integer in LEB128."""
        result = shift = 0
        while True:
            byte = self._data[self._at]
            self._at += 1
            result |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return result

    def _text(self) -> str:
        length = self._number()
        self._at += length
        return self._data[self._at - length : self._at].decode()

    def _value_types(self) -> tuple[str, ...]:
        count = self._number()
        self._at += count
        return tuple(_VALUE_TYPES.get(byte, hex(byte)) for byte in self._data[self._at - count : self._at])

    def _custom(self, end: int) -> None:
        if self._text() != "dylink.0":
            return
        while self._at < end:
            kind = self._data[self._at]
            self._at += 1
            size = self._number()
            after = self._at + size
            if kind == _DYLINK_NEEDED:
                self._module.needed = tuple(self._text() for _ in range(self._number()))
            self._at = after

    def _read_types(self) -> None:
        for _ in range(self._number()):
            if self._data[self._at] != 0x60:
                raise NotWasm(f"a type other than a function's at byte {self._at}")
            self._at += 1
            self._types.append(Signature(self._value_types(), self._value_types()))

    def _read_imports(self) -> None:
        for _ in range(self._number()):
            module, name = self._text(), self._text()
            kind = self._data[self._at]
            self._at += 1
            if kind == _KIND_FUNCTION:
                self._functions.append(self._number())
                signature = self._types[self._functions[-1]]
                if module == "env" and signature:
                    self._module.imports[name] = signature
            elif kind == _KIND_TABLE:
                self._at += 1
                self._limits()
            elif kind == _KIND_MEMORY:
                self._limits()
            elif kind == _KIND_GLOBAL:
                self._at += 2
            elif kind == _KIND_TAG:
                self._at += 1
                self._number()
            else:
                raise NotWasm(f"an import of the unknown kind {kind} at byte {self._at}")

    def _limits(self) -> None:
        has_maximum = self._data[self._at] & 1
        self._at += 1
        self._number()
        if has_maximum:
            self._number()

    def _read_functions(self) -> None:
        self._functions += [self._number() for _ in range(self._number())]

    def _read_exports(self) -> None:
        for _ in range(self._number()):
            name = self._text()
            kind = self._data[self._at]
            self._at += 1
            index = self._number()
            if kind == _KIND_FUNCTION:
                self._exported[name] = index
