"""Runs scripts of ours in the Python of a prefix, whose syntax and bytecode are the bundle's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from wasmforge.common.errors import WasmforgeError
from wasmforge.common.node import find_node
from wasmforge.common.sandbox import run_sandboxed, sandboxed_python
from wasmforge.common.temporary import temporary_folder


@contextmanager
def run_in_prefix(prefix: Path, script: Path, work: Any, purpose: str) -> Iterator[Path]:
    """Run SCRIPT WORK OUT; gives OUT, an empty folder for its results, which goes with the block.

    work: what the script reads as JSON from the file WORK. purpose: why it must run, for the user. Needs node, which
    runs that Python: in a sandbox, and without `site`, so that nothing of the packages runs. Raises WasmforgeError
    where there is none, and with the traceback where the script fails.
    """
    try:
        node = find_node()
    except WasmforgeError as error:
        raise WasmforgeError(f"{purpose}, which takes node: {error}") from None
    with temporary_folder() as work_folder:
        given, out = work_folder / "work.json", work_folder / "out"
        given.write_text(json.dumps(work))
        out.mkdir()
        try:
            start = sandboxed_python(node, prefix, read=[script, work_folder], write=[out])
        except (OSError, WasmforgeError) as error:
            raise WasmforgeError(f"{purpose}, which cannot be: {error}") from error
        arguments = ["-I", "-S", *(str(path.resolve()) for path in (script, given, out))]
        done = run_sandboxed([*start, *arguments], work_folder)
        if done.returncode:
            raise WasmforgeError(f"{purpose}, but {prefix}'s Python failed at it:\n{done.stderr.strip()}")
        yield out
