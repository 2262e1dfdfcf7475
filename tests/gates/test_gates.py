"""Each gate finds an error that is planted in a copy of the checkout, and .ci/run then stops before the tests."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ERRORS: dict[str, dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "errors.yaml").read_text())


def hooks() -> list[str]:
    """The identifiers of the gates, in their order."""
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    return [hook["id"] for repo in config["repos"] for hook in repo["hooks"]]


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone with what is not committed yet, which shares the installed tools, and in which all gates pass."""
    tools = run(ROOT, "scripts/lint", "merge-conflict")  # installs the tools here, so that the copy finds them
    assert tools.returncode == 0, tools.stdout
    folder = tmp_path_factory.mktemp("gates") / "checkout"
    run(ROOT, "git", "clone", "--quiet", "--shared", str(ROOT), str(folder))
    changes = subprocess.run(["git", "diff", "--binary", "HEAD"], cwd=ROOT, capture_output=True, check=True).stdout
    if changes:
        subprocess.run(["git", "apply", "--index"], cwd=folder, input=changes, check=True)
    (folder / "build").mkdir()
    for shared in ("build/venv", "node_modules"):
        (folder / shared).symlink_to(ROOT / shared)
    identity = ("-c", "user.name=test", "-c", "user.email=test@localhost")
    run(folder, "git", *identity, "commit", "--quiet", "--all", "--message", "what is not committed yet")
    clean = run(folder, "scripts/lint")
    assert clean.returncode == 0, clean.stdout
    return folder


@pytest.fixture
def clean(copy: Path) -> Iterator[Path]:
    yield copy
    run(copy, "git", "reset", "--quiet", "--hard")


def plant(folder: Path, hook: str) -> None:
    """Put the hook's error into the copy, and into its index: pre-commit looks at the files that git knows."""
    error = ERRORS[hook]
    file = folder / error["file"]
    text = file.read_text() if file.exists() else ""
    if "replace" in error:
        assert error["replace"] in text, f"errors.yaml, {hook}: {error['file']} has no {error['replace']!r}"
        text = text.replace(error["replace"], error["by"], 1)
    file.write_text(text + error.get("append", ""))
    if error.get("executable"):
        file.chmod(0o755)
    run(folder, "git", "add", "--all", "--", error["file"])


def test_every_gate_has_an_error() -> None:
    assert sorted(ERRORS) == sorted(hooks())


@pytest.mark.slow
@pytest.mark.parametrize("hook", hooks())
def test_gate_fails(clean: Path, hook: str) -> None:
    plant(clean, hook)
    done = run(clean, "scripts/lint", hook)
    assert done.returncode == 1, done.stdout
    assert ERRORS[hook]["finds"] in done.stdout


@pytest.mark.slow
def test_ci_stops_before_the_tests(clean: Path) -> None:
    plant(clean, "ruff-check")
    done = run(clean, ".ci/run")
    assert done.returncode == 1, done.stdout
    assert ERRORS["ruff-check"]["finds"] in done.stdout
    assert "test session starts" not in done.stdout
