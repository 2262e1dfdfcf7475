"""Takes snapshots of a bundle's Python after imports, from which pages start (docs/how-to/snapshot.md)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from wasmforge.bundle.files import FileRecord, write_hashed
from wasmforge.bundle.rules import Rules
from wasmforge.common.errors import WasmforgeError
from wasmforge.common.node import find_node
from wasmforge.common.sandbox import run_sandboxed, sandboxed
from wasmforge.common.temporary import temporary_folder


def take_snapshot(prefix: Path, folder: Path, imports: Sequence[str], rules: Rules) -> FileRecord:
    """Write a snapshot with these modules imported into a bundle; returns its record for the manifest.

    Needs node, which runs the bundle's Python in a sandbox. `site` runs as in the page that starts from the snapshot.
    Raises WasmforgeError with Python's traceback where an import fails, and where a module keeps something that no
    snapshot can: an open file, an object of JavaScript.
    """
    what = f"a snapshot with {', '.join(imports)}" if imports else "a snapshot"
    try:
        node = find_node()
    except WasmforgeError as error:
        raise WasmforgeError(f"{what} is taken by running the bundle's Python: {error}") from None
    with temporary_folder() as temporary:
        file = temporary.resolve() / "snapshot"
        script = (prefix / "share/wasmforge/make-snapshot.mjs").resolve()
        start = sandboxed(node, read=[script, folder], write=[file.parent])
        command = [*start, str(script), str(folder.resolve()), str(file)]
        program = "\n".join([f"import {name}\n{rules.warm_up.get(name, '')}" for name in imports])
        done = run_sandboxed(command, temporary, program)
        if done.returncode:
            raise WasmforgeError(f"{what} could not be taken:\n{done.stderr.strip()}")
        record = write_hashed(folder, f"packages/{'-'.join(imports) or 'python'}", ".snapshot", file.read_bytes())
    return {**record, "imports": list(imports), **json.loads(done.stdout.splitlines()[-1])}
