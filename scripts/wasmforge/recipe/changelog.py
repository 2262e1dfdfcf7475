"""The releases of this project, by its CHANGELOG.md."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

_HEADING = re.compile(r"^## (\d+\.\d+\.\d+) - .*?(\d{4}-\d\d-\d\d)$", re.MULTILINE)


def release_dates(changelog: Path) -> dict[str, int]:
    """The date of each version, the newest first, in seconds since 1970; none if there is no such file."""
    if not changelog.is_file():
        return {}
    found = _HEADING.findall(changelog.read_text(encoding="utf-8"))
    return {version: int(datetime.fromisoformat(date).replace(tzinfo=UTC).timestamp()) for version, date in found}
