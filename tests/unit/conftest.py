"""What the unit tests share."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from checkouts import REPOSITORY, Checkout, make_checkout


@pytest.fixture(scope="session")
def runtime_python() -> Iterator[None]:
    """The Python side of the runtime can be imported here."""
    folder = str(REPOSITORY / "emscripten-forge/runtime/py")
    sys.path.insert(0, folder)
    yield
    sys.path.remove(folder)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return make_checkout(tmp_path)
