"""Writes Markdown from the channel's index: how large each package is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path


def sizes_table(channel: Path) -> str:
    """A table of all packages in a channel's repodata.json files, the largest first; sizes in kB (1000 bytes)."""
    records = sorted(_records(channel), key=lambda record: (-record["size"], record["name"], record["build"]))
    rows = [f"| `{r['name']}` | {r['version']} | `{r['build']}` | {r['size'] / 1000:,.0f} |" for r in records]
    total = sum(record["size"] for record in records) / 1000
    head = ["| package | version | build | kB |", "|---|---|---|---:|"]
    return "\n".join([*head, *rows, f"| **all {len(records)}** | | | **{total:,.0f}** |"])


def _records(channel: Path) -> Iterator[dict]:
    for index in channel.glob("*/repodata.json"):
        yield from json.loads(index.read_text())["packages.conda"].values()
