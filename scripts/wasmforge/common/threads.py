"""Threads that a failure or Ctrl-C does not wait for."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager


@contextmanager
def threads(count: int) -> Iterator[Executor]:
    """Runs what the block gives it, so much at once, and waits for all of it at the end.

    If the block raises, nothing more is begun, and what is running goes on while the command ends: it may wait for a
    server, or compress a large file, which nothing can interrupt.
    """
    pool = ThreadPoolExecutor(count)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()
