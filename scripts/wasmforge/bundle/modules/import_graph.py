"""Which modules an import will load, given what each module imports when it runs (module_imports.py).

Imports in functions and those of compiled modules are not seen, so a page must still be able to load
more when Python asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping


class ImportGraph:
    """Modules and what importing each imports first: the packages around it and the names in its source."""

    def __init__(self, imports: Mapping[str, Iterable[str]], allowed: Callable[[str, str], bool] = lambda _, __: True):
        """imports: for each module the names in it, of modules or not.

        allowed(importer, imported): whether that import is done.
        """
        self._edges = {
            name: [
                one
                for other in [name.rpartition(".")[0], *others]
                for one in _with_packages(other)
                if one in imports and one != name and allowed(name, one)
            ]
            for name, others in imports.items()
        }

    def closure(self, module: str) -> list[str]:
        """The module and all that importing it imports, what is needed first being first."""
        found: dict[str, None] = {}
        entered = set()
        pending = [(name, False) for name in reversed(_with_packages(module))]
        while pending:
            name, done = pending.pop()
            if done:
                found[name] = None
            elif name in self._edges and name not in entered:
                entered.add(name)
                pending.append((name, True))
                pending += [(other, False) for other in reversed(self._edges[name])]
        return list(found)


def _with_packages(name: str) -> list[str]:
    """a.b.c -> a, a.b, a.b.c"""
    parts = name.split(".") if name else []
    return [".".join(parts[: count + 1]) for count in range(len(parts))]
