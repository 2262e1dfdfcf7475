"""Writes Markdown from TypeScript declarations (.d.mts): every export with its signature and its comment."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

PARSER = Parser(Language(tree_sitter_typescript.language_typescript()))

# Declarations whose members are listed one by one; all others are shown as they are written.
WITH_MEMBERS = {"interface_declaration", "class_declaration", "abstract_class_declaration"}
BODIES = {"interface_body", "object_type", "class_body"}


def module_sections(path: Path) -> str:
    """The sections of a declaration file. Raises ValueError for a file that does not parse."""
    # The grammar does not know `export type *` of TypeScript 5.
    tree = PARSER.parse(path.read_bytes().replace(b"export type *", b"export *"))
    if tree.root_node.has_error:
        raise ValueError(f"{path}: not TypeScript that tree-sitter can read")
    title = f"## {path.name.removesuffix('.d.mts')}.mjs"
    return "\n\n".join([title, *_sections(tree.root_node)])


def _sections(root: Node) -> Iterator[str]:
    for comment, node in _with_comments(root):
        if node.type != "export_statement":
            continue
        declaration = node.child_by_field_name("declaration")
        if declaration is None:
            yield _code(_text(node))  # names that another module declares
            continue
        yield f"### {_name(declaration)}"
        body = next((child for child in declaration.children if child.type in BODIES), None)
        if declaration.type in WITH_MEMBERS and body is not None:
            head = _text(declaration)[: body.start_byte - declaration.start_byte].strip()
            yield _code(head)
            yield from filter(None, [comment, "\n".join(_members(body))])
        else:
            yield _code(_text(declaration))
            yield from filter(None, [comment])


def _members(body: Node) -> Iterator[str]:
    for comment, member in _with_comments(body):
        signature = " ".join(_text(member).rstrip(";").split())
        yield f"- `{signature}`"
        if comment:
            yield "\n" + textwrap.indent(comment, "    ") + "\n"


def _with_comments(parent: Node) -> Iterator[tuple[str, Node]]:
    """The named children that are no comments, each with the documentation comment before it."""
    comment = ""
    for child in parent.named_children:
        if child.type == "comment":
            comment = _comment(_text(child))
            continue
        yield comment, child
        comment = ""


def _comment(source: str) -> str:
    """The text of a /** … */ comment as Markdown; "" for any other comment."""
    if not source.startswith("/**"):
        return ""
    lines = [re.sub(r"^\s*\* ?", "", line) for line in source[3:-2].strip().splitlines()]
    text = re.sub(r"(?<![`\w])__\w+__", r"`\g<0>`", "\n".join(lines))  # not bold
    return re.sub(r"@param (\w+)", r"`\1`:", text).strip()


def _name(declaration: Node) -> str:
    name = declaration.child_by_field_name("name")
    if name is None:  # const and let: the name is the declarator's
        name = declaration.named_children[0].child_by_field_name("name")
    assert name is not None
    return _text(name)


def _code(source: str) -> str:
    return f"```ts\n{source}\n```"


def _text(node: Node) -> str:
    assert node.text is not None
    return node.text.decode()
