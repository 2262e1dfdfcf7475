"""Which files of a part are sent only when they are read, and which of them together."""

from __future__ import annotations

from collections.abc import Mapping

from wasmforge.bundle.files import Member
from wasmforge.bundle.modules.bytecode import cached_path
from wasmforge.bundle.parts import module_name
from wasmforge.bundle.rules import Rules

# Up to this many bytes of data come with the part's modules: another request costs more.
SMALL_DATA = 32 << 10
# From this many bytes on a file of data gets a request of its own.
LARGE_FILE = 128 << 10

Members = dict[str, Member]


def late_groups(members: Mapping[str, Member], rules: Rules) -> list[Members]:
    """The late files by path, one group for each request.

    Late are sources, which only tracebacks show; data, if there is much of it; and what the bundle's maker
    wants. Sources are one group, small files of data another, each large file is a group.
    """
    candidates = {path: member for path, member in members.items() if _may_be_late(path, member, rules)}
    sources = {path: member for path, member in candidates.items() if _is_source(path, members)}
    others = {path: member for path, member in candidates.items() if path not in sources}
    small, large = _by_size(_late_data(others, rules))
    return [group for group in (sources, small, *({path: member} for path, member in large.items())) if group]


def _may_be_late(path: str, member: Member, rules: Rules) -> bool:
    return member.link is None and not rules.is_at_once(path)


def _is_source(path: str, members: Mapping[str, Member]) -> bool:
    """Whether the module has bytecode, which Python runs instead."""
    return path.endswith(".py") and module_name(path) is not None and cached_path(path) in members


def _late_data(members: Members, rules: Rules) -> Members:
    """Data, unless there is little of it, and what the maker wants late."""
    data = {path: member for path, member in members.items() if _is_data(path)}
    if sum(len(member.data) for member in data.values()) <= SMALL_DATA:
        data = {}
    return data | {path: member for path, member in members.items() if rules.is_lazy(path)}


def _is_data(path: str) -> bool:
    return not path.endswith((".pyc", ".pth")) and not module_name(path)


def _by_size(members: Members) -> tuple[Members, Members]:
    """Small files and large ones."""
    large = {path: member for path, member in members.items() if len(member.data) >= LARGE_FILE}
    return {path: member for path, member in members.items() if path not in large}, large
