"""One build at a time: the locks of the folders that builds share."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from wasmforge.common.errors import WasmforgeError
from wasmforge.common.layout import Layout
from wasmforge.common.progress import Reporter


@contextmanager
def locked(layout: Layout, reporter: Reporter) -> Iterator[None]:
    """Holds the locks of the cache and of the working folder, which builds share."""
    with ExitStack() as stack:
        for folder in (layout.cache, layout.work):
            try:
                folder.mkdir(parents=True, exist_ok=True)
                file = stack.enter_context((folder / "lock").open("w"))
            except PermissionError as error:
                raise WasmforgeError(
                    f"cannot write to {folder}, is it another user's? "
                    "Set WASMFORGE_CACHE and WASMFORGE_WORK to folders of yours"
                ) from error
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                reporter.say(f"waiting for another wasmforge that uses {folder}")
                fcntl.flock(file, fcntl.LOCK_EX)
        yield
