"""Servers of wheels that fail: `create` tries again, ends what stalls, and says which index and file failed and why."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from channels import FaultyChannel

from checkouts import Checkout, make_checkout
from wheel_index import make_index, make_wheel

# What the names of a request for the index's page, and of one for the wheel, start with.
PAGE, WHEEL = "one-sample", "one_sample-1.0"
MODULE = "lib/python3.13/site-packages/one_sample/__init__.py"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A channel with a Python, for which wheels are taken."""
    checkout = make_checkout(tmp_path_factory.mktemp("built"))
    checkout.toy("python", version="3.13.15", noarch=False)
    checkout.build("--all")
    return checkout


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyChannel]:
    """pip's only index."""
    make_wheel(tmp_path / "served/wheels", "one_sample", files={"one_sample/data": os.urandom(100_000)})
    make_index(tmp_path / "served/simple", tmp_path / "served/wheels", links="/wheels/")
    with FaultyChannel(tmp_path / "served") as served:
        for name in [name for name in os.environ if name.startswith("PIP_")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
        monkeypatch.setenv("PIP_INDEX_URL", f"{served.url}simple")
        monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
        # With longer and longer pauses; pip's own number is 5.
        monkeypatch.setenv("PIP_RETRIES", "2")
        monkeypatch.setenv("PIP_RESUME_RETRIES", "2")
        yield served


def environment(folder: Path) -> Path:
    file = folder / "environment.yml"
    file.write_text(yaml.safe_dump({"dependencies": ["python", {"pip": ["one-sample"]}]}))
    return file


def create(checkout: Checkout, prefix: Path, timeout: str, lock: Path | None = None) -> tuple[int, str]:
    wanted = ["--lock", str(lock)] if lock else ["-f", str(environment(prefix.parent))]
    result = checkout.run("create", "-p", str(prefix), *wanted, variables={"WASMFORGE_TIMEOUT": timeout})
    assert "Traceback" not in result.stderr and "a bug" not in result.stderr
    assert (prefix / MODULE).is_file() == (result.returncode == 0), result.stderr
    assert prefix.exists() == (result.returncode == 0)
    return result.returncode, result.stderr


@pytest.mark.parametrize("file", [PAGE, WHEEL])
@pytest.mark.parametrize("faults", [["unavailable"] * 2, ["cut", "reset"], ["stall"]], ids="-".join)
def test_passing_faults_are_overcome(
    built: Checkout, index: FaultyChannel, tmp_path: Path, file: str, faults: list[str]
) -> None:
    index.spoil(file, faults)
    code, stderr = create(built, tmp_path / "env", timeout="2")
    assert code == 0, stderr


@pytest.mark.parametrize("file", [PAGE, WHEEL])
@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("unavailable", "503"),
        ("forbidden", "403"),
        ("stall", "respond within 1.0 seconds|not enough bytes"),
        ("cut", "IncompleteRead|not enough bytes"),
        ("reset", "closed without a reply"),
    ],
)
def test_lasting_faults_are_told(
    built: Checkout, index: FaultyChannel, tmp_path: Path, file: str, fault: str, cause: str
) -> None:
    index.spoil(file, [fault] * 100)
    started = time.monotonic()
    code, stderr = create(built, tmp_path / "env", timeout="1" if fault == "stall" else "10")
    assert code == 1
    assert f"{index.url}simple" in stderr and f"/{file}" in stderr
    assert any(part in stderr for part in cause.split("|")), stderr
    assert "--resume-retries" not in stderr
    if fault == "forbidden":
        assert sum(f"/{file}" in path for path in index.requests) == 1, "refusals are not tried again"
    assert time.monotonic() - started < 60


@pytest.mark.parametrize("faults", [["cut"], ["stall"] * 100], ids=["cut", "stall"])
def test_wheels_of_a_lock_file(built: Checkout, index: FaultyChannel, tmp_path: Path, faults: list[str]) -> None:
    lock = tmp_path / "wasmforge.lock"
    made = built.run("lock", "-o", str(lock), "-f", str(environment(tmp_path)))
    assert made.returncode == 0, made.stderr
    shutil.rmtree(built.cache / "wheels")
    index.spoil(WHEEL, faults)
    code, stderr = create(built, tmp_path / "env", timeout="1", lock=lock)
    assert code == (len(faults) > 1), stderr
    if code:
        assert f"{index.url}wheels/{WHEEL}" in stderr and "not enough bytes" in stderr
