"""Imports of modules whose files are not loaded yet. Frozen into the main module."""

import sys
from _frozen_importlib import ModuleSpec
from _frozen_importlib_external import PathFinder

from _wasmforge_loop import can_run_sync, wait

import _wasmforge

_IMPORTLIB = "<frozen importlib._bootstrap>"


class DemandFinder:
    """Loads what an import needs and the bundle has: comes last in sys.meta_path, when no other finds the module.

    packages: the object of js/packages.mjs. owners: top-level module -> its package, "" for one that every interpreter
    has.
    """

    def __init__(self, packages, owners):
        self.packages = packages
        self.owners = owners

    def find_spec(self, fullname, path=None, target=None):
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

    def _owner(self, name):
        """The package that a module must be in if the bundle has it: "" for Python itself, None for no package."""
        top = name.partition(".")[0]
        return "" if top in sys.stdlib_module_names else self.owners.get(top)

    def _is_wanted(self, package):
        """Whether this is more than a try of a library that looks, while it is imported, whether there is another that
        it does not need."""
        if package not in self.owners.values():
            return True
        library = self._importing_library()
        return not library or self.packages.isFor(library, package)

    def _importing_library(self):
        """The package whose module, while it is imported, has this import done; "" if a program does it."""
        frame = sys._getframe(1)
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

    def _load(self, name, package):
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


class LoadedMeanwhile:
    """Gives a module that is there already."""

    def __init__(self, module):
        self.module = module
        self.spec = module.__spec__

    def create_module(self, spec):
        return self.module

    def exec_module(self, module):
        module.__spec__ = self.spec


def _outermost(name):
    """The module for whose sake a package is imported: a.b.c when that imports a."""
    frame = sys._getframe(2)
    while frame is not None and frame.f_code.co_filename == _IMPORTLIB:
        imported = frame.f_locals.get("name")
        if isinstance(imported, str) and imported.startswith(f"{name}."):
            name = imported
        frame = frame.f_back
    return name


def start(packages, owners):
    """owners: "module:package" for each top-level module, separated by spaces."""
    pairs = (entry.split(":") for entry in owners.split())
    sys.meta_path.append(DemandFinder(packages, dict(pairs)))
