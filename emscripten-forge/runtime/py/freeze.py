"""Write the table of frozen modules as C: python freeze.py OUT.c NAME=FILE.py...

Run by a native Python of the version that is being built: bytecode is not
portable between versions. A frozen module starts without the file system.
"""

import marshal
import sys
from pathlib import Path


def freeze(name: str, path: Path) -> tuple[str, bytes]:
    code = compile(path.read_bytes(), f"<frozen {name}>", "exec", dont_inherit=True, optimize=0)
    return name, marshal.dumps(code)


def as_c(modules: list[tuple[str, bytes]]) -> str:
    parts = ['#include "core.h"\n']
    for index, (_, code) in enumerate(modules):
        numbers = ",".join(map(str, code))
        parts.append(f"static const unsigned char module_{index}[] = {{{numbers}}};\n")
    parts.append("const struct _frozen wf_frozen_modules[] = {\n")
    for index, (name, code) in enumerate(modules):
        parts.append(f'    {{"{name}", module_{index}, {len(code)}, 0}},\n')
    parts.append("    {0},\n};\n")
    return "".join(parts)


if __name__ == "__main__":
    out, *pairs = sys.argv[1:]
    named = (pair.split("=", 1) for pair in pairs)
    Path(out).write_text(as_c([freeze(name, Path(file)) for name, file in named]))
