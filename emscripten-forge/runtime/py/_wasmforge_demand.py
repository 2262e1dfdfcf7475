"""Imports modules whose files are not loaded yet. A frozen module."""

import sys
from _frozen_importlib import ModuleSpec
from _frozen_importlib_external import PathFinder

from _wasmforge_loop import can_run_sync, wait

import _wasmforge

TYPE_CHECKING = False  # typing's, without the time to import it
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.abc import Loader
    from types import FrameType, ModuleType

    from pyodide.ffi import JsProxy
else:
    Loader = object

_IMPORTLIB = "<frozen importlib._bootstrap>"


class DemandFinder:
    """Loads what an import needs and the bundle has. Comes last in sys.meta_path, when no other finder has the module.

    packages: the object of js/packages/packages.mjs. owners: top-level module -> its package, "" for one that every
    interpreter has.
    """

    def __init__(self, packages: "JsProxy", owners: dict[str, str]) -> None:
        self.packages = packages
        self.owners = owners

    def find_spec(
        self, fullname: str, path: "Sequence[str] | None" = None, target: "ModuleType | None" = None
    ) -> ModuleSpec | None:
        if self._owner(fullname) is None:
            return None
        wanted = _outermost(fullname)
        try:
            if not self.packages.hasIndex and can_run_sync():
                wait(self.packages.index())
            package = self.packages.missing(wanted)
            if not package:
                wanted, package = fullname, self.packages.missing(fullname)
            if not package or not self._is_wanted(package):
                return None
            self._load(wanted, package)
        except ImportError:
            raise
        except Exception as error:
            raise ImportError(
                f"{wanted} could not be loaded: {getattr(error, 'message', error)}", name=wanted
            ) from None
        if fullname in sys.modules:  # imported by another program while this one waited
            module = sys.modules[fullname]
            return ModuleSpec(fullname, LoadedMeanwhile(module), is_package=hasattr(module, "__path__"))
        return PathFinder.find_spec(fullname, path, target)

    def _owner(self, name: str) -> str | None:
        """The package that a module must be in if the bundle has it: "" for Python itself, None for no package."""
        top = name.partition(".")[0]
        return "" if top in sys.stdlib_module_names else self.owners.get(top)

    def _is_wanted(self, package: str) -> bool:
        """Whether to load a package: not for another library's optional import, unless it is a declared dependency."""
        if package not in self.owners.values():
            return True
        library = self._importing_library()
        return not library or bool(self.packages.isFor(library, package))

    def _importing_library(self) -> str:
        """The package one of whose modules does this import while it is imported itself; "" if a program does it."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            name = frame.f_globals.get("__name__", "")
            owner = self._owner(name)
            if name == __name__ or frame.f_code.co_filename.startswith("<frozen ") or owner == "":
                pass
            elif owner is None:
                return ""
            elif frame.f_code.co_name == "<module>":
                return owner
            frame = frame.f_back
        return ""

    def _load(self, name: str, package: str) -> None:
        if can_run_sync():
            wait(self.packages.loadImport(name))
        elif self.packages.mayLoadNow(package):
            self.packages.loadImportNow(name)
        else:
            raise ModuleNotFoundError(
                f"No module named {name!r} yet: this bundle has it in its package {package}, which is not loaded, "
                f'and this program cannot wait for that. Call `await loadPackage("{package}")` before, or run the '
                "program with runPythonAsync.",
                name=name,
            )
        _wasmforge.packages_changed()


class LoadedMeanwhile(Loader):
    """A loader for a module that is there already."""

    def __init__(self, module: "ModuleType") -> None:
        self.module = module
        self.spec = module.__spec__

    def create_module(self, spec: ModuleSpec) -> "ModuleType":
        return self.module

    def exec_module(self, module: "ModuleType") -> None:
        module.__spec__ = self.spec


def _outermost(name: str) -> str:
    """The module that makes importlib import a package: a.b.c when that imports a."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and frame.f_code.co_filename == _IMPORTLIB:
        imported = frame.f_locals.get("name")
        if isinstance(imported, str) and imported.startswith(f"{name}."):
            name = imported
        frame = frame.f_back
    return name


def start(packages: "JsProxy", owners: str) -> None:
    """owners: "module:package" for each top-level module, separated by spaces."""
    pairs = (entry.partition(":") for entry in owners.split())
    sys.meta_path.append(DemandFinder(packages, {module: package for module, _, package in pairs}))
