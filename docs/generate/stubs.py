"""Lets the Python reference show what a stub (.pyi) declares and the module beside it makes only at run time."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import griffe


class Stubs(griffe.Extension):
    """Takes a module's declarations from its stub, and docstrings from the module where the stub has none."""

    def on_module(self, *, mod: griffe.Module, **kwargs: Any) -> None:
        source = mod.filepath
        stub = source.with_suffix(".pyi") if isinstance(source, Path) and source.suffix == ".py" else None
        if stub is None or not stub.exists():
            return
        declared = griffe.visit(mod.name, stub, stub.read_text(), parent=mod.parent)
        for name, overloads in declared.overloads.items():
            if overloads:  # a stub has no implementation to carry them
                declared.set_member(name, overloads[-1])
                overloads[-1].overloads = overloads
        docs = _class_docs(mod)
        for name, member in declared.members.items():
            if member.is_alias or name.startswith("_"):
                continue
            known = mod.members.get(name)
            if not member.docstring and known is not None and not known.is_alias:
                member.docstring = known.docstring
            if not member.docstring and name in docs:
                member.docstring = griffe.Docstring(docs[name], parent=member)
            mod.imports.pop(name, None)
            mod.set_member(name, member)
        mod.exports = None  # a list made at run time, which cannot be read here


def _class_docs(mod: griffe.Module) -> dict[str, str]:
    """Class name -> what it is: of pyodide.ffi's table of classes, and of no other module."""
    table = mod.members.get("_CLASSES")
    if table is None or not table.is_attribute or table.value is None:
        return {}
    return {name: text for name, (_, text) in ast.literal_eval(str(table.value)).items()}
