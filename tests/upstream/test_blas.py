"""Each test program of BLAS and LAPACK, with each type: nothing fails that blas.yaml does not explain."""

from __future__ import annotations

from functools import partial

import pytest
from blas import PACKAGES, Known, Part, command, load_config, run
from suites import create_environment, given_or_made

CONFIG = load_config()

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The command that runs a program; WASMFORGE_BLAS_PREFIX names an environment that is there already."""
    folder = tmp_path_factory.mktemp("blas") / "prefix"
    return command(given_or_made("WASMFORGE_BLAS_PREFIX", folder, partial(create_environment, PACKAGES)))


@pytest.mark.parametrize("part", CONFIG.parts, ids=lambda part: part.id)
def test_part(part: Part, programs: str) -> None:
    result = run(part, programs)
    assert result.exit_code == 0 and result.ended, result.output[-2000:]
    assert result.tests > 0, result.output[-2000:]
    assert result.failed <= CONFIG.known.get(part.name, Known(0)).failed, (result.failures, result.errors)
