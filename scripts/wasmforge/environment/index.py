"""The indexes of channels: fetched once into rattler's gateway, from which the solver then reads."""

from __future__ import annotations

import asyncio
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rattler import Gateway, MatchSpec, PackageName, RepoDataRecord, Subdir

from wasmforge.common.errors import WasmforgeError
from wasmforge.common.silence import silence_limit
from wasmforge.environment.fetching import FetchError, make_client, persist

_NO_SUBDIR = "could not find subdir"


@dataclass(frozen=True)
class Indexes:
    """Channels whose indexes were fetched. sources: what rattler solves from, in the order of the channels."""

    gateway: Gateway
    sources: list[str | WithoutNoarch]
    cache: Path

    def activity(self) -> object:
        """Something that changes while more of the indexes comes or is read."""
        return _activity(self.cache)


async def fetch_indexes(urls: list[str], platform: str, cache: Path) -> Indexes:
    """Fetches the indexes of channels for a platform and for noarch, which a channel may lack.

    cache: the folder in which rattler keeps them, within index_cache. Raises WasmforgeError with the channel, the
    file and the cause.
    """
    gateway = Gateway(cache_dir=cache, client=make_client())

    async def source(url: str) -> str | WithoutNoarch:
        names, noarch = await asyncio.gather(
            _names(gateway, url, platform, cache), _names(gateway, url, "noarch", cache)
        )
        if noarch is not None:
            return url
        if not names:
            raise WasmforgeError(
                f"the channel {url} has no packages for {platform} and no folder noarch; look at its address"
            )
        return WithoutNoarch(gateway, url, names)

    return Indexes(gateway, list(await asyncio.gather(*map(source, urls))), cache)


@contextmanager
def index_cache(cache: Path) -> Iterator[None]:
    """Makes the folder in which rattler keeps indexes, and lets other runs know during the block that it is in use.

    The first in it removes what killed ones left: rattler's files that were not complete have no owner of their own.
    """
    cache.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(cache, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for left in cache.glob(".tmp*"):
                left.unlink(missing_ok=True)
        except BlockingIOError:
            pass
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


class WithoutNoarch:
    """A channel without a folder noarch, which rattler's gateway does not take."""

    def __init__(self, gateway: Gateway, url: str, names: list[str]) -> None:
        self._gateway = gateway
        self._url = url
        self._names = names

    async def fetch_package_records(self, platform: Subdir, name: PackageName) -> list[RepoDataRecord]:
        if str(platform) == "noarch":
            return []
        found = await self._gateway.query([self._url], [platform], [MatchSpec(name.normalized)], recursive=False)
        return [record for records in found for record in records]

    def package_names(self, platform: Subdir) -> list[str]:
        return [] if str(platform) == "noarch" else self._names


async def _names(gateway: Gateway, url: str, platform: str, cache: Path) -> list[str] | None:
    """The packages that an index lists; None if the channel has no such index."""
    try:
        names = await persist(lambda: gateway.names([url], [Subdir(platform)]), lambda: _activity(cache))
    except FetchError as error:
        if _NO_SUBDIR in str(error):
            return None
        raise WasmforgeError(
            f"the index of the channel {url} for {platform} ({platform}/repodata.json) cannot be had: {error}"
        ) from error
    return [name.normalized for name in names]


def _activity(cache: Path) -> object:
    """The bytes in the cache, and the time that this process has computed, in steps of a fifth of the limit."""
    size = 0
    with os.scandir(cache) as entries:
        for entry in entries:
            try:
                size += entry.stat().st_size
            except FileNotFoundError:
                continue
    return size, int(time.process_time() / silence_limit() * 5)
