"""What the unit tests share."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from checkouts import REPOSITORY, Checkout, make_checkout
from wasmforge.sources import pip_client


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


@pytest.fixture
def set_up_pip(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Sets this machine's pip up with options alone, as in set_up_pip(index_url=…)."""

    def set_up(**options: str) -> None:
        for name in [name for name in os.environ if name.startswith("PIP_")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
        for name, value in {"retries": "0", **options}.items():
            monkeypatch.setenv(f"PIP_{name.upper()}", value)
        pip_client._collector.cache_clear()

    yield set_up
    pip_client._collector.cache_clear()
