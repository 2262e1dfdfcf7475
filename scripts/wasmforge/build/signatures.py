"""Do the side modules of an environment agree on the signatures of the functions they share?

A native call through a wrong prototype mostly works; in WebAssembly it traps, and only when it is made. So the
functions that each module imports are compared with those that the main module and the libraries it is linked
with export. Functions that are only passed as pointers are not in a module's imports with their type: calls
through pointers stay unchecked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from wasmforge.channel import conda_file as conda
from wasmforge.common.wasm import Module, NotWasm, Signature, read_module


@dataclass(frozen=True)
class Mismatch:
    """A call that would trap."""

    function: str
    importer: str
    expects: Signature
    exporter: str
    has: Signature

    def __str__(self) -> str:
        return (
            f"{self.importer} calls {self.function} as {self.expects}, but in {self.exporter} it is {self.has}; "
            "correct the prototype in the calling code"
        )


def check_package(package: Path, environment: Iterable[Path]) -> list[Mismatch]:
    """The mismatches between a package's modules and those of the packages it is used with.

    Both are .conda files. Only modules of `package` count as callers or as called.
    """
    own = _modules(package)
    if not own:
        return []
    modules = dict(own)
    for other in environment:
        modules |= _modules(other)
    return [bad for bad in find_mismatches(modules) if bad.importer in own or bad.exporter in own]


def find_mismatches(modules: Mapping[str, Module]) -> list[Mismatch]:
    """All mismatches among the modules of an environment, which are given by their paths.

    A main module's name ends with .wasm, a side module's with .so.
    """
    mains = [path for path in modules if PurePosixPath(path).suffix == ".wasm"]
    libraries = {PurePosixPath(path).name: path for path in modules}
    found = []
    for importer, module in sorted(modules.items()):
        if importer in mains:
            continue
        for exporter in (*mains, *_linked(module, modules, libraries)):
            exports = modules[exporter].exports
            for function in sorted(module.imports.keys() & exports.keys()):
                if module.imports[function] != exports[function]:
                    found.append(Mismatch(function, importer, module.imports[function], exporter, exports[function]))
    return found


def _linked(module: Module, modules: Mapping[str, Module], libraries: Mapping[str, str]) -> list[str]:
    """The paths of the libraries that are loaded with a module, transitively."""
    found: list[str] = []
    waiting = list(module.needed)
    while waiting:
        path = libraries.get(PurePosixPath(waiting.pop()).name)
        if path and path not in found:
            found.append(path)
            waiting += modules[path].needed
    return found


def _modules(package: Path) -> dict[str, Module]:
    """The WebAssembly modules in a package. What is none, such as an archive, is passed over."""
    found = {}
    for path, data in conda.read_files(package, (".so", ".wasm")):
        try:
            found[path] = read_module(data)
        except NotWasm:
            continue
    return found
