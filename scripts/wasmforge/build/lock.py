"""One build at a time: the locks of the folders that builds share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from wasmforge.common.errors import WasmforgeError
from wasmforge.common.file_lock import locked_file
from wasmforge.common.layout import Layout
from wasmforge.common.progress import Reporter


@contextmanager
def locked(layout: Layout, reporter: Reporter) -> Iterator[None]:
    """Holds the locks of the cache and of the working folder, which builds share."""
    with ExitStack() as stack:
        for folder in (layout.cache, layout.work):
            try:
                folder.mkdir(parents=True, exist_ok=True)
                waiting = f"waiting for another wasmforge that uses {folder}"
                stack.enter_context(locked_file(folder / "lock", waiting, reporter))
            except PermissionError as error:
                raise WasmforgeError(
                    f"cannot write to {folder}, is it another user's? "
                    "Set WASMFORGE_CACHE and WASMFORGE_WORK to folders of yours"
                ) from error
        yield
