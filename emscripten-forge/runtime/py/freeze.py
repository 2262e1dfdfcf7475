"""Write the file of frozen modules: python freeze.py OUT FILE.py...

A frozen module starts without the file system. core/frozen.c reads the file before Python starts: for each module its
name, a zero byte, the size of its code (4 bytes, little-endian), and the code. Run by a Python of the version that is
being built: bytecode is not portable between versions.
"""

import marshal
import sys
from pathlib import Path


def freeze(path: Path) -> bytes:
    """The entry of one module, named after its file."""
    code = compile(path.read_bytes(), f"<frozen {path.stem}>", "exec", dont_inherit=True, optimize=0)
    data = marshal.dumps(code)
    return path.stem.encode() + b"\0" + len(data).to_bytes(4, "little") + data


if __name__ == "__main__":
    out, *files = sys.argv[1:]
    Path(out).write_bytes(b"".join(freeze(Path(file)) for file in files))
