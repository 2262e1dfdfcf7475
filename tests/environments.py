"""Environments that tests make from the channel."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from wasmforge.common.layout import find_layout
from wasmforge.common.progress import Reporter
from wasmforge.environment.create import create_environment


def create(prefix: Path, specs: list[str], files: list[Path]) -> Path:
    """As `wasmforge create`; returns the prefix."""
    # Playwright may be running an event loop in this thread, in which a second one cannot start.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(create_environment, find_layout(), prefix, specs, files, [], Reporter()).result()
    return prefix
