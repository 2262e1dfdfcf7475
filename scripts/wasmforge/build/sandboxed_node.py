"""Takes node's place in the tests of packages: starts it in a sandbox (toolbox.py).

Run as `python -I sandboxed_node.py FOLDER ARGUMENTS`, where FOLDER is the one of PATH that is not node's. The program
may read the folder that has the test's environments and its work, and write to the work and the test's own files.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from wasmforge.common.errors import WasmforgeError  # noqa: E402
from wasmforge.common.sandbox import sandboxed_in  # noqa: E402


def main(folder: str, arguments: list[str]) -> None:
    node = shutil.which("node", path=":".join(one for one in os.environ["PATH"].split(":") if one != folder))
    if node is None:
        sys.exit("the test runs node or the prefix's Python: add nodejs to the `build:` requirements of the test")
    prefix, work = Path(os.environ["PREFIX"]), Path(os.environ["WASMFORGE_TEST_FOLDER"])
    own = prefix / "etc/conda/test-files"
    try:
        # All in one: node cannot allow the folder of the work beside the environments, whose names start with its own.
        start = sandboxed_in(Path(node), prefix, read=[prefix.parent], write=[work, *([own] if own.is_dir() else [])])
    except WasmforgeError as error:
        sys.exit(f"error: {error}")
    os.execv(node, [*start, *arguments])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
