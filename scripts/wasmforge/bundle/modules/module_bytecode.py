"""Compiles modules, run as a script by the prefix's own Python: no other writes bytecode that it reads."""

from __future__ import annotations

import importlib.util
import json
import marshal
import sys
from pathlib import Path

_CHECKED_BY_NOTHING = (1).to_bytes(4, "little")


def main(work: Path, out: Path) -> None:
    """Read a list of [path of the source, path in the prefix]; write the bytecode of number N to OUT/N.

    Left out is what does not compile: a template, or code for another Python.
    """
    header = importlib.util.MAGIC_NUMBER + _CHECKED_BY_NOTHING
    for number, (source, path) in enumerate(json.loads(work.read_text())):
        data = Path(source).read_bytes()
        try:
            code = compile(data, "/" + path, "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            continue
        (out / str(number)).write_bytes(header + importlib.util.source_hash(data) + marshal.dumps(code))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
