"""Each part of each suite: nothing fails, and every skip is explained in suites.yaml."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from suites import Part, given_or_made, load_config, prepare, run

CONFIG = load_config()

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def prefix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The environment; WASMFORGE_UPSTREAM_PREFIX names one that is there already."""
    folder = tmp_path_factory.mktemp("upstream") / "prefix"
    return given_or_made("WASMFORGE_UPSTREAM_PREFIX", folder, partial(prepare, CONFIG))


@pytest.mark.parametrize("part", CONFIG.parts, ids=lambda part: part.id)
def test_part(part: Part, prefix: Path, tmp_path: Path) -> None:
    result = run(part, prefix / "bin/python", tmp_path)
    assert result.passed or result.skipped, f"no test ran: {result.log.read_text(errors='replace')[-2000:]}"
    assert not CONFIG.unknown_failures(result)
    assert result.failed or result.exit_code == 0, result.log.read_text(errors="replace")[-2000:]
    unexplained = [reason for reason in (*result.skipped, *result.expected) if CONFIG.explain(part, reason) is None]
    assert not unexplained
