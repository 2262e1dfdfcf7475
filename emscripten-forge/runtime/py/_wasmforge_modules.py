"""JavaScript objects as Python modules: `import js`, `from js.Math import sin`. A frozen module."""

import sys
from _frozen_importlib import ModuleSpec  # importlib.machinery's, without importing that

from _pyodide_core import JsProxy

TYPE_CHECKING = False  # typing's, without the time to import it
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.abc import Loader
    from types import ModuleType
    from typing import Any
else:
    Loader = object


class JsFinder:
    """Finds registered objects and objects that are their attributes.

    Comes after the finders for files in sys.meta_path: a file wins over an object of the same name.
    """

    def __init__(self) -> None:
        self.registered: dict[str, JsProxy] = {}

    def find_spec(
        self, fullname: str, path: "Sequence[str] | None" = None, target: "ModuleType | None" = None
    ) -> ModuleSpec | None:
        parent, _, name = fullname.rpartition(".")
        module = _attribute(parent, name) if parent else self.registered.get(fullname)
        if module is None:
            return None
        return ModuleSpec(fullname, JsLoader(module), origin="javascript", is_package=True)


class JsLoader(Loader):
    """Uses an object as a module: its attributes are the object's properties."""

    def __init__(self, module: JsProxy) -> None:
        self.module: JsProxy | None = module

    def create_module(self, spec: ModuleSpec) -> "Any":
        # The module refers to this loader by its __spec__: drop the reference that would make a circle.
        module, self.module = self.module, None
        return module

    def exec_module(self, module: "ModuleType") -> None:
        pass

    def is_package(self, fullname: str) -> bool:
        return True


def _attribute(parent: str, name: str) -> JsProxy | None:
    """An attribute of the module named parent if both are JavaScript objects; None if the module is none.

    Raises ModuleNotFoundError if there is no such attribute or it is no object.
    """
    module: object = sys.modules.get(parent)
    if not isinstance(module, JsProxy):
        return None
    try:
        value = getattr(module, name)
    except AttributeError:
        raise ModuleNotFoundError(f"No module named {parent + '.' + name!r}", name=f"{parent}.{name}") from None
    if not isinstance(value, JsProxy):
        kind = type(value).__name__
        raise ModuleNotFoundError(
            f"No module named {parent + '.' + name!r}: it is a {kind}, not an object", name=f"{parent}.{name}"
        )
    return value


finder = JsFinder()
sys.meta_path.append(finder)


def register_js_module(name: str, jsproxy: JsProxy) -> None:
    """Let `import name` give a JavaScript object."""
    if not isinstance(name, str):
        raise TypeError(f"Argument 'name' must be a str, not {type(name).__name__!r}")
    if not isinstance(jsproxy, JsProxy):
        raise TypeError(f"Argument 'jsproxy' must be a JsProxy, not {type(jsproxy).__name__!r}")
    finder.registered[name] = jsproxy


def unregister_js_module(name: str) -> None:
    """Undo register_js_module. Programs that have imported the module keep it."""
    if name not in finder.registered:
        raise ValueError(f"Cannot unregister {name!r}: no Javascript module with that name is registered")
    del finder.registered[name]
