"""One rule that a recipe breaks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True)
class Finding:
    """recipe: its file. package: the output, empty for the whole recipe. message: what is wrong and what to do."""

    recipe: Path
    package: str
    rule: str
    message: str
