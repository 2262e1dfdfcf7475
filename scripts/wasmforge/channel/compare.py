"""Compares two packages: which files differ, where, and why."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wasmforge.channel.conda_file import read_entries
from wasmforge.common.wasm import NotWasm, section_names


@dataclass(frozen=True)
class Difference:
    """file: the path in the package. reason: what differs, with the place."""

    file: str
    reason: str


def compare(old: Path, new: Path) -> list[Difference]:
    """The differences between two .conda files, by the files in them; empty if the bytes are the same."""
    if old.read_bytes() == new.read_bytes():
        return []
    before, after = dict(read_entries(old)), dict(read_entries(new))
    found = [Difference(name, "only in the channel") for name in before.keys() - after.keys()]
    found += [Difference(name, "only in the new build") for name in after.keys() - before.keys()]
    for name in before.keys() & after.keys():
        found += [Difference(name, reason) for reason in _reasons(before[name], after[name])]
    return sorted(found, key=lambda one: one.file) or [Difference(old.name, "the same files, packed in another way")]


def _reasons(old: tuple[tarfile.TarInfo, bytes], new: tuple[tarfile.TarInfo, bytes]) -> Iterator[str]:
    for what in ("type", "mode", "linkname", "mtime", "uid", "gid"):
        before, after = (oct(entry.mode) if what == "mode" else getattr(entry, what) for entry in (old[0], new[0]))
        if before != after:
            yield f"{what}: {before!r} in the channel, {after!r} in the new build"
    if old[1] != new[1]:
        yield _where(old[1], new[1])


def _where(old: bytes, new: bytes) -> str:
    """Where two contents differ first: the line of a text, the section of a WebAssembly module, or the byte."""
    place = next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    sizes = f"{len(old)} and {len(new)} bytes" if len(old) != len(new) else f"{len(old)} bytes"
    try:
        before, after = section_names(old), section_names(new)
    except NotWasm:
        pass
    else:
        changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
        return f"sections {', '.join(changed)} of the module differ ({sizes})"
    if b"\0" in old[:8000] or b"\0" in new[:8000]:
        return f"differ from byte {place} ({sizes})"
    line = old[:place].count(b"\n")
    before_line, after_line = _line(old, line), _line(new, line)
    return f"line {line + 1}: {before_line!r} in the channel, {after_line!r} in the new build"


def _line(text: bytes, number: int) -> str:
    lines = text.split(b"\n")
    return lines[number][:100].decode(errors="replace") if number < len(lines) else ""
