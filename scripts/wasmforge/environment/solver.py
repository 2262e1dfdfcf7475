"""Asks the solver which packages satisfy specifications."""

from __future__ import annotations

from pathlib import Path

from rattler import (
    BuildString,
    GenericVirtualPackage,
    MatchSpec,
    PackageName,
    RepoDataRecord,
    Subdir,
    Version,
    VirtualPackage,
    solve,
)
from rattler.exceptions import InvalidMatchSpecError, SolverError

from wasmforge.common.errors import SolveError, UsageError, WasmforgeError
from wasmforge.common.platforms import BUILD_PLATFORM
from wasmforge.environment.fetching import FetchError, persist
from wasmforge.environment.index import fetch_indexes, index_cache

# What counts as installed in a tab. No package of ours may need __emscripten,
# since other solvers do not know it.
_BROWSER = ("__unix", "__emscripten")


async def solve_environment(urls: list[str], specs: list[str], platform: str, cache: Path) -> list[RepoDataRecord]:
    """The packages of an environment for a platform; raises SolveError with the solver's explanation.

    cache: where rattler keeps the channels' indexes. Raises WasmforgeError for an index that cannot be had.
    """
    parsed = _parse(specs)
    virtual: list[GenericVirtualPackage | VirtualPackage] = []
    if platform == BUILD_PLATFORM:
        virtual += VirtualPackage.detect()
    else:
        virtual += [GenericVirtualPackage(PackageName(name), Version("0"), BuildString("0")) for name in _BROWSER]
    platforms = [Subdir(platform), Subdir("noarch")]
    try:
        with index_cache(cache):
            indexes = await fetch_indexes(urls, platform, cache)
            # An index in shards comes as the solver asks for it.
            return await persist(
                lambda: solve(
                    indexes.sources, parsed, gateway=indexes.gateway, platforms=platforms, virtual_packages=virtual
                ),
                indexes.activity,
            )
    except FetchError as error:
        if isinstance(error.__cause__, SolverError):
            # With its lines, which make a tree.
            raise SolveError(f"no environment for {platform} has {', '.join(specs)}:\n{error.__cause__}") from error
        raise WasmforgeError(f"the index of a channel ({', '.join(urls)}) cannot be had: {error}") from error


def _parse(specs: list[str]) -> list[MatchSpec]:
    found = []
    for spec in specs:
        try:
            found.append(MatchSpec(spec))
        except InvalidMatchSpecError as error:
            raise UsageError(f"{spec!r} is not a package specification: {error}") from error
    return found
