"""Writes Markdown from the driver's command line, as its parser knows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import typer

from wasmforge.cli import app


def command_sections() -> str:
    """A section for `wasmforge` and for each of its commands: usage, what it does, arguments and options."""
    # Typer has click's classes, or copies of them, by version: both have the methods that are called here.
    group: Any = typer.main.get_command(app)
    context = group.context_class(group, info_name="wasmforge")
    sections = [*_section(group, context)]
    for name, command in group.commands.items():
        sections += _section(command, command.context_class(command, info_name=name, parent=context))
    return "\n\n".join(sections)


def _section(command: Any, context: Any) -> Iterator[str]:
    yield f"## {context.command_path}"
    yield command.help.strip()
    yield f"```text\n{command.get_usage(context).removeprefix('Usage: ')}\n```"
    records = (parameter.get_help_record(context) for parameter in command.get_params(context))
    rows = [f"| `{_names(names)}` | {_cell(meaning)} |" for names, meaning in filter(None, records)]
    yield "\n".join(["| argument or option | meaning |", "|---|---|", *rows])


def _names(text: str) -> str:
    """Names as a person writes them: newer Typer versions name Python's list type for what may be repeated."""
    return re.sub(r" <list\[\w+\]>", "", text) if text[0] != "-" else re.sub(r"<list\[(\w+)\]>", r"<\1>…", text)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("[", "\\[").replace("\n", " ")
