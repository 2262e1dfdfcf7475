"""Write the constants that C and JavaScript share as a JavaScript module.

    python constants.py [CORE MODULE]

reads the enumerators of CORE/*.h and writes MODULE. By default these are core/ and js/bridge/wire/constants.mjs beside
this file. The module is checked in, so that node, tsc and eslint need no build; tests/unit/test_constants.py fails when
it is out of date.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

PREFIX = "WF_"
HEAD = "// Written by constants.py from core/*.h, which say what each constant means: do not edit.\n"

_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_ENUM = re.compile(r"\benum\s*\w*\s*\{(.*?)\}", re.DOTALL)
_ENUMERATOR = re.compile(r"(\w+)\s*=\s*(?:(-?\d+)|(\d+)\s*<<\s*(\d+))")


class ConstantsError(Exception):
    """A header has an enumerator that this module cannot read; the message names both."""


def enumerators(header: Path) -> Iterator[tuple[str, int]]:
    """The enumerators of a header, in order, with their values."""
    text = _COMMENT.sub("", header.read_text())
    for enum in _ENUM.finditer(text):
        for declaration in filter(None, map(str.strip, enum[1].split(","))):
            match = _ENUMERATOR.fullmatch(declaration)
            if not match or not match[1].startswith(PREFIX):
                forms = f"`{PREFIX}NAME = 4` or `{PREFIX}NAME = 1 << 2`"
                raise ConstantsError(f"{header}: cannot read the enumerator `{declaration}`; write it as {forms}")
            name, number, base, shift = match.groups()
            yield name, int(number) if number else int(base) << int(shift)


def module(core: Path) -> str:
    """The JavaScript module: a constant for each enumerator, named without the prefix."""
    parts = [HEAD]
    for header in sorted(core.glob("*.h")):
        lines = [f"export const {name.removeprefix(PREFIX)} = {value};\n" for name, value in enumerators(header)]
        if lines:
            parts.append(f"\n// core/{header.name}\n{''.join(lines)}")
    return "".join(parts)


def main() -> None:
    here = Path(__file__).parent
    core, target = map(Path, sys.argv[1:] or (here / "core", here / "js/bridge/wire/constants.mjs"))
    try:
        target.write_text(module(core))
    except ConstantsError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
