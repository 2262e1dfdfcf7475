"""Writes compressed files beside the files of a bundle, for hosts that send these."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from concurrent.futures import FIRST_EXCEPTION, wait
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from wasmforge.bundle.compressed_cache import CompressedCache
from wasmforge.bundle.compression import Compression, Method, methods
from wasmforge.common.hashing import Hasher, hash_file
from wasmforge.common.progress import TimeLeft
from wasmforge.common.threads import threads


@dataclass(frozen=True)
class _Job:
    """A compressed file to write. sha256: of the plain file."""

    path: Path
    size: int
    sha256: str
    method: Method

    @property
    def expected_seconds(self) -> float:
        return self.method.expected_seconds(self.size)

    def write(self, data: bytes) -> None:
        self.path.with_name(self.path.name + self.method.suffix).write_bytes(data)


class Precompressor:
    """Compresses folders in parallel, and takes from the cache what it has.

    cache: None for none. workers: how many files are compressed at once; by default, as many as there are processors
    for this process. The bytes depend on neither. hash: of the plain files.
    """

    def __init__(
        self, cache: CompressedCache | None = None, workers: int | None = None, hash: Hasher = hash_file
    ) -> None:
        self._cache = cache
        self._hash = hash
        self._workers = workers or usable_processors()
        self._stopped = Event()
        self.progress = TimeLeft(self._workers)

    def run(
        self,
        folder: Path,
        extensions: Collection[str],
        compression: Compression,
        at_start: Collection[str] = (),
    ) -> None:
        """Compress the files with these extensions. at_start: those of every visit, relative to the folder."""
        files = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix in extensions)
        first = {folder / name for name in at_start}
        # Threads, since zlib and brotli work without Python's lock.
        with threads(self._workers) as pool, self._stopping():
            plans = pool.map(lambda path: self._reuse(path, methods(compression, at_start=path in first)), files)
            jobs = [job for plan in plans for job in plan]
            # The longest first, so that none is left for the end.
            jobs.sort(key=lambda job: -job.expected_seconds)
            self.progress.expect(job.expected_seconds for job in jobs)
            futures = [pool.submit(self._compress, job) for job in jobs]
            for future in wait(futures, return_when=FIRST_EXCEPTION).done:
                future.result()
        if self._cache:
            self._cache.trim()

    def _reuse(self, path: Path, wanted: Collection[Method]) -> list[_Job]:
        """Write what the cache has of a file; returns what is left to do."""
        size, sha256 = path.stat().st_size, self._hash(path)
        left = []
        for method in wanted:
            job = _Job(path, size, sha256, method)
            kept = self._cache.get(sha256, method.identity) if self._cache else None
            if kept is None:
                left.append(job)
            else:
                job.write(kept)
        return left

    def _compress(self, job: _Job) -> None:
        if self._stopped.is_set():
            return
        with self._stopping(), self.progress.job(job.expected_seconds):
            data = job.method.compress(job.path.read_bytes())
            if self._stopped.is_set():  # and the folder is being removed
                return
            job.write(data)
            if self._cache:
                self._cache.put(job.sha256, job.method.identity, data)

    @contextmanager
    def _stopping(self) -> Iterator[None]:
        """Lets no thread write any more once the block has failed."""
        try:
            yield
        except BaseException:
            self._stopped.set()
            raise


def usable_processors() -> int:
    """How many processors this process may use, which a container or taskset can limit."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
