"""Reads the command line of Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wasmforge.common.errors import UsageError

_PROGRAMS = ("c", "m")
_WITH_VALUE = ("W", "X")
_LONG_WITH_VALUE = "--check-hash-based-pycs"


@dataclass(frozen=True)
class PythonCommand:
    """A command line as Python reads it.

    options: those before the program, the letter of `-c` or `-m` excepted. kind: "script", "-c", "-m", or "" for a
    program from standard input or none, as with `-V`. target: path, code or module. arguments: the program's.
    """

    options: tuple[str, ...] = ()
    kind: str = ""
    target: str = ""
    arguments: tuple[str, ...] = ()

    @classmethod
    def parse(cls, words: Sequence[str]) -> PythonCommand:
        """Raises UsageError for an option that lacks its value."""
        options: list[str] = []
        left = list(words)
        while left:
            word = left.pop(0)
            if word == "-":
                break
            if not word.startswith("-"):
                return cls(tuple(options), "script", word, tuple(left))
            if word == _LONG_WITH_VALUE:
                options += [word, _value(word, "", left)]
            elif word.startswith("--"):
                options.append(word)
            else:
                letters, option, value = _split(word)
                if option in _PROGRAMS:
                    options += [f"-{letters}"] * bool(letters)
                    return cls(tuple(options), f"-{option}", _value(f"-{option}", value, left), tuple(left))
                options.append(word)
                if option and not value:
                    options.append(_value(f"-{option}", "", left))
        return cls(tuple(options))


def _split(word: str) -> tuple[str, str, str]:
    """-Ic1 -> I, c, 1: letters, the first option that takes a value, and what follows it."""
    place = next((number for number, letter in enumerate(word) if letter in (*_PROGRAMS, *_WITH_VALUE)), len(word))
    return word[1:place], word[place : place + 1], word[place + 1 :]


def _value(option: str, value: str, left: list[str]) -> str:
    if not value and not left:
        raise UsageError(f"{option} needs an argument")
    return value or left.pop(0)
