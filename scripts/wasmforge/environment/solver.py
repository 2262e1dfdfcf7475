"""Asks the solver which packages satisfy specifications."""

from __future__ import annotations

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
from rattler.exceptions import GatewayError, InvalidMatchSpecError, SolverError

from wasmforge.common.errors import SolveError, UsageError, WasmforgeError
from wasmforge.common.platforms import BUILD_PLATFORM

# What counts as installed in a tab. No package of ours may need __emscripten,
# since other solvers do not know it.
_BROWSER = ("__unix", "__emscripten")

_NO_NOARCH = "could not find subdir 'noarch'"


async def solve_environment(urls: list[str], specs: list[str], platform: str) -> list[RepoDataRecord]:
    """The packages of an environment for a platform; raises SolveError with the solver's explanation."""
    parsed = _parse(specs)
    virtual: list[GenericVirtualPackage | VirtualPackage] = []
    if platform == BUILD_PLATFORM:
        virtual += VirtualPackage.detect()
    else:
        virtual += [GenericVirtualPackage(PackageName(name), Version("0"), BuildString("0")) for name in _BROWSER]
    try:
        try:
            return await solve(urls, parsed, platforms=[Subdir(platform), Subdir("noarch")], virtual_packages=virtual)
        except GatewayError as error:
            # rattler takes a channel without its platform's folder, and not one without noarch.
            if len(urls) > 1 or _NO_NOARCH not in str(error):
                raise
            return await solve(urls, parsed, platforms=[Subdir(platform)], virtual_packages=virtual)
    except GatewayError as error:
        # rattler names the address of the file that failed, but not always the channel.
        reason = "; ".join(str(error).splitlines())
        raise WasmforgeError(f"the index of a channel ({', '.join(urls)}) cannot be had: {reason}") from error
    except SolverError as error:
        raise SolveError(f"no environment for {platform} has {', '.join(specs)}:\n{error}") from error


def _parse(specs: list[str]) -> list[MatchSpec]:
    found = []
    for spec in specs:
        try:
            found.append(MatchSpec(spec))
        except InvalidMatchSpecError as error:
            raise UsageError(f"{spec!r} is not a package specification: {error}") from error
    return found
